import type { ExceptionJson, TraceRow } from '@sightline/hub/client/api';
import type { SpanSource } from '@sightline/telemetry/model/span';
import { factTooltipOf } from './tracesFacts.ts';
import { exceptionTextOf, kindOf } from './traceRows.ts';
import { traceRowOf, type TracesState } from './tracesModel.ts';
import { loadedTreeOf, type TracesNode } from './tracesNodes.ts';
import { rowOf, type SpanRow, type SpanTree } from './tracesSpanTree.ts';
import { toDurationText } from '@sightline/telemetry/view/duration';
import { epochMillisOf, statusWords, toCountText, toLocalTimeText } from './tracesText.ts';

/** Frames of a stack that a tooltip shows. */
const framesShown = 12;

/** What hovering over a row tells, as Markdown in which all that senders wrote is escaped; `undefined` for rows that say all themselves. */
export function renderTooltip(state: TracesState, node: TracesNode): string | undefined {
  const tree = 'traceId' in node ? loadedTreeOf(state, node.traceId) : undefined;
  switch (node.kind) {
    case 'trace': {
      const row = traceRowOf(state, node.traceId);
      return row === undefined ? undefined : traceTooltip(row, tree);
    }
    case 'span': {
      const row = tree === undefined ? undefined : rowOf(tree, node.spanKey);
      return row === undefined ? undefined : spanTooltip(row);
    }
    case 'exception': {
      const exception = tree?.exceptions.get(node.spanId)?.[node.index];
      return exception === undefined ? undefined : exceptionTooltip(exception);
    }
    case 'annotations':
    case 'metadata':
    case 'annotation':
    case 'metadatum': {
      const text = factTooltipOf(tree?.facts.get(node.spanId), node);
      return text === undefined ? undefined : escapeMarkdown(text);
    }
    case 'group':
    case 'logLines':
    case 'logLine':
    case 'errors':
    case 'error':
    case 'besideFailure':
    case 'details':
    case 'note':
    case 'more':
    case 'older':
      return undefined;
  }
}

/** Text that Markdown shows as it stands. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$:@/]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}

const sourceNames: Record<SpanSource, string> = { xray: 'AWS X-Ray', otlp: 'OpenTelemetry' };

function traceTooltip(row: TraceRow, tree: SpanTree | undefined): string {
  const services = tree === undefined ? [row.service] : [...new Set(tree.rows.map(({ service }) => service))];
  return page(row.name, [
    [services.length === 1 ? 'Service' : 'Services', escapeMarkdown(services.join(', '))],
    ['Started', toLocalTimeText(epochMillisOf(row.startTime))],
    ['Duration', row.status === 'running' ? 'still running' : toDurationText(Number(row.durationNanos))],
    [
      'Status',
      row.httpStatus === undefined ? statusWords[row.status] : `${statusWords[row.status]}, HTTP ${row.httpStatus}`,
    ],
    // A list out of summaries alone does not know.
    ['Spans', row.spanCount === 0 ? undefined : String(row.spanCount)],
    ['Failed spans', row.errorCount === 0 ? undefined : String(row.errorCount)],
    ['Log lines', row.logCount === 0 ? undefined : String(row.logCount)],
    ['Reported by', row.sources.map((source) => sourceNames[source]).join(' and ')],
    ['Trace id', code(row.id)],
    ['X-Ray spelling', code(row.xrayId)],
    ['', row.rootMissing ? 'The span that began this trace has not arrived.' : undefined],
    ['', row.pinned ? 'Pinned: stays when traces are cleared or grow old.' : undefined],
  ]);
}

function spanTooltip(row: SpanRow): string {
  return page(row.name, [
    ['Kind', `${sourceNames[row.source]} ${kindOf(row)}`],
    ['Service', escapeMarkdown(row.service)],
    ['Began', `${toDurationText(row.startOffsetNanos)} after the trace`],
    ['Duration', row.status === 'running' ? 'still running' : toDurationText(row.durationNanos)],
    [
      'Status',
      row.httpStatus === undefined ? statusWords[row.status] : `${statusWords[row.status]}, HTTP ${row.httpStatus}`,
    ],
    ['Id', code(row.spanId)],
    ['', row.isSameWork ? 'The same request as the row above it, reported by the other protocol.' : undefined],
    ['', row.isFromOutside ? 'Called from outside: the caller does not report here.' : undefined],
    ['', row.isOrphan ? 'The span that it is a part of has not arrived.' : undefined],
  ]);
}

function exceptionTooltip(exception: ExceptionJson): string {
  const frames = exception.stack.slice(0, framesShown).map(({ label, path, line }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    return label === undefined || label === '' ? place : `${label} (${place})`;
  });
  const left = exception.stack.length - frames.length;
  const lines = left > 0 ? [...frames, `and ${toCountText(left, 'more frame')}`] : frames;
  return [`**${escapeMarkdown(exceptionTextOf(exception))}**`, ...lines.map(code)].join('  \n');
}

function page(title: string, facts: readonly (readonly [name: string, value: string | undefined])[]): string {
  const lines = facts.flatMap(([name, value]) => {
    if (value === undefined || value === '') {
      return [];
    }
    return [name === '' ? `_${value}_` : `${name}: ${value}`];
  });
  return `**${escapeMarkdown(title)}**\n\n${lines.join('  \n')}`;
}

/** Inline code; a backtick in it would end it. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, ' ')}\``;
}

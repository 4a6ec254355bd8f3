import type { ExceptionJson, TraceRow } from '@sightline/hub/client/api';
import type { SpanStatus } from '@sightline/telemetry/model/span';
import { drawBeside } from './tracesBeside.ts';
import { drawFact } from './tracesFacts.ts';
import { groupTraces } from './tracesGroups.ts';
import { childLimitOf, traceRowOf, type TracesState } from './tracesModel.ts';
import {
  childNodesOf,
  isBranch,
  isExpandable,
  loadedTreeOf,
  nodeIdOf,
  ownerOf,
  topNodesOf,
  type TracesNode,
} from './tracesNodes.ts';
import { countChildren, rowOf, type SpanRow, type SpanTree } from './tracesSpanTree.ts';
import { toAgoText, toDurationText, toSpokenDuration } from '@sightline/telemetry/view/duration';
import { epochMillisOf, statusWords, toCountText } from './tracesText.ts';

/** A row as it is drawn. */
export interface DrawnRow {
  readonly label: string;
  readonly description: string;
  /** A codicon, with `~spin` where it turns. */
  readonly icon: string | undefined;
  /** The state that the icon's colour tells, where it tells one. */
  readonly tint: SpanStatus | undefined;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  /** For the `when` clauses of menus. */
  readonly context: string;
  readonly expansion: 'none' | 'collapsed' | 'expanded';
  /** A click does something else than expanding it. */
  readonly isOpenedByClick?: boolean;
}

/** Traces up to this many spans open with all their levels, since there is room for them. */
const smallTrace = 40;

/** What a row shows at a time; `undefined` for a row whose trace or span has gone meanwhile. */
export function drawRow(state: TracesState, node: TracesNode, now: number): DrawnRow | undefined {
  switch (node.kind) {
    case 'group':
      return drawGroup(state, node.groupKey, now);
    case 'trace': {
      const row = traceRowOf(state, node.traceId);
      return row === undefined ? undefined : drawTrace(row, now);
    }
    case 'span':
      return drawSpan(state, node);
    case 'exception': {
      const exception = loadedTreeOf(state, node.traceId)?.exceptions.get(node.spanId)?.[node.index];
      return exception === undefined ? undefined : drawException(exception);
    }
    case 'logLines':
    case 'logLine':
    case 'errors':
    case 'error':
    case 'besideFailure':
      return drawBeside(state.beside.get(node.traceId), node, traceRowOf(state, node.traceId)?.startTime);
    case 'annotations':
    case 'metadata':
    case 'annotation':
    case 'metadatum':
      return drawFact(loadedTreeOf(state, node.traceId)?.facts.get(node.spanId), node);
    case 'details':
      return leaf({ label: 'Open raw documents', icon: 'json', context: 'details' });
    case 'note':
      return leaf({ label: node.text, icon: 'info', context: 'note' });
    case 'more':
      return drawMore(state, node);
    case 'older':
      return drawOlder(state);
  }
}

/** The view as text: two spaces a level, `(icon) label  description` a line, with what is below the nodes that `isExpanded` says. */
export function renderTracesTree(state: TracesState, now: number, isExpanded: (node: TracesNode) => boolean): string {
  const lines: string[] = [];
  const walk = (nodes: readonly TracesNode[], indent: string): void => {
    for (const node of nodes) {
      const row = drawRow(state, node, now);
      if (row === undefined) {
        continue;
      }
      lines.push(`${indent}${renderRow(row)}`);
      if (row.expansion !== 'none' && isExpanded(node)) {
        walk(childNodesOf(state, node, now), `${indent}  `);
      }
    }
  };
  walk(topNodesOf(state, now), '');
  return lines.join('\n');
}

function renderRow({ icon, label, description }: DrawnRow): string {
  return [icon === undefined ? '' : `(${icon}) `, label, description === '' ? '' : `  ${description}`].join('');
}

const statusIcons: Record<SpanStatus, string> = {
  running: 'sync~spin',
  ok: 'pass',
  error: 'warning',
  fault: 'error',
  throttled: 'watch',
};

function drawGroup(state: TracesState, groupKey: string, now: number): DrawnRow | undefined {
  const groups = state.groupBy === 'none' ? [] : groupTraces(state.rows, state.groupBy, now);
  const group = groups.find(({ key }) => key === groupKey);
  if (group === undefined) {
    return undefined;
  }
  const failing = group.rows.filter(({ errorCount }) => errorCount > 0).length;
  const count = toCountText(group.rows.length, 'trace');
  const description = failing === 0 || state.groupBy === 'status' ? count : `${count} · ${failing} failed`;
  return {
    label: group.label,
    description,
    icon: undefined,
    tint: undefined,
    spoken: `${group.label}, ${description.replace(' · ', ', ')}`,
    context: 'group',
    expansion: state.groupBy === 'time' || state.groupBy === 'status' ? 'expanded' : 'collapsed',
  };
}

function drawTrace(row: TraceRow, now: number): DrawnRow {
  const failed = row.errorCount > 0 ? toCountText(row.errorCount, 'failed span') : undefined;
  const logs = row.logCount > 0 ? toCountText(row.logCount, 'log') : undefined;
  const outcome = outcomeOf(row.status, row.httpStatus);
  const duration = row.status === 'running' ? undefined : Number(row.durationNanos);
  return {
    label: row.name,
    description: dotted([
      row.pinned ? 'pinned' : undefined,
      outcome,
      duration === undefined ? undefined : toDurationText(duration),
      toAgoText(epochMillisOf(row.startTime), now),
      failed,
      logs,
      row.rootMissing ? 'incomplete' : undefined,
    ]),
    icon: statusIcons[row.status],
    tint: row.status,
    spoken: listed([
      row.name,
      spokenOutcome(row.status, row.httpStatus),
      duration === undefined ? undefined : toSpokenDuration(duration),
      failed,
      logs,
      row.pinned ? 'pinned' : undefined,
      row.rootMissing ? 'incomplete' : undefined,
    ]),
    context: row.pinned ? 'trace.pinned' : 'trace',
    expansion: 'collapsed',
  };
}

function drawSpan(state: TracesState, node: Extract<TracesNode, { kind: 'span' }>): DrawnRow | undefined {
  const tree = loadedTreeOf(state, node.traceId);
  const row = tree === undefined ? undefined : rowOf(tree, node.spanKey);
  if (tree === undefined || row === undefined) {
    return undefined;
  }
  const service = row.service === row.parentService ? undefined : row.service;
  const duration = row.status === 'running' ? undefined : row.durationNanos;
  const outcome = outcomeOf(row.status, row.httpStatus);
  const note = noteOf(row);
  return {
    label: row.name,
    description: dotted([outcome, duration === undefined ? undefined : toDurationText(duration), service, note]),
    icon: row.status === 'ok' ? sourceIconOf(row) : statusIcons[row.status],
    tint: row.status === 'ok' ? undefined : row.status,
    spoken: listed([
      row.name,
      spokenOutcome(row.status, row.httpStatus),
      duration === undefined ? undefined : toSpokenDuration(duration),
      row.service,
      kindOf(row),
      note,
    ]),
    context: 'span',
    expansion: isExpandable(state, node) ? expansionOf(tree, row) : 'none',
    // Below it are only facts, which its document has too.
    ...(!isBranch(tree, row) && { isOpenedByClick: true }),
  };
}

/** What X-Ray or OpenTelemetry calls the row. */
export function kindOf({ source, isSubsegment }: SpanRow): string {
  if (source === 'otlp') {
    return 'span';
  }
  return isSubsegment ? 'subsegment' : 'segment';
}

function expansionOf(tree: SpanTree, row: SpanRow): 'collapsed' | 'expanded' {
  const isShort = row.depth === 0 || tree.rows.length <= smallTrace;
  return isShort && isBranch(tree, row) ? 'expanded' : 'collapsed';
}

function sourceIconOf(row: SpanRow): string {
  switch (kindOf(row)) {
    case 'segment':
      return 'symbol-class';
    case 'subsegment':
      return 'symbol-field';
    default:
      return 'symbol-event';
  }
}

function noteOf(row: SpanRow): string | undefined {
  if (row.isSameWork) {
    return 'same request';
  }
  if (row.isFromOutside) {
    return 'from outside';
  }
  return row.isOrphan ? 'parent missing' : undefined;
}

function drawException(exception: ExceptionJson): DrawnRow {
  const label = exceptionTextOf(exception);
  const frame = exception.stack[0];
  const place =
    frame === undefined
      ? ''
      : `${frame.path.split(/[\\/]/).at(-1) ?? ''}${frame.line === undefined ? '' : `:${frame.line}`}`;
  return {
    label,
    description: exception.remote === true ? 'in a called service' : place,
    icon: 'bug',
    tint: 'fault',
    spoken: listed(['exception', label, place]),
    context: 'exception',
    expansion: 'none',
  };
}

/** `TypeError: x is undefined`, on one line. */
export function exceptionTextOf({ type, message }: ExceptionJson): string {
  const text = [type, message].filter((part) => part !== undefined && part !== '').join(': ');
  return text === '' ? 'Exception without a message' : text.replaceAll(/\s+/g, ' ').slice(0, 300);
}

function drawMore(state: TracesState, node: Extract<TracesNode, { kind: 'more' }>): DrawnRow {
  const tree = loadedTreeOf(state, node.traceId);
  const shown = childLimitOf(state, nodeIdOf(ownerOf(node)));
  const hidden = tree === undefined ? 0 : countChildren(tree, node.spanKey) - shown;
  return leaf({ label: `${hidden.toLocaleString('en-US')} more…`, icon: 'ellipsis', context: 'more' });
}

function drawOlder({ isSearching, isLoadingOlder, filter }: TracesState): DrawnRow {
  if (isSearching) {
    return leaf({ label: 'Searching… Click to stop', icon: 'loading~spin', context: 'searching' });
  }
  if (isLoadingOlder) {
    return leaf({ label: 'Loading older traces…', icon: 'loading~spin', context: 'older' });
  }
  return leaf({ label: filter === '' ? 'Load older…' : 'Search older…', icon: 'history', context: 'older' });
}

function leaf({ label, icon, context }: Pick<DrawnRow, 'label' | 'icon' | 'context'>): DrawnRow {
  return { label, description: '', icon, tint: undefined, spoken: label, context, expansion: 'none' };
}

function outcomeOf(status: SpanStatus, httpStatus: number | undefined): string | undefined {
  if (status === 'running') {
    return 'running';
  }
  if (httpStatus !== undefined) {
    return String(httpStatus);
  }
  return status === 'ok' ? undefined : statusWords[status];
}

function spokenOutcome(status: SpanStatus, httpStatus: number | undefined): string {
  return httpStatus === undefined ? statusWords[status] : `${statusWords[status]} ${httpStatus}`;
}

function dotted(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function listed(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

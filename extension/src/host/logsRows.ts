import type { LogGroupJson, LogRowJson, LogStreamJson } from '@sightline/hub/client/logsApi';
import type { LogLevel } from '@sightline/telemetry/model/logEvent';
import { logGroupOf, logRowOf, logStreamOf, streamKeyOf, type LogsState } from './logsModel.ts';
import { childLogsNodesOf, topLogsNodesOf, type LogsNode } from './logsNodes.ts';
import { toAgoText } from '@sightline/telemetry/view/duration';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

/** A row of the Logs tree as it is drawn. */
export interface DrawnLogsRow {
  readonly label: string;
  readonly description: string;
  /** A codicon, with `~spin` where it turns. */
  readonly icon: string | undefined;
  /** The level that the icon's colour tells, where it tells one. */
  readonly tint: LogLevel | undefined;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  /** For the `when` clauses of menus. */
  readonly context: string;
  readonly isExpandable: boolean;
}

/** What a row shows at a time; `undefined` for a row whose group, stream or line has gone meanwhile. */
export function drawLogsRow(state: LogsState, node: LogsNode, now: number): DrawnLogsRow | undefined {
  switch (node.kind) {
    case 'group': {
      const group = logGroupOf(state, node.group);
      return group === undefined ? undefined : drawGroup(group, now);
    }
    case 'stream': {
      const stream = logStreamOf(state, node.group, node.stream);
      return stream === undefined ? undefined : drawStream(stream, now);
    }
    case 'line': {
      const row = logRowOf(state, node.group, node.stream, node.lineId);
      return row === undefined ? undefined : drawLine(row);
    }
    case 'older': {
      const loaded = state.lines.get(streamKeyOf(node.group, node.stream));
      return loaded?.kind === 'loaded' && loaded.isLoadingOlder
        ? leaf({ label: 'Loading older lines…', icon: 'loading~spin', context: 'older' })
        : leaf({ label: 'Load older…', icon: 'history', context: 'older' });
    }
    case 'all':
      return leaf({ label: 'Open all lines as a table…', icon: 'table', context: 'all' });
    case 'note':
      return leaf({ label: node.text, icon: 'info', context: 'note' });
  }
}

/** The view as text: two spaces a level, `(icon) label  description` a line, with what is below the nodes that `isExpanded` says. */
export function renderLogsTree(state: LogsState, now: number, isExpanded: (node: LogsNode) => boolean): string {
  const lines: string[] = [];
  const walk = (nodes: readonly LogsNode[], indent: string): void => {
    for (const node of nodes) {
      const row = drawLogsRow(state, node, now);
      if (row === undefined) {
        continue;
      }
      const description = row.description === '' ? '' : `  ${row.description}`;
      lines.push(`${indent}(${row.icon ?? ''}) ${row.label}${description}`);
      if (row.isExpandable && isExpanded(node)) {
        walk(childLogsNodesOf(state, node), `${indent}  `);
      }
    }
  };
  walk(topLogsNodesOf(state), '');
  return lines.join('\n');
}

/** What a level is called in a sentence; `unset` is not said. */
export const levelWords: Record<LogLevel, string> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'fatal',
  unset: '',
};

/** The first line of a message that says something, short enough for a row. */
export function shortMessageOf(message: string): string {
  const text = message.slice(0, 2000).trim().replaceAll(/\s+/g, ' ');
  return text === '' ? '(empty line)' : text.slice(0, 300);
}

const levelIcons: Record<LogLevel, string> = {
  trace: 'debug-stackframe-dot',
  debug: 'bug',
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'flame',
  unset: 'dash',
};

function drawGroup(group: LogGroupJson, now: number): DrawnLogsRow {
  const parts = [
    ...linesText(group),
    ...(group.lastEventTime === undefined ? [] : [toAgoText(epochMillisOf(group.lastEventTime), now)]),
    ...(group.retentionDays === undefined ? [] : [`kept ${toCountText(group.retentionDays, 'day')}`]),
  ];
  const isOtlp = group.source === 'otlp';
  return {
    label: group.name,
    description: parts.join(' · '),
    icon: isOtlp ? 'radio-tower' : 'folder-library',
    tint: undefined,
    spoken: [`log group ${group.name}`, ...streamsText(group), ...parts].join(', '),
    context: isOtlp ? 'group.otlp' : 'group.cloudwatch',
    isExpandable: true,
  };
}

function drawStream(stream: LogStreamJson, now: number): DrawnLogsRow {
  const parts = [
    ...linesText(stream),
    ...(stream.lastEventTime === undefined ? [] : [toAgoText(epochMillisOf(stream.lastEventTime), now)]),
  ];
  return {
    label: stream.name,
    description: parts.join(' · '),
    icon: 'output',
    tint: undefined,
    spoken: [`log stream ${stream.name}`, ...parts].join(', '),
    context: 'stream',
    isExpandable: true,
  };
}

function linesText({ eventCount }: { readonly eventCount?: number }): readonly string[] {
  return eventCount === undefined ? [] : [toCountText(eventCount, 'line')];
}

function streamsText({ streamCount }: LogGroupJson): readonly string[] {
  return streamCount === undefined ? [] : [toCountText(streamCount, 'stream')];
}

function drawLine(row: LogRowJson): DrawnLogsRow {
  const time = toLocalTimeText(epochMillisOf(row.time));
  const message = shortMessageOf(row.message);
  return {
    label: `${time}  ${message}`,
    description: '',
    icon: levelIcons[row.level],
    tint: row.level,
    spoken: [levelWords[row.level], message, time].filter((part) => part !== '').join(', '),
    context: row.traceId === undefined ? 'line' : 'line.trace',
    isExpandable: false,
  };
}

function leaf({ label, icon, context }: { label: string; icon: string; context: string }): DrawnLogsRow {
  return { label, description: '', icon, tint: undefined, spoken: label, context, isExpandable: false };
}

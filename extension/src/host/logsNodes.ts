import { maxLines, streamKeyOf, type LogsState } from './logsModel.ts';

/** One row of the Logs tree: only what identifies it, so that it stays the same while its contents change. */
export type LogsNode =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'stream'; readonly group: string; readonly stream: string }
  | { readonly kind: 'line'; readonly group: string; readonly stream: string; readonly lineId: string }
  | { readonly kind: 'older'; readonly group: string; readonly stream: string }
  /** Opens the log table, where a stream has more lines than the tree shows. */
  | { readonly kind: 'all'; readonly group: string; readonly stream: string }
  /** Stands where a group's streams or a stream's lines are not; says why. */
  | { readonly kind: 'note'; readonly group: string; readonly stream: string | undefined; readonly text: string };

/** The same for the same row at any time: what the editor keeps expansion and selection by. */
export function logsNodeIdOf(node: LogsNode): string {
  switch (node.kind) {
    case 'group':
      return `group/${node.group}`;
    case 'stream':
      return `stream/${streamKeyOf(node.group, node.stream)}`;
    case 'line':
      return `line/${streamKeyOf(node.group, node.stream)}/${node.lineId}`;
    case 'older':
    case 'all':
      return `${node.kind}/${streamKeyOf(node.group, node.stream)}`;
    case 'note':
      return `note/${streamKeyOf(node.group, node.stream ?? '')}`;
  }
}

export function topLogsNodesOf(state: LogsState): readonly LogsNode[] {
  return state.groups.map(({ name }) => ({ kind: 'group', group: name }));
}

/** The rows below a row, of what has been loaded. */
export function childLogsNodesOf(state: LogsState, node: LogsNode): readonly LogsNode[] {
  switch (node.kind) {
    case 'group':
      return streamNodesOf(state, node.group);
    case 'stream':
      return lineNodesOf(state, node.group, node.stream);
    case 'line':
    case 'older':
    case 'all':
    case 'note':
      return [];
  }
}

/** The row that a row is below, or `undefined` at the top. */
export function parentLogsNodeOf(node: LogsNode): LogsNode | undefined {
  switch (node.kind) {
    case 'group':
      return undefined;
    case 'stream':
      return { kind: 'group', group: node.group };
    case 'line':
    case 'older':
    case 'all':
      return { kind: 'stream', group: node.group, stream: node.stream };
    case 'note':
      return node.stream === undefined
        ? { kind: 'group', group: node.group }
        : { kind: 'stream', group: node.group, stream: node.stream };
  }
}

function streamNodesOf(state: LogsState, group: string): readonly LogsNode[] {
  const loaded = state.streams.get(group);
  switch (loaded?.kind) {
    case undefined:
      return [];
    case 'failed':
      return [{ kind: 'note', group, stream: undefined, text: loaded.message }];
    case 'loaded':
      return loaded.streams.length === 0
        ? [{ kind: 'note', group, stream: undefined, text: 'No stream yet' }]
        : loaded.streams.map(({ name }) => ({ kind: 'stream', group, stream: name }));
  }
}

function lineNodesOf(state: LogsState, group: string, stream: string): readonly LogsNode[] {
  const loaded = state.lines.get(streamKeyOf(group, stream));
  if (loaded === undefined) {
    return [];
  }
  if (loaded.kind === 'failed') {
    return [{ kind: 'note', group, stream, text: loaded.message }];
  }
  const lines = loaded.rows.map(({ id }): LogsNode => ({ kind: 'line', group, stream, lineId: id }));
  if (loaded.next !== undefined) {
    return [...lines, { kind: loaded.rows.length >= maxLines ? 'all' : 'older', group, stream }];
  }
  const text = state.pattern === undefined ? 'No line yet' : 'No line matches the filter';
  return lines.length > 0 ? lines : [{ kind: 'note', group, stream, text }];
}

import type { LogsState } from './logsModel.ts';
import type { LogsNode } from './logsNodes.ts';
import { toAgoText } from '@sightline/telemetry/view/duration';
import { epochMillisOf } from './tracesText.ts';

/** What has to be drawn anew. */
export type LogsChange =
  /** Groups came or went, or every line may be another. */
  | { readonly kind: 'structure' }
  /** These rows look different, or have other rows below them; all others are as they were. */
  | { readonly kind: 'rows'; readonly nodes: readonly LogsNode[] };

/** What a state shows otherwise than the one before it. What was loaded since is left out: whoever asked for it draws it. */
export function logsChangeBetween(before: LogsState, after: LogsState): LogsChange {
  if (
    before.source.kind !== after.source.kind ||
    before.pattern !== after.pattern ||
    before.groups.length !== after.groups.length ||
    before.groups.some(({ name }, index) => name !== after.groups[index]?.name)
  ) {
    return { kind: 'structure' };
  }
  const changed = after.groups.filter((group, index) => group !== before.groups[index]);
  const nodes: LogsNode[] = changed.map(({ name }) => ({ kind: 'group', group: name }));
  return { kind: 'rows', nodes };
}

/** What the passing of time alone has changed: the ages of groups and of their streams. */
export function logsChangeByTime(state: LogsState, before: number, now: number): LogsChange {
  const isOther = ({ lastEventTime }: { readonly lastEventTime?: string }): boolean => {
    const last = lastEventTime === undefined ? undefined : epochMillisOf(lastEventTime);
    return last !== undefined && toAgoText(last, before) !== toAgoText(last, now);
  };
  const nodes = state.groups.filter(isOther).map(({ name }): LogsNode => ({ kind: 'group', group: name }));
  for (const [group, loaded] of state.streams) {
    const streams = loaded.kind === 'loaded' ? loaded.streams.filter(isOther) : [];
    nodes.push(...streams.map(({ name }): LogsNode => ({ kind: 'stream', group, stream: name })));
  }
  return { kind: 'rows', nodes };
}

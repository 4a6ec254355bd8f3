import type { TraceList } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { tracesMessageOf } from './tracesMessage.ts';
import { initialTracesState, olderCursorOf, reduceTraces, type TracesEvent, type TracesState } from './tracesModel.ts';
import { maxRows } from './tracesPages.ts';
import { toSpanTree } from './tracesSpanTree.ts';
import { testTrace, testTraceId, testTreeRows } from './tracesTestRows.ts';

/** The numbers of the traces that are listed after some events, and the cursor behind them. */
function check(events: readonly TracesEvent[], expected: string): void {
  expect(listed(stateAfter(events))).toBe(expected);
}

test('a newest page goes above what is listed already', () => {
  check([newest([2, 1]), newest([4, 3, 2], 'c2')], '4 3 2 1');
});

test('what the newest page lacks in its range has gone', () => {
  check([newest([4, 3, 2, 1], 'c1'), newest([5, 3, 2], 'c2')], '5 3 2 1 c1');
});

test('a page that is all there is leaves nothing else', () => {
  check([newest([4, 3, 2, 1]), newest([4, 2])], '4 2');
  check([newest([4, 3]), newest([])], '');
});

test('a page that does not reach the listed rows replaces them, for a gap would read as silence', () => {
  check([newest([3, 2, 1]), newest([9, 8], 'c8')], '9 8 c8');
});

test('a trace that moved within the page is listed once', () => {
  check([newest([4, 3, 2, 1], 'c1'), newest([2, 4, 3], 'c3')], '2 4 3 1 c1');
});

test('older pages are added below until there are none', () => {
  check([newest([4, 3], 'c3'), older([2, 1], 'c1')], '4 3 2 1 c1');
  check([newest([4, 3], 'c3'), older([2, 1])], '4 3 2 1');
  check([newest([4, 3], 'c3'), older([])], '4 3');
});

test('loading older goes on where the list ends, also after newer traces came', () => {
  check([newest([4, 3], 'c3'), older([2, 1], 'c1'), newest([6, 5, 4], 'c4')], '6 5 4 3 2 1 c1');
});

test('the list is cut at a place from which older ones can still be loaded', () => {
  let state = stateAfter([newest(numbers(100, 1), 'c1')]);
  for (let top = 150; top <= 4000; top += 50) {
    state = reduceTraces(state, newest(numbers(top, top - 99), `c${top - 99}`));
    expect(state.rows.length).toBeLessThanOrEqual(maxRows);
  }
  const last = Number.parseInt(state.rows.at(-1)?.id ?? '', 16);
  expect([state.rows.length > maxRows - 100, state.cursors.get(testTraceId(last))]).toEqual([true, `c${last}`]);
});

test('a row that did not change stays the same object, so that it is not drawn again', () => {
  const before = stateAfter([newest([2, 1])]);
  const after = reduceTraces(before, newest([2, 1]));
  const changed = reduceTraces(after, {
    kind: 'newestLoaded',
    page: { traces: [testTrace(2, 1), testTrace(1, 1, { logCount: 1 })] },
  });
  expect([after.rows === before.rows, changed.rows[0] === before.rows[0], changed.rows[1] === before.rows[1]]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a paused list stands still and counts what waits; resuming shows it at once', () => {
  const paused = [newest([2, 1]), { kind: 'paused' }, newest([4, 3, 2], 'c2')] as const;
  check(paused, '2 1');
  expect(stateAfter(paused).pause?.waiting).toBe(2);
  check([...paused, { kind: 'resumed' }], '4 3 2 1');
});

test('a pin shows before the hub has answered', () => {
  const state = stateAfter([newest([2, 1]), { kind: 'pinned', traceId: testTraceId(1), isPinned: true }]);
  expect(state.rows.map(({ pinned }) => pinned)).toEqual([false, true]);
});

test('only the twenty trees used last are kept', () => {
  const state = stateAfter(Array.from({ length: 25 }, (_item, index) => treeLoaded(index + 1)));
  expect([state.trees.size, state.trees.has(testTraceId(5)), state.trees.has(testTraceId(6))]).toEqual([
    20,
    false,
    true,
  ]);
});

test('a changed trace makes its tree stale and leaves the others', () => {
  const state = stateAfter([treeLoaded(1), treeLoaded(2), { kind: 'treesChanged', traceIds: [testTraceId(2)] }]);
  expect([...state.trees.values()].map((tree) => tree.kind === 'loaded' && tree.isStale)).toEqual([false, true]);
});

test('the message says what stands in the way and what is hidden, and nothing otherwise', () => {
  const ready: TracesEvent = { kind: 'sourceChanged', source: { kind: 'ready' } };
  const hidden: TracesEvent = { kind: 'newestLoaded', page: { traces: [testTrace(1, 1)], hiddenHealthChecks: 12 } };
  const messages = [
    [],
    [ready, newest([1])],
    [ready, hidden],
    [ready, hidden, { kind: 'paused' }],
    [ready, newest([1]), { kind: 'paused' }, newest([3, 2, 1])],
    [ready, newest([1]), { kind: 'paused' }, newest([9, 8], 'c8')],
    [ready, newest([1]), { kind: 'loadFailed', message: 'The hub has no room left.' }],
    [ready, newest([1]), { kind: 'sourceChanged', source: { kind: 'failed', message: 'The hub does not answer.' } }],
    [ready, newest([1]), { kind: 'sourceChanged', source: { kind: 'stopped' } }],
    [{ kind: 'sourceChanged', source: { kind: 'stopped' } }],
  ] satisfies TracesEvent[][];
  expect(messages.map((events) => tracesMessageOf(stateAfter(events)) ?? '-').join('\n')).toMatchInlineSnapshot(`
    "-
    -
    12 health checks hidden
    Paused, nothing new · 12 health checks hidden
    Paused: 2 new traces waiting
    Paused: 2+ new traces waiting
    The hub has no room left.
    The hub does not answer.
    The hub has stopped; these are the traces of before.
    -"
  `);
});

function numbers(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_item, index) => from - index);
}

function stateAfter(events: readonly TracesEvent[]): TracesState {
  return events.reduce(reduceTraces, initialTracesState);
}

function listed(state: TracesState): string {
  const listedNumbers = state.rows.map(({ id }) => String(Number.parseInt(id, 16)));
  return [...listedNumbers, olderCursorOf(state) ?? ''].join(' ').trim();
}

function page(traces: readonly number[], next?: string): TraceList {
  return { traces: traces.map((number) => testTrace(number, 1)), ...(next !== undefined && { next }) };
}

function newest(traces: readonly number[], next?: string): TracesEvent {
  return { kind: 'newestLoaded', page: page(traces, next) };
}

function older(traces: readonly number[], next?: string): TracesEvent {
  return { kind: 'olderLoaded', page: page(traces, next) };
}

function treeLoaded(number: number): TracesEvent {
  const tree = toSpanTree(testTreeRows(testTrace(number, 1), []));
  return { kind: 'treeLoaded', traceId: testTraceId(number), tree: { kind: 'loaded', tree, isStale: false } };
}

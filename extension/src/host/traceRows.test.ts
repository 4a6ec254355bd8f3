import type { ExceptionJson, TraceRow } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { drawRow, renderTracesTree } from './traceRows.ts';
import { initialTracesState, reduceTraces, type TracesEvent, type TracesState } from './tracesModel.ts';
import { isExpandable, nodeIdOf } from './tracesNodes.ts';
import { toSpanTree } from './tracesSpanTree.ts';
import { testNow, testTrace, testTraceId, testTreeRows, type TestSpan } from './tracesTestRows.ts';

/** The view with every row expanded, after some events. */
function rendered(events: readonly TracesEvent[]): string {
  return `\n${renderAll(stateAfter(events))}\n`;
}

test('a row says what was asked, how it went, how long it took and when', () => {
  expect(rendered([newest([testTrace(1, 12)])])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 12 s ago
    "
  `);
});

test('what went wrong, log lines, pins and missing roots are in the row', () => {
  expect(
    rendered([
      newest([
        testTrace(5, 0, { status: 'running', httpStatus: undefined, durationNanos: '0' }),
        testTrace(4, 3, { status: 'fault', httpStatus: 500, errorCount: 2, logCount: 1 }),
        testTrace(3, 70, { status: 'error', httpStatus: 404, errorCount: 1, pinned: true }),
        testTrace(2, 4000, { status: 'throttled', httpStatus: 429 }),
        testTrace(1, 200_000, { name: 'nightly', httpStatus: undefined, rootMissing: true }),
      ]),
    ]),
  ).toMatchInlineSnapshot(`
    "
    (sync~spin) GET /api/activities/home  running · now
    (error) GET /api/activities/home  500 · 34 ms · 3 s ago · 2 failed spans · 1 log
    (warning) GET /api/activities/home  pinned · 404 · 34 ms · 1 min ago · 1 failed span
    (watch) GET /api/activities/home  429 · 34 ms · 1 h ago
    (pass) nightly  34 ms · 2 d ago · incomplete
    "
  `);
});

test('a trace expands to spans of both protocols in one tree', () => {
  expect(rendered([newest([testTrace(1, 12)]), tree(1, [...bothProtocols])])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 12 s ago
      (symbol-event) GET /api/activities/home  200 · 34 ms · from outside
        (symbol-class) backend  200 · 33 ms · same request
          (symbol-field) mock-data  12 ms
        (symbol-event) pg.query:SELECT  4 ms
        (sync~spin) GET  running
          (symbol-event) GET /users  200 · 1 ms · users
      (symbol-event) late  1 ms · parent missing
      (json) Open raw documents
    "
  `);
});

test('a failing span shows what it raised above the spans below it', () => {
  const exceptions = [
    {
      type: 'TypeError',
      message: "Cannot read properties of\n undefined (reading 'x')",
      stack: [{ path: '/app/src/feed.ts', line: 42 }],
    },
    { message: 'refused', remote: true, stack: [] },
  ];
  expect(
    rendered([
      newest([testTrace(1, 12, { status: 'fault', errorCount: 1 })]),
      tree(1, [
        { depth: 0, id: 'a', name: 'GET /', status: 'fault', httpStatus: 500, millis: 20 },
        { depth: 1, id: 'b', name: 'load feed', status: 'fault' },
        { depth: 2, id: 'c', name: 'pg.query' },
        { depth: 1, id: 'd', name: 'answer', status: 'error' },
      ]),
      raised('a', []),
      raised('b', exceptions),
    ]),
  ).toMatchInlineSnapshot(`
    "
    (error) GET /api/activities/home  200 · 34 ms · 12 s ago · 1 failed span
      (error) GET /  500 · 20 ms
        (error) load feed  fault · 1 ms
          (bug) TypeError: Cannot read properties of undefined (reading 'x')  feed.ts:42
          (bug) refused  in a called service
          (symbol-event) pg.query  1 ms
        (warning) answer  error · 1 ms
          (info) What this span says could not be loaded.
      (json) Open raw documents
    "
  `);
});

test('a span that failed without raising anything cannot be opened once that is known', () => {
  const events = [newest([testTrace(1, 1)]), tree(1, [{ depth: 0, id: 'a', name: 'GET /', status: 'error' }])];
  const node = { kind: 'span', traceId: testTraceId(1), spanKey: 'a', spanId: 'a' } as const;
  const known = [...events, raised('a', [])];
  expect([events, known].map((all) => isExpandable(stateAfter(all), node))).toEqual([true, false]);
});

test('an exception that both protocols report of one request is shown once', () => {
  const broken = [{ type: 'TypeError', message: 'broken', stack: [] }];
  const spans: TestSpan[] = [
    { depth: 0, id: 'a', name: 'GET /', status: 'fault' },
    { depth: 1, id: 'b', name: 'backend', source: 'xray', status: 'fault', flags: ['sameWork'] },
    { depth: 1, id: 'c', name: 'load', status: 'fault' },
  ];
  const events = [newest([testTrace(1, 12)]), tree(1, spans), ...['a', 'b', 'c'].map((id) => raised(id, broken))];
  expect(rendered(events)).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 12 s ago
      (error) GET /  fault · 1 ms
        (bug) TypeError: broken
        (error) backend  fault · 1 ms · same request
        (error) load  fault · 1 ms
          (bug) TypeError: broken
      (json) Open raw documents
    "
  `);
});

test('a trace that went while it was looked at, or cannot be loaded, says so', () => {
  expect(rendered([newest([testTrace(2, 1), testTrace(1, 2)]), gone(2), failed(1)])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · now
      (info) This trace is no longer kept.
    (pass) GET /api/activities/home  200 · 34 ms · 2 s ago
      (info) The hub does not answer.
    "
  `);
});

test('rows whose tree has not been asked for have nothing below them yet', () => {
  expect(rendered([newest([testTrace(1, 1)])])).not.toContain('Open raw');
});

test('children beyond five hundred wait behind a row that shows the next ones', () => {
  const spans = [...Array(1201).keys()].map((index) => ({
    depth: index === 0 ? 0 : 1,
    id: `s${index}`,
    name: `query ${index}`,
  }));
  const node = { kind: 'span', traceId: testTraceId(1), spanKey: 's0', spanId: 's0' } as const;
  const first = [newest([testTrace(1, 1)]), tree(1, spans)];
  const more: TracesEvent = { kind: 'moreChildrenAsked', nodeId: nodeIdOf(node) };
  const shown = [first, [...first, more], [...first, more, more]].map((events) => {
    const lines = renderAll(stateAfter(events)).split('\n');
    return `${lines.length} lines, ${lines.find((line) => line.includes('more…'))?.trim() ?? 'all shown'}`;
  });
  expect(shown).toEqual([
    '504 lines, (ellipsis) 700 more…',
    '1004 lines, (ellipsis) 200 more…',
    '1203 lines, all shown',
  ]);
});

test('two senders that used the same span id get a row each', () => {
  const spans = [
    { depth: 0, id: 'same', name: 'one' },
    { depth: 1, id: 'same', name: 'two' },
    { depth: 1, id: 'same', name: 'three' },
  ];
  expect(rendered([newest([testTrace(1, 12)]), tree(1, spans)])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 12 s ago
      (symbol-event) one  1 ms
        (symbol-event) two  1 ms
        (symbol-event) three  1 ms
      (json) Open raw documents
    "
  `);
  expect([...toSpanTree(testTreeRows(testTrace(1, 1), spans)).indexOf.keys()]).toEqual(['same', 'same#2', 'same#3']);
});

test('rows are grouped by when they began', () => {
  expect(rendered([mixed, { kind: 'groupingChosen', groupBy: 'time' }])).toMatchInlineSnapshot(`
    "
    Just now  2 traces · 1 failed
      (error) GET /api/activities/home  200 · 34 ms · 3 s ago · 1 failed span
      (pass) GET /api/search  200 · 34 ms · 30 s ago
    Last 10 minutes  1 trace
      (pass) GET /api/activities/home  200 · 34 ms · 5 min ago
    Today  1 trace
      (pass) nightly  34 ms · 11 h ago
    Older  1 trace
      (pass) GET /api/activities/home  200 · 34 ms · 4 d ago
    "
  `);
});

test('rows are grouped by route, and what has none by its name', () => {
  expect(rendered([mixed, { kind: 'groupingChosen', groupBy: 'route' }])).toMatchInlineSnapshot(`
    "
    GET /api/activities/home  3 traces · 1 failed
      (error) GET /api/activities/home  200 · 34 ms · 3 s ago · 1 failed span
      (pass) GET /api/activities/home  200 · 34 ms · 5 min ago
      (pass) GET /api/activities/home  200 · 34 ms · 4 d ago
    GET /api/search  1 trace
      (pass) GET /api/search  200 · 34 ms · 30 s ago
    nightly  1 trace
      (pass) nightly  34 ms · 11 h ago
    "
  `);
});

test('rows are grouped by service', () => {
  expect(rendered([mixed, { kind: 'groupingChosen', groupBy: 'service' }])).toMatchInlineSnapshot(`
    "
    backend  3 traces · 1 failed
      (error) GET /api/activities/home  200 · 34 ms · 3 s ago · 1 failed span
      (pass) GET /api/activities/home  200 · 34 ms · 5 min ago
      (pass) GET /api/activities/home  200 · 34 ms · 4 d ago
    cron  1 trace
      (pass) nightly  34 ms · 11 h ago
    search  1 trace
      (pass) GET /api/search  200 · 34 ms · 30 s ago
    "
  `);
});

test('rows are grouped by status, what needs attention first', () => {
  expect(rendered([mixed, { kind: 'groupingChosen', groupBy: 'status' }])).toMatchInlineSnapshot(`
    "
    Faults  1 trace
      (error) GET /api/activities/home  200 · 34 ms · 3 s ago · 1 failed span
    OK  4 traces
      (pass) GET /api/search  200 · 34 ms · 30 s ago
      (pass) GET /api/activities/home  200 · 34 ms · 5 min ago
      (pass) nightly  34 ms · 11 h ago
      (pass) GET /api/activities/home  200 · 34 ms · 4 d ago
    "
  `);
});

test('older traces are one row away, and only while there are some', () => {
  const page = { traces: [testTrace(2, 5)], next: 'cursor' };
  expect(rendered([{ kind: 'newestLoaded', page }])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 5 s ago
    (history) Load older…
    "
  `);
  expect(rendered([{ kind: 'newestLoaded', page }, { kind: 'olderAsked' }])).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 5 s ago
    (loading~spin) Loading older traces…
    "
  `);
  expect(
    rendered([
      { kind: 'newestLoaded', page },
      { kind: 'olderLoaded', page: { traces: [testTrace(1, 9)] } },
    ]),
  ).toMatchInlineSnapshot(`
    "
    (pass) GET /api/activities/home  200 · 34 ms · 5 s ago
    (pass) GET /api/activities/home  200 · 34 ms · 9 s ago
    "
  `);
});

test('a screen reader hears the outcome in words', () => {
  const state = stateAfter([
    newest([testTrace(1, 12, { status: 'fault', httpStatus: 500, errorCount: 2 })]),
    tree(1, [{ depth: 0, id: 'a', name: 'UserData', source: 'xray', flags: ['subsegment'], millis: 3 }]),
  ]);
  const traceId = testTraceId(1);
  const spoken = [
    drawRow(state, { kind: 'trace', traceId }, testNow)?.spoken,
    drawRow(state, { kind: 'span', traceId, spanKey: 'a', spanId: 'a' }, testNow)?.spoken,
  ];
  expect(spoken).toEqual([
    'GET /api/activities/home, fault 500, 34 milliseconds, 2 failed spans',
    'UserData, ok, 3 milliseconds, backend, subsegment',
  ]);
});

test('a small trace opens with all its levels, a large one with its first', () => {
  expect([opened(40), opened(41)]).toEqual(['expanded expanded', 'expanded collapsed']);
});

const mixed = newest([
  testTrace(5, 3, { status: 'fault', errorCount: 1 }),
  testTrace(4, 30, { name: 'GET /api/search', route: '/api/search', service: 'search' }),
  testTrace(3, 300),
  testTrace(2, 40_000, { name: 'nightly', httpStatus: undefined, route: undefined, service: 'cron' }),
  testTrace(1, 400_000),
]);

const bothProtocols: readonly TestSpan[] = [
  { depth: 0, id: 'a', name: 'GET /api/activities/home', httpStatus: 200, millis: 34, flags: ['fromOutside'] },
  { depth: 1, id: 'b', name: 'backend', source: 'xray', httpStatus: 200, millis: 33, flags: ['sameWork'] },
  { depth: 2, id: 'c', name: 'mock-data', source: 'xray', flags: ['subsegment'], millis: 12 },
  { depth: 1, id: 'd', name: 'pg.query:SELECT', millis: 4 },
  { depth: 1, id: 'e', name: 'GET', status: 'running' },
  { depth: 2, id: 'f', name: 'GET /users', service: 'users', httpStatus: 200 },
  { depth: 0, id: 'g', name: 'late', flags: ['orphan'] },
];

/** How the first two rows of a trace with so many spans come. */
function opened(count: number): string {
  const state = stateAfter([newest([testTrace(1, 1)]), tree(1, chain(count))]);
  return ['s0', 's1']
    .map((key) => ({ kind: 'span', traceId: testTraceId(1), spanKey: key, spanId: key }) as const)
    .map((node) => drawRow(state, node, testNow)?.expansion)
    .join(' ');
}

function chain(count: number): TestSpan[] {
  return [...Array(count).keys()].map((index) => ({ depth: index, id: `s${index}`, name: 's' }));
}

/** Everything opened but the spans that have only facts below them. */
function renderAll(state: TracesState): string {
  return renderTracesTree(state, testNow, (node) => drawRow(state, node, testNow)?.isOpenedByClick !== true);
}

function stateAfter(events: readonly TracesEvent[]): TracesState {
  return events.reduce(reduceTraces, initialTracesState);
}

function newest(traces: readonly TraceRow[]): TracesEvent {
  return { kind: 'newestLoaded', page: { traces } };
}

function tree(number: number, spans: readonly TestSpan[]): TracesEvent {
  const loaded = toSpanTree(testTreeRows(testTrace(number, 1), spans));
  return { kind: 'treeLoaded', traceId: testTraceId(number), tree: { kind: 'loaded', tree: loaded, isStale: false } };
}

function raised(spanId: string, exceptions: readonly ExceptionJson[]): TracesEvent {
  return { kind: 'exceptionsLoaded', traceId: testTraceId(1), spanId, exceptions };
}

function gone(number: number): TracesEvent {
  return { kind: 'treeLoaded', traceId: testTraceId(number), tree: { kind: 'gone' } };
}

function failed(number: number): TracesEvent {
  const message = 'The hub does not answer.';
  return { kind: 'treeLoaded', traceId: testTraceId(number), tree: { kind: 'failed', message } };
}

import { expect, test } from 'vitest';
import { initialTracesState, reduceTraces, type TracesEvent } from './tracesModel.ts';
import type { TracesNode } from './tracesNodes.ts';
import { toSpanTree } from './tracesSpanTree.ts';
import { testTrace, testTraceId, testTreeRows, type TestSpan, type TraceDifferences } from './tracesTestRows.ts';
import { escapeMarkdown, renderTooltip } from './tracesTooltip.ts';

const traceId = testTraceId(0xabc);

/** What hovering over a node of one trace shows. */
function tooltip(node: TracesNode, differences: TraceDifferences, spans: readonly TestSpan[] = []): string | undefined {
  const trace = testTrace(0xabc, 12, differences);
  const events: TracesEvent[] = [{ kind: 'newestLoaded', page: { traces: [trace] } }];
  if (spans.length > 0) {
    const tree = toSpanTree(testTreeRows(trace, spans));
    const stack = Array.from({ length: 14 }, (_item, index) => ({
      path: '/app/`feed`.ts',
      line: index,
      label: 'load',
    }));
    events.push({ kind: 'treeLoaded', traceId, tree: { kind: 'loaded', tree, isStale: false } });
    events.push({
      kind: 'exceptionsLoaded',
      traceId,
      spanId: 'b',
      exceptions: [{ type: 'Type_Error', message: '<b>no</b>', stack }],
    });
  }
  return renderTooltip(events.reduce(reduceTraces, initialTracesState), node);
}

test('a trace tells both spellings of its id, its services, and its start with the date', () => {
  const spans: TestSpan[] = [
    { depth: 0, id: 'a', name: 'GET /' },
    { depth: 1, id: 'b', name: 'GET /users', service: 'users' },
  ];
  const differences = {
    status: 'fault',
    httpStatus: 500,
    spanCount: 2,
    errorCount: 1,
    logCount: 3,
    sources: ['xray', 'otlp'],
    pinned: true,
  } as const;
  expect(tooltip({ kind: 'trace', traceId }, differences, spans)).toMatchInlineSnapshot(`
    "**GET \\/api\\/activities\\/home**

    Services: backend, users  
    Started: 2026-11-23 13:59:48.000  
    Duration: 34 ms  
    Status: fault, HTTP 500  
    Spans: 2  
    Failed spans: 1  
    Log lines: 3  
    Reported by: AWS X-Ray and OpenTelemetry  
    Trace id: \`00000000000000000000000000000abc\`  
    X-Ray spelling: \`1-00000000-000000000000000000000abc\`  
    _Pinned: stays when traces are cleared or grow old._"
  `);
});

test('a running trace whose root is missing says so', () => {
  expect(tooltip({ kind: 'trace', traceId }, { status: 'running', httpStatus: undefined, rootMissing: true }))
    .toMatchInlineSnapshot(`
      "**GET \\/api\\/activities\\/home**

      Service: backend  
      Started: 2026-11-23 13:59:48.000  
      Duration: still running  
      Status: running  
      Spans: 1  
      Reported by: OpenTelemetry  
      Trace id: \`00000000000000000000000000000abc\`  
      X-Ray spelling: \`1-00000000-000000000000000000000abc\`  
      _The span that began this trace has not arrived._"
    `);
});

test('a span says what reported it and where it stands in the trace', () => {
  const spans: TestSpan[] = [
    { depth: 0, id: 'a', name: 'GET /' },
    { depth: 1, id: 'b', name: 'UserData', source: 'xray', flags: ['subsegment', 'orphan'] },
  ];
  expect(tooltip({ kind: 'span', traceId, spanKey: 'b', spanId: 'b' }, {}, spans)).toMatchInlineSnapshot(`
    "**UserData**

    Kind: AWS X-Ray subsegment  
    Service: backend  
    Began: 1 ms after the trace  
    Duration: 1 ms  
    Status: ok  
    Id: \`b\`  
    _The span that it is a part of has not arrived._"
  `);
});

test('an exception shows the top of its stack', () => {
  const spans: TestSpan[] = [{ depth: 0, id: 'b', name: 'GET /', status: 'fault' }];
  expect(tooltip({ kind: 'exception', traceId, spanKey: 'b', spanId: 'b', index: 0 }, {}, spans))
    .toMatchInlineSnapshot(`
    "**Type\\_Error\\: \\<b\\>no\\<\\/b\\>**  
    \`load (/app/ feed .ts:0)\`  
    \`load (/app/ feed .ts:1)\`  
    \`load (/app/ feed .ts:2)\`  
    \`load (/app/ feed .ts:3)\`  
    \`load (/app/ feed .ts:4)\`  
    \`load (/app/ feed .ts:5)\`  
    \`load (/app/ feed .ts:6)\`  
    \`load (/app/ feed .ts:7)\`  
    \`load (/app/ feed .ts:8)\`  
    \`load (/app/ feed .ts:9)\`  
    \`load (/app/ feed .ts:10)\`  
    \`load (/app/ feed .ts:11)\`  
    \`and 2 more frames\`"
  `);
});

test('what a sender wrote is text, never a link, an image or a command', () => {
  expect(escapeMarkdown('[x](command:evil) ![](http://a.b) <img> `c` $(gear) a|b\n# d')).not.toMatch(
    /(^|[^\\])[[\](<`$|#!]/,
  );
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../test/arbitraryTrace.ts';
import { spansOf } from '../../test/traceSpans.ts';
import type { Span } from '../model/span.ts';
import { requestsOfTrace } from './traceRequests.ts';

test('requests and calls are found in whatever a trace holds', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const { requests, calls, entryPoint } = requestsOfTrace(spans);
      const targets = calls.map(({ target }) => target);
      // Each request is called once at most, an inferred one exactly once.
      expect(new Set(targets).size).toBe(targets.length);
      for (const [index, { isInferred, id }] of requests.entries()) {
        expect(id).toMatch(/^[0-9a-f]{16}$/);
        expect(targets.includes(index) || !isInferred).toBe(true);
      }
      for (const { source, caller } of calls) {
        expect(caller === undefined || requests[caller]?.service === source).toBe(true);
      }
      expect(entryPoint === undefined || requests[entryPoint]?.isRoot).toBe(true);
    }),
  );
});

test('the order in which spans arrive changes nothing', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const unique = [...new Map(spans.map((span) => [span.id, span])).values()];
      const [{ annotations: _one, ...one }, { annotations: _two, ...two }] = [
        requestsOfTrace(unique),
        requestsOfTrace(unique.toReversed()),
      ];
      expect(one).toEqual(two);
    }),
  );
});

/** Ten thousand spans: a chain of calls through services, and a request with ten thousand failed calls. */
const chain = Array.from({ length: 5000 }, (_, depth) => ({ depth }));
const [server, client] = spansOf(
  'server shop GET fault 0+100\n  client shop GET fault 0+100 {"server.address":"a"}',
) as [Span, Span];
const deep = chain.flatMap(({ depth }): Span[] => [
  { ...server, id: hex(2 * depth + 1), ...(depth === 0 ? {} : { parentId: hex(2 * depth) }), service: `shop${depth}` },
  { ...client, id: hex(2 * depth + 2), parentId: hex(2 * depth + 1), service: `shop${depth}` },
]);
const wide = [
  server,
  ...Array.from({ length: 9999 }, (_, index) => ({ ...client, id: hex(index + 2), parentId: server.id })),
];

test.each([
  ['deep', deep],
  ['wide', wide],
])('the time for a %s trace grows with its spans', (_, spans) => {
  const took = (count: number): number => {
    const some = spans.slice(0, count);
    // Of this thread only, so that a busy machine does not count.
    const runs = Array.from({ length: 5 }, () => {
      const before = process.threadCpuUsage();
      requestsOfTrace(some);
      const { user, system } = process.threadCpuUsage(before);
      return user + system;
    });
    return Math.min(...runs);
  };
  took(1000);
  // Eight times the spans; 64 times the time would be quadratic.
  expect(took(8000) / took(1000)).toBeLessThan(24);
});

function hex(number: number): Span['id'] {
  return number.toString(16).padStart(16, '0') as Span['id'];
}

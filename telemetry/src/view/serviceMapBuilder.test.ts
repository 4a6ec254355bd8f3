import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../test/arbitraryTrace.ts';
import { renderServiceMap } from '../../test/renderServiceMap.ts';
import { spansOf } from '../../test/traceSpans.ts';
import type { Span } from '../model/span.ts';
import type { RequestStatistics, ServiceMap } from './serviceMap.ts';
import { ServiceMapBuilder } from './serviceMapBuilder.ts';
import { requestsOfTrace } from './traceRequests.ts';

function mapOf(...traces: readonly (readonly Span[])[]): ServiceMap {
  const builder = new ServiceMapBuilder();
  for (const trace of traces) {
    builder.add(requestsOfTrace(trace));
  }
  return builder.build();
}

function check(outlines: readonly string[], expected: string): void {
  expect(renderServiceMap(mapOf(...outlines.map(spansOf)))).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

const checkout = `
  segment shop 0+300
    remote orders@db 0+20 {"sql.user":"app"}
    remote pay.example 50+200 fault
`;

test('requests from outside come from a client node', () => {
  check(
    [checkout, 'segment shop 0+100 throttled'],
    `
    orders@db Database::SQL inferred: 1 ok, 0.02 s
    pay.example remote inferred: 1 fault, 0.2 s
    shop client
      → shop: 1 ok, 1 throttle, 0.1 s
    shop root: 1 ok, 1 throttle, 0.1 s
      → orders@db Database::SQL: 1 ok, 0.02 s
      → pay.example remote: 1 fault, 0.2 s`,
  );
});

test('an edge has what the caller saw, a node what the service says', () => {
  check(
    [
      `server shop GET 0+300
         client shop GET 10+200 error
           server stock GET 50+100`,
    ],
    `
    shop client
      → shop: 1 ok, 0.302 s
    shop root: 1 ok, 0.302 s
      → stock: 1 error, 0.2 s
    stock: 1 ok, 0.1 s`,
  );
});

test('a request without a response is seen, and not counted yet', () => {
  check(
    ['segment shop running'],
    `
    shop client
      → shop: none ended
    shop root: none ended`,
  );
});

test('maps of parts put together are the map of the whole', () => {
  fc.assert(
    fc.property(fc.array(anyTrace, { maxLength: 4 }), (traces) => {
      const builder = new ServiceMapBuilder();
      for (const trace of traces) {
        builder.addMap(mapOf(trace));
      }
      expect(withoutRounding(builder.build())).toEqual(withoutRounding(mapOf(...traces)));
    }),
  );
});

test('what the calls of a trace count is what the called nodes count', () => {
  fc.assert(
    fc.property(anyTrace, (trace) => {
      // Calls that have ended as their requests have: a caller may have given up long before.
      const { requests, calls, ...rest } = requestsOfTrace(trace);
      const agreed = calls.map((call) => ({ ...call, responseTime: requests[call.target]?.responseTime }));
      const builder = new ServiceMapBuilder();
      builder.add({ ...rest, requests, calls: agreed as typeof calls });
      const { nodes } = builder.build();
      const called = new Set(calls.map(({ target }) => target));
      const uncalled = requests.filter(({ responseTime }, index) => responseTime !== undefined && !called.has(index));
      const edges = nodes.flatMap((node) => node.edges);
      expect(total(edges) + uncalled.length).toBe(total(nodes));
    }),
  );
});

function total(counted: readonly { readonly statistics?: RequestStatistics }[]): number {
  return counted.reduce((sum, { statistics }) => sum + (statistics?.total ?? 0), 0);
}

function withoutRounding(map: ServiceMap): unknown {
  return JSON.parse(
    JSON.stringify(map, (key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : key === 'totalResponseSeconds' ? Math.round(Number(value) * 1e6) : value,
    ),
  );
}

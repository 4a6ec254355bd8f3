import { expect, test } from 'vitest';
import type { Rate } from './figures.ts';
import { graphOf } from './mapGraph.ts';
import { edgeSentence, edgeTextOf, latencyTextOf, mapSentence, nodeSentence, trafficTextOf } from './sentences.ts';
import { mapFacts, sampleMap } from './testing/mapFacts.ts';
import { present } from './testing/present.ts';

const graph = graphOf(sampleMap);
const perMinute: Rate = { kind: 'perMinute', minutes: 5 };

/** Compares what is said of each node of the sample, and what stands on it. */
function check(say: (title: string) => string, expected: readonly string[]): void {
  expect(graph.nodes.map(({ title }) => say(title))).toEqual(expected);
}

function node(title: string) {
  return present(graph.nodes.find((each) => each.title === title));
}

test('a screen reader hears all that a sighted person sees', () => {
  check(
    (title) => nodeSentence(node(title), graph, perMinute),
    [
      'Client: 120 requests/min, 3 faults, 5 errors, calls backend 120/min 34 ms 3 faults 5 errors',
      'backend: 120 requests/min, 3 faults, 5 errors, average 34 ms, 95th percentile 34 ms, calls postgresql 80/min 4 ms, api.example.com 3/min 120 ms 3 faults, orders 2/min 9 ms 1 throttled',
      'api.example.com: 3 requests/min, 3 faults, average 120 ms, 95th percentile 120 ms',
      'orders: 2 requests/min, 1 throttled, average 9 ms, 95th percentile 9 ms',
      'postgresql: 80 requests/min, average 4 ms, 95th percentile 4 ms',
    ],
  );
});

test('a node shows its traffic with what went wrong, and its times', () => {
  check(
    (title) => [trafficTextOf(node(title), perMinute), latencyTextOf(node(title))].join(' | '),
    [
      '120/min · 3 faults · 5 errors | ',
      '120/min · 3 faults · 5 errors | avg 34 ms · p95 34 ms',
      '3/min · 3 faults | avg 120 ms · p95 120 ms',
      '2/min · 1 throttled | avg 9 ms · p95 9 ms',
      '80/min | avg 4 ms · p95 4 ms',
    ],
  );
});

test('an edge shows its rate and average time, and says who calls whom', () => {
  expect(graph.edges.map((edge) => edgeTextOf(edge, perMinute))).toEqual([
    '3/min · 120 ms',
    '2/min · 9 ms',
    '80/min · 4 ms',
    '120/min · 34 ms',
  ]);
  expect(graph.edges.map((edge) => edgeSentence(edge, graph, perMinute))[0]).toBe(
    'backend calls api.example.com: 3 requests/min, 3 faults, average 120 ms, 95th percentile 120 ms',
  );
});

test('the map says what it amounts to', () => {
  expect(mapSentence(graph, perMinute)).toBe('4 services, 3 calls, 120 requests/min');
  expect(mapSentence(graphOf(mapFacts('client > a 1')), { kind: 'count' })).toBe('1 service, 0 calls, 1 request');
  const bounded = graphOf({ ...mapFacts('client > a 1'), omittedServices: 4 });
  expect(mapSentence(bounded, { kind: 'count' })).toBe('the 1 busiest of 5 services, 0 calls, 1 request');
});

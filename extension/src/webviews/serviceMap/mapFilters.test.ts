import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { expect, test } from 'vitest';
import { filtersOfEdge, filtersOfNode, type OfferedFilter } from './mapFilters.ts';
import { graphOf } from './mapGraph.ts';
import { mapFacts, sampleMap } from './testing/mapFacts.ts';
import { present } from './testing/present.ts';

const graph = graphOf(sampleMap);

/** Compares the filters on offer; each is one that the parser takes. */
function check(filters: readonly OfferedFilter[] | undefined, expected: readonly string[]): void {
  expect(filters?.map(({ label, expression }) => `${label}: ${expression}`)).toEqual(expected);
  expect(filters?.every(({ expression }) => parseFilterExpression(expression).ok)).toBe(true);
}

function ofNode(title: string, slow?: number) {
  const node = graph.nodes.find((each) => each.title === title);
  return node && filtersOfNode(node, graph, slow);
}

test('a service offers its traces, and those that went wrong or were slow', () => {
  check(ofNode('backend', 0.1234), [
    'All traces: service("backend")',
    'With faults: service("backend") { fault }',
    'With errors: service("backend") { error }',
    'Slower than 123 ms: service("backend") { responsetime > 0.123 }',
  ]);
  check(ofNode('orders'), ['All traces: service("orders")', 'Throttled: service("orders") { throttle }']);
  check(ofNode('Client'), []);
});

test('a call offers the traces that have it', () => {
  const edges = graph.edges.map((edge) => filtersOfEdge(edge, graph, undefined));
  check(edges[2], ['All traces: edge("backend", "postgresql")']);
  check(edges[3], [
    'All traces: edge(id(name: "backend", type: "client"), "backend")',
    'With faults: edge(id(name: "backend", type: "client"), "backend") { fault }',
    'With errors: edge(id(name: "backend", type: "client"), "backend") { error }',
  ]);
});

test('names are quoted, and told apart by type where they are the same', () => {
  const odd = graphOf(mapFacts('client > a"b\\c 1'));
  const quoted = odd.nodes.find(({ kind }) => kind !== 'client');
  check(quoted && filtersOfNode(quoted, odd, undefined), [String.raw`All traces: service("a\"b\\c")`]);
  const [client, one, other] = mapFacts('client > a 1\nclient > b 1', { a: 'remote', b: 'Database::SQL' }).nodes;
  const twice = graphOf({ ...sampleMap, nodes: [present(client), present(one), { ...present(other), name: 'a' }] });
  const database = twice.nodes.find(({ kind }) => kind === 'database');
  check(database && filtersOfNode(database, twice, undefined), [
    'All traces: service(id(name: "a", type: "Database::SQL"))',
  ]);
});

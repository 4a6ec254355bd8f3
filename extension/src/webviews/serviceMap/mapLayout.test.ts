import { expect, test } from 'vitest';
import type { ServiceMapFacts } from '../../contracts/serviceMap.ts';
import { pathOf, widthOf } from './edgePaths.ts';
import { layOut } from './layOut.ts';
import { graphOf } from './mapGraph.ts';
import { isSameLayoutInput, layoutInputOf, nodeHeight, nodeWidth, type MapLayout } from './mapLayout.ts';
import { focusAfter, focusByLetter, type MapMove } from './mapMoves.ts';
import { mapFacts, sampleMap } from './testing/mapFacts.ts';
import { present } from './testing/present.ts';

const graph = graphOf(sampleMap);
const layout = layOut(layoutInputOf(graph));

/** Compares the columns of a map, each from the top. */
function check(facts: ServiceMapFacts, expected: readonly string[]): void {
  const drawn = graphOf(facts);
  const columns = Map.groupBy(layOut(layoutInputOf(drawn)).order, (key) => placeOf(facts, key).x);
  expect([...columns.values()].map((keys) => keys.map((key) => drawn.byKey.get(key)?.title).join(', '))).toEqual(
    expected,
  );
}

function placeOf(facts: ServiceMapFacts, key: string) {
  return present(layOut(layoutInputOf(graphOf(facts))).nodes[key]);
}

test('calls go from left to right, column by column', () => {
  check(sampleMap, ['Client', 'backend', 'postgresql, orders, api.example.com']);
});

test('a ring of services is laid out too', () => {
  check(mapFacts('client > a 1\na > b 1\nb > c 1\nc > a 1'), ['Client', 'a', 'b', 'c']);
});

test('nothing but who calls whom decides the layout', () => {
  const busier = graphOf(mapFacts('client > a 900 8ms 3faults'));
  const quieter = graphOf(mapFacts('client > a 1'));
  expect(isSameLayoutInput(layoutInputOf(busier), layoutInputOf(quieter))).toBe(true);
  expect(isSameLayoutInput(layoutInputOf(busier), layoutInputOf(graph))).toBe(false);
});

test('no two services lie on each other, in a map of thirty', () => {
  const calls = Array.from({ length: 29 }, (_item, index) => `s${Math.floor(index / 3)} > s${index + 1} 5 3ms`);
  const { nodes } = layOut(layoutInputOf(graphOf(mapFacts(`client > s0 9 9ms\n${calls.join('\n')}`))));
  const places = Object.values(nodes);
  const overlaps = places.flatMap((one, index) =>
    places.slice(index + 1).filter(({ x, y }) => Math.abs(one.x - x) < nodeWidth && Math.abs(one.y - y) < nodeHeight),
  );
  expect(places).toHaveLength(31);
  expect(overlaps).toEqual([]);
});

test('a line leaves its source on the right, reaches its target on the left, and is as thick as its traffic', () => {
  for (const edge of graph.edges) {
    const source = present(layout.nodes[edge.source]);
    const target = present(layout.nodes[edge.target]);
    const { path = '' } = pathOf(edge, layout) ?? {};
    expect(path).toMatch(new RegExp(`^M${source.x + nodeWidth},`));
    expect(path).toMatch(new RegExp(` ${target.x},[\\d.]+$`));
  }
  expect(graph.edges.map((edge) => widthOf(edge, graph))).toEqual([2, 1.86, 5.13, 6]);
});

test('a service that calls itself, and a call back, have lines too', () => {
  const ring = graphOf(mapFacts('client > a 1\na > a 1\na > b 1\nb > a 1'));
  const drawn = layOut(layoutInputOf(ring));
  expect(ring.edges.map((edge) => pathOf(edge, drawn)?.path ?? 'none')).not.toContain('none');
});

test.each<[MapMove, string, string]>([
  ['callee', 'Client', 'backend'],
  ['callee', 'backend', 'postgresql'],
  ['callee', 'postgresql', 'postgresql'],
  ['caller', 'orders', 'backend'],
  ['caller', 'Client', 'Client'],
  ['next', 'backend', 'postgresql'],
  ['next', 'api.example.com', 'api.example.com'],
  ['previous', 'postgresql', 'backend'],
  ['previous', 'Client', 'Client'],
  ['first', 'orders', 'Client'],
  ['last', 'Client', 'api.example.com'],
  ['next', 'gone', 'Client'],
  ['last', 'gone', 'api.example.com'],
])('the %s of %s is %s', (move, from, to) => {
  expect(titleAt(focusAfter(move, keyOf(from), graph, layout))).toBe(to);
});

test('a letter goes to the next service whose name begins so, round the end', () => {
  expect(titleAt(focusByLetter('P', keyOf('backend'), graph, layout))).toBe('postgresql');
  expect(titleAt(focusByLetter('b', keyOf('orders'), graph, layout))).toBe('backend');
  expect(titleAt(focusByLetter('z', keyOf('orders'), graph, layout))).toBe('orders');
});

test('the layout has all services in order', () => {
  expect(orderOf(layout)).toBe('Client, backend, postgresql, orders, api.example.com');
});

function orderOf({ order }: MapLayout): string {
  return order.map(titleAt).join(', ');
}

function keyOf(title: string): string {
  return graph.nodes.find((node) => node.title === title)?.key ?? title;
}

function titleAt(key: string | undefined): string {
  return graph.byKey.get(key ?? '')?.title ?? 'nothing';
}

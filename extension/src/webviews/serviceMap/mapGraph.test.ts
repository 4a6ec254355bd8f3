import { expect, test } from 'vitest';
import { graphOf, type MapGraph } from './mapGraph.ts';
import { mapFacts, sampleMap } from './testing/mapFacts.ts';

/** Compares the nodes, one a line: title, kind, type in words, requests and calls. */
function check(graph: MapGraph, expected: string): void {
  const lines = graph.nodes.map(({ title, kind, typeText, counts, calls }) => {
    const called = calls.map(({ target }) => graph.byKey.get(target)?.title).join(', ');
    return `${title} (${kind}, ${typeText}) ${counts.total}${called === '' ? '' : ` > ${called}`}`;
  });
  expect(lines.join('\n')).toBe(expected);
}

test('each service has its kind and the type in words, and a client counts what it sends', () => {
  check(
    graphOf(sampleMap),
    `Client (client, Client) 600 > backend
backend (service, Service) 600 > postgresql, api.example.com, orders
api.example.com (remote, Remote service) 15
orders (queue, SQS queue) 10
postgresql (database, SQL database) 400`,
  );
});

test('where several services are called from outside, each client says which one it calls', () => {
  const [client, ...others] = sampleMap.nodes;
  const second = { ...client, name: 'admin', edges: [] } as NonNullable<typeof client>;
  const { nodes } = graphOf({ ...sampleMap, nodes: client === undefined ? [] : [client, ...others, second] });
  expect(nodes.filter(({ kind }) => kind === 'client').map(({ title }) => title)).toEqual([
    'Client of admin',
    'Client of backend',
  ]);
});

test('the types of AWS are said in words, and others as they came', () => {
  const types = {
    a: 'AWS::DynamoDB::Table',
    b: 'AWS::ECS::Container',
    c: 'AWS::S3',
    d: 'AWS::ElasticBeanstalk::Environment',
    e: 'my.type',
    f: 'AWS::EC2::TransitGateway',
  };
  check(
    graphOf(mapFacts(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `client > ${name} 1`).join('\n'), types)),
    `Client (client, Client) 6 > a, b, c, d, e, f
a (database, DynamoDB table) 1
b (service, ECS container) 1
c (database, S3) 1
d (service, ElasticBeanstalk environment) 1
e (service, my.type) 1
f (service, EC2 transit gateway) 1`,
  );
});

test('the order is the same whatever order the services came in', () => {
  const { nodes } = sampleMap;
  const last = nodes.length - 1;
  const reversed = {
    ...sampleMap,
    nodes: nodes
      .toReversed()
      .map((node) => ({ ...node, edges: node.edges.map((edge) => ({ ...edge, target: last - edge.target })) })),
  };
  expect(orderOf(graphOf(reversed))).toEqual(orderOf(graphOf(sampleMap)));
});

test('an edge to a service that is not there is left out', () => {
  const [client] = sampleMap.nodes;
  check(graphOf({ ...sampleMap, nodes: client === undefined ? [] : [client] }), 'Client (client, Client) 0');
});

function orderOf({ nodes, edges }: MapGraph): readonly string[] {
  return [...nodes, ...edges].map(({ key }) => key);
}

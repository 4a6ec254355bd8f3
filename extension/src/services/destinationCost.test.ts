import { relayDestinations, type RelayList, type RelayStatus } from '@sightline/hub/client/relayApi';
import { expect, test } from 'vitest';
import { withCosts } from './destinationCost.ts';
import { destinationsRow } from './destinationRows.ts';
import { bad, noteworthy, type ServiceRow } from './serviceRow.ts';
import { renderServices } from './servicesTree.ts';

const off: RelayStatus = {
  state: 'off',
  sent: 0,
  waiting: 0,
  refused: 0,
  dropped: 0,
  repeated: 0,
  usage: { records: 0, bytes: 0, requests: 0 },
  refusals: [],
};

function relayOf(xray: Partial<RelayStatus>): RelayList {
  const entries = relayDestinations.map((each) => [each, each === 'xray' ? { ...off, ...xray } : off]);
  return { destinations: Object.fromEntries(entries) as RelayList['destinations'] };
}

const plain = { icon: 'cloud-upload', context: 'costDestination', children: [] };
const costs: readonly ServiceRow[] = [
  {
    ...plain,
    id: 'cost',
    label: 'Cost',
    description: '$0.24 this month · $1.00 expected',
    children: [
      {
        ...plain,
        id: 'cost.xray',
        label: 'AWS X-Ray',
        description: '$0.24 this month',
        tooltip: 'Cap: none.',
        children: [{ ...plain, id: 'cost.xray.recorded', label: 'Traces recorded', description: '$0.24' }],
      },
    ],
  },
];

function check(relay: RelayList | undefined, expected: string): void {
  const rows = withCosts(destinationsRow(relay), costs);
  const shown = [...rows.costs, ...(rows.destinations === undefined ? [] : [rows.destinations])];
  expect(renderServices(shown)).toBe(expected.replace(/^\n/, ''));
}

test('a destination has one row: what was sent there, and what it costs', () => {
  check(
    relayOf({ state: 'sending', sent: 1200, waiting: 30 }),
    `
Cost  $0.24 this month · $1.00 expected
Handed on  AWS X-Ray
  AWS X-Ray  sending · 1,200 sent · 30 waiting · $0.24 this month
    Traces recorded  $0.24
  AWS CloudWatch Logs  off
  Honeycomb (OTLP)  off
  Rollbar  off
`,
  );
});

test('until the hub has told where it hands things on, the costs stand alone', () => {
  check(
    undefined,
    `
Cost  $0.24 this month · $1.00 expected
  AWS X-Ray  $0.24 this month
    Traces recorded  $0.24
`,
  );
});

/** The icon and the words for buttons of a row whose cost looks like this. */
function looks(status: Partial<RelayStatus>, look: Pick<ServiceRow, 'icon' | 'color'>): string {
  const colored = costs.map((sum) => ({ ...sum, children: sum.children.map((cost) => ({ ...cost, ...look })) }));
  const row = withCosts(destinationsRow(relayOf(status)), colored).destinations?.children[0];
  return `${row?.icon}: ${row?.context}`;
}

test('the buttons of both are there, and what is worse is seen', () => {
  expect([
    looks({ state: 'idle', sent: 1 }, noteworthy),
    looks({ state: 'retrying', lastError: 'AWS throttles' }, noteworthy),
    looks({ state: 'off' }, bad),
  ]).toEqual([
    'warning: destination isOn costDestination',
    'error: destination isOn costDestination',
    'error: destination isOff costDestination',
  ]);
});

import {
  relayDestinations,
  type RelayDestination,
  type RelayList,
  type RelayStatus,
} from '@sightline/hub/client/relayApi';
import { expect, test } from 'vitest';
import { destinationsRow } from './destinationRows.ts';
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

function check(changed: Partial<Record<RelayDestination, Partial<RelayStatus>>>, expected: string): void {
  const entries = relayDestinations.map((each) => [each, { ...off, ...changed[each] }]);
  const row = destinationsRow({ destinations: Object.fromEntries(entries) as RelayList['destinations'] });
  expect(renderServices(row === undefined ? [] : [row])).toBe(expected);
}

test('with nothing switched on, nothing leaves the machine', () => {
  check(
    {},
    `Handed on  nothing leaves this machine
  AWS X-Ray  off
  AWS CloudWatch Logs  off
  Honeycomb (OTLP)  off
  Rollbar  off
`,
  );
});

test('each destination says how it is, what has arrived and what has not', () => {
  check(
    {
      xray: { state: 'sending', sent: 1200, waiting: 30 },
      logs: { state: 'retrying', sent: 0, waiting: 5, lastError: 'AWS throttles PutLogEvents' },
      otlp: { state: 'waiting for secrets', waiting: 7 },
      rollbar: { state: 'idle', sent: 4, refused: 1 },
    },
    `Handed on  AWS X-Ray, AWS CloudWatch Logs, Honeycomb (OTLP), Rollbar
  AWS X-Ray  sending · 1,200 sent · 30 waiting
  AWS CloudWatch Logs  trying again: AWS throttles PutLogEvents · 0 sent · 5 waiting
  Honeycomb (OTLP)  waiting for secrets · 0 sent · 7 waiting
  Rollbar  all has arrived · 4 sent · 1 refused
`,
  );
});

test('one that is on and had nothing to send yet says so', () => {
  check(
    { rollbar: { state: 'idle' } },
    `Handed on  Rollbar
  AWS X-Ray  off
  AWS CloudWatch Logs  off
  Honeycomb (OTLP)  off
  Rollbar  nothing to send yet
`,
  );
});

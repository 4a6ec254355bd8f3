import {
  relayDestinations,
  type RelayDestination,
  type RelayList,
  type RelayStatus,
} from '@sightline/hub/client/relayApi';
import { bad, busy, idle, number, running, type ServiceRow } from './serviceRow.ts';

export const destinationNames: Readonly<Record<RelayDestination, string>> = {
  xray: 'AWS X-Ray',
  logs: 'AWS CloudWatch Logs',
  otlp: 'Honeycomb (OTLP)',
  rollbar: 'Rollbar',
};

/** Where the hub hands on what it receives; each destination with a button that switches it. `undefined` until the hub has told. */
export function destinationsRow(relay: RelayList | undefined): ServiceRow | undefined {
  if (relay === undefined) {
    return undefined;
  }
  const on = relayDestinations.filter((each) => relay.destinations[each].state !== 'off');
  const children = relayDestinations.map((each) => destinationRow(each, relay.destinations[each]));
  const troubled = children.filter(({ color }) => color === bad.color);
  return {
    id: 'destinations',
    label: 'Handed on',
    description: on.length === 0 ? 'nothing leaves this machine' : on.map((each) => destinationNames[each]).join(', '),
    ...(troubled.length > 0 ? bad : { icon: on.length === 0 ? 'circle-slash' : 'cloud-upload' }),
    tooltip: 'What this hub receives goes on to the destinations that are switched on, as it came.',
    context: '',
    children,
  };
}

function destinationRow(destination: RelayDestination, status: RelayStatus): ServiceRow {
  const isOn = status.state !== 'off';
  return {
    id: `destination.${destination}`,
    label: destinationNames[destination],
    description: [stateText(status), ...countTexts(status)].join(' · '),
    ...looks(status),
    tooltip: tooltipOf(status),
    context: isOn ? 'destination isOn' : 'destination isOff',
    destination,
    children: [],
  };
}

function stateText({ state, sent, pausedBecause, lastError }: RelayStatus): string {
  switch (state) {
    case 'paused':
      return pausedBecause === undefined ? 'paused' : `paused: ${pausedBecause}`;
    case 'retrying':
      return lastError === undefined ? 'trying again' : `trying again: ${lastError}`;
    case 'idle':
      return sent === 0 ? 'nothing to send yet' : 'all has arrived';
    case 'off':
    case 'waiting for secrets':
    case 'sending':
      return state;
  }
}

function countTexts({ state, sent, waiting, refused }: RelayStatus): readonly string[] {
  if ((state === 'off' || state === 'idle') && sent === 0 && refused === 0) {
    return [];
  }
  const counts = [
    [sent, 'sent'],
    [waiting, 'waiting'],
    [refused, 'refused'],
  ] as const;
  return counts
    .filter(([count, word]) => count > 0 || word === 'sent')
    .map(([count, word]) => `${number(count)} ${word}`);
}

function looks({ state, refused }: RelayStatus): Pick<ServiceRow, 'icon' | 'color'> {
  switch (state) {
    case 'off':
      return idle;
    case 'retrying':
    case 'waiting for secrets':
      return bad;
    case 'paused':
      return { icon: 'debug-pause' };
    case 'sending':
      return busy;
    case 'idle':
      return refused > 0 ? bad : running;
  }
}

function tooltipOf({ endpoint, region, secret, lastError, refusals, dropped, repeated }: RelayStatus): string {
  const facts = [
    endpoint,
    region === undefined ? undefined : `Region ${region}`,
    secret === undefined ? undefined : `Key ${secret}`,
    lastError === undefined ? undefined : `Last error: ${lastError}`,
    dropped === 0 ? undefined : `${number(dropped)} left the store before they could be sent.`,
    repeated === 0
      ? undefined
      : `${number(repeated)} batches were sent again, since nobody knows whether they had arrived.`,
    ...refusals.map(({ records, reason }) => `${number(records)} refused: ${reason}`),
  ];
  return facts.filter((fact) => fact !== undefined).join('\n\n');
}

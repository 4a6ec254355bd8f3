import { expect, test } from 'vitest';
import { changeCostSettings, defaultCostSettings, parseCostSettings } from './costSettings.ts';
import { costWarnings, type CostSituation } from './costWarnings.ts';

function check(value: unknown, expected: readonly string[]): void {
  expect(parseCostSettings(value).problems).toEqual(expected);
}

test.each<[unknown, string[]]>([
  [{}, []],
  [{ caps: { xray: { kind: 'free' }, logs: null, otlp: { kind: 'amount', counter: 'events', amount: 5 } } }, []],
  [{ prices: { 'logs.ingested': { price: '0.57', free: 0 } }, billing: { isTransactionSearch: true } }, []],
  [[], ['Cost settings are an object of `caps`, `prices` and `billing`.']],
  [{ cap: 1 }, ['The settings cannot have `cap`; there are caps, prices, billing.']],
  [
    { caps: { kafka: { kind: 'free' }, xray: { kind: 'dollars', dollars: 2 } } },
    [
      '`caps` cannot have `kafka`; there are xray, logs, otlp, rollbar.',
      '`caps.xray`: `dollars` is a text of digits with at most nine decimals, such as "2.50".',
    ],
  ],
  [
    { caps: { xray: { kind: 'amount', counter: 'traces', amount: -1 } } },
    [
      '`caps.xray` needs a `counter`, one of traces, spans, spanBytes, logEvents, logBytes, events, items, requests, tracesRetrieved, tracesScanned, liveTailSeconds, insightsBytes, viewCalls, and an `amount` of at least 0.',
    ],
  ],
  [{ caps: 'free' }, ['`caps` is an object.']],
  [
    { prices: { 'logs.stored': { price: 'cheap', per: 0 } } },
    [
      '`prices.logs.stored`: `price` is a text of dollars with at most nine decimals, such as "0.57".',
      '`prices.logs.stored`: `per` is a number above 0.',
    ],
  ],
  [{ billing: { indexedPercent: 101 } }, ['`billing.indexedPercent` is a number from 0 to 100.']],
])('%j', (value, expected) => {
  check(value, expected);
});

test('a change keeps what it does not name, and removes a cap with null', () => {
  const one = changeCostSettings(defaultCostSettings, { caps: { xray: { kind: 'free' }, logs: { kind: 'free' } } });
  const two = changeCostSettings(one, { caps: { xray: null }, billing: { isTransactionSearch: true } });
  expect(two).toEqual({
    caps: { logs: { kind: 'free' } },
    prices: {},
    billing: { isTransactionSearch: true, indexedPercent: 1 },
  });
});

const calm: CostSituation = { capped: [], relayed: new Set(), rules: [], neverExpiring: [] };
const all = [{ name: 'Default', fixedRate: 1 }];

test.each<[Partial<CostSituation>, string[]]>([
  [{ rules: all, neverExpiring: ['/a'] }, []],
  [
    { rules: all, relayed: new Set(['xray']) },
    [
      'Every request is sampled by the rule Default, and each trace that goes to X-Ray is paid for. A lower rate sends fewer.',
    ],
  ],
  [{ rules: [{ name: 'Default', fixedRate: 0.99 }], relayed: new Set(['xray']) }, []],
  [
    { neverExpiring: ['/a'], relayed: new Set(['logs']) },
    [
      'A log group that goes to CloudWatch never expires, so what is stored is paid for every month: /a. Set a retention.',
    ],
  ],
  [
    { neverExpiring: ['/a', '/b', '/c', '/d', '/e'], relayed: new Set(['logs']) },
    [
      'Log groups that go to CloudWatch never expire, so what is stored is paid for every month: /a, /b, /c and 2 more. Set a retention.',
    ],
  ],
  [
    {
      capped: [
        { destination: 'xray', cap: { kind: 'free' }, state: 'over' },
        { destination: 'rollbar', cap: { kind: 'amount', counter: 'items', amount: 4_000 }, state: 'expected' },
        { destination: 'logs', cap: { kind: 'dollars', dollars: '2' }, state: 'under' },
      ],
    },
    [
      'AWS X-Ray has reached its cap of what is free this month. The relay waits until the next month or a higher cap.',
      'If it goes on like this, Rollbar reaches its cap of 4,000 items before the month is over, and the relay pauses then.',
    ],
  ],
])('warnings of %j', (situation, expected) => {
  expect(costWarnings({ ...calm, ...situation }).map(({ message }) => message)).toEqual(expected);
});

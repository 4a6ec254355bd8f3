import { expect, test } from 'vitest';
import { capStateOf, type Cap } from './cap.ts';
import { costOf, type CostQuestion } from './costOf.ts';
import { nanoDollars, parseDollars, renderDollars, renderPrice } from './money.ts';
import { charges, pricesDate } from './prices.ts';
import { hourOf, type CostDestination, type HourUsage, type Usage } from './usage.ts';

const classic = { isTransactionSearch: false, indexedPercent: 1 };
/** Noon of the 16th of a month with 30 days: half of it is over at midnight before. */
const now = Date.UTC(2026, 10, 16);

function hour(usage: Usage, at = now - 3_600_000, kept?: Record<string, number>): HourUsage {
  return { hour: hourOf(at), usage, ...(kept !== undefined && { kept }) };
}

/** Lines as `id used/free left X cost → forecast`, for charges of which something was used or is expected. */
function check(
  destination: CostDestination,
  hours: readonly HourUsage[],
  expected: string[],
  more: Partial<CostQuestion> = {},
) {
  const summary = costOf({ destination, hours, now, billing: classic, ...more });
  const lines = summary.lines
    .filter(({ used, forecastUsed }) => used > 0n || forecastUsed > 0n)
    .map(
      ({ charge, used, free, freeLeft, cost, forecastUsed, forecastCost }) =>
        `${charge.id} ${amount(used)}/${amount(free)} left ${amount(freeLeft)} ${money(cost)} → ${amount(forecastUsed)} ${money(forecastCost)}`,
    );
  expect([...lines, `${summary.cost} → ${summary.forecastCost}, by ${summary.forecastHours} h`]).toEqual(expected);
}

const amount = (thousandths: bigint): string => String(Number(thousandths) / 1_000);
const money = (nanos: bigint | undefined): string => (nanos === undefined ? 'no price' : String(nanos));
const gigabyte = 1_073_741_824;
/** Nothing was used in the last week, so that nothing is forecast. */
const long = Date.UTC(2026, 10, 2);

test.each<[what: string, CostDestination, Usage, string[]]>([
  ['nothing', 'xray', {}, ['0 → 0, by 1 h']],
  [
    'traces within the free tier',
    'xray',
    { traces: 100_000 },
    ['xray.recorded 100000/100000 left 0 0 → 100000 0', '0 → 0, by 1 h'],
  ],
  [
    'the first trace that costs',
    'xray',
    { traces: 100_001 },
    ['xray.recorded 100001/100000 left 0 5000 → 100001 5000', '5000 → 5000, by 1 h'],
  ],
  [
    'the example of the X-Ray pricing page: 148,800 traces are $0.24',
    'xray',
    { traces: 148_800 },
    ['xray.recorded 148800/100000 left 0 244000000 → 148800 244000000', '244000000 → 244000000, by 1 h'],
  ],
  [
    'retrieved and scanned traces share one free tier',
    'xray',
    { tracesRetrieved: 600_000, tracesScanned: 600_000 },
    ['xray.read 1200000/1000000 left 0 100000000 → 1200000 100000000', '100000000 → 100000000, by 1 h'],
  ],
  [
    'log data beyond 5 GB',
    'logs',
    { logBytes: 7 * gigabyte },
    ['logs.ingested 7/5 left 0 1000000000 → 7 1000000000', '1000000000 → 1000000000, by 1 h'],
  ],
  ['half a GB', 'logs', { logBytes: gigabyte / 2 }, ['logs.ingested 0.5/5 left 4.5 0 → 0.5 0', '0 → 0, by 1 h']],
  [
    'live tail beyond 1,800 minutes',
    'logs',
    { liveTailSeconds: 1_900 * 60 },
    ['logs.liveTail 1900/1800 left 0 1000000000 → 1900 1000000000', '1000000000 → 1000000000, by 1 h'],
  ],
  [
    'data scanned by Insights',
    'logs',
    { insightsBytes: 6 * gigabyte },
    ['logs.insights 6/5 left 0 5000000 → 6 5000000', '5000000 → 5000000, by 1 h'],
  ],
  [
    'Honeycomb events have no price by event',
    'otlp',
    { events: 20_000_001 },
    ['honeycomb.events 20000001/20000000 left 0 no price → 20000001 no price', '0 → 0, by 1 h'],
  ],
  ['spans to another OTLP endpoint cost nothing that is known', 'otlp', { spans: 10 }, ['0 → 0, by 1 h']],
  [
    'Rollbar occurrences',
    'rollbar',
    { items: 4_999 },
    ['rollbar.occurrences 4999/5000 left 1 no price → 4999 no price', '0 → 0, by 1 h'],
  ],
])('%s', (_what, destination, usage, expected) => {
  check(destination, [hour(usage, long)], expected);
});

test('with Transaction Search spans are paid for by the GB, and traces are not', () => {
  const billing = { isTransactionSearch: true, indexedPercent: 5 };
  check(
    'xray',
    [hour({ traces: 200_000, spans: 1_000_000, spanBytes: 2 * gigabyte }, long)],
    [
      'xray.spansIngested 2/0 left 0 700000000 → 2 700000000',
      'xray.spansIndexed 40000/0 left 0 30000000 → 40000 30000000',
      '730000000 → 730000000, by 1 h',
    ],
    { billing },
  );
});

test('a price and a free tier of its own take the place of the table', () => {
  check(
    'logs',
    [hour({ logBytes: 3 * gigabyte }, long)],
    ['logs.ingested 3/0 left 0 1710000000 → 3 1710000000', '1710000000 → 1710000000, by 1 h'],
    { overrides: { 'logs.ingested': { price: '0.57', free: 0 } } },
  );
});

test('what is stored is paid for by its retention: never expiring data until the end of the month, one day for a day', () => {
  const start = Date.UTC(2026, 10, 1);
  check(
    'logs',
    [hour({}, start, { never: 200 * gigabyte, 1: 300 * gigabyte })],
    // 15 % of 200 GB for half of the month, and of 300 GB for one day of 30; later the first for all of it.
    ['logs.stored 16.5/5 left 0 345000000 → 31.5 795000000', '345000000 → 795000000, by 1 h'],
  );
});

test('the forecast goes on as the last days did, and counts earlier ones once', () => {
  const recent = Array.from({ length: 24 }, (_, at) => hour({ traces: 1_000 }, now - (at + 1) * 3_600_000));
  check(
    'xray',
    [hour({ traces: 50_000 }, long), ...recent],
    ['xray.recorded 74000/100000 left 26000 0 → 434000 1670000000', '0 → 1670000000, by 24 h'],
  );
});

test('on the first of a month the last days of the month before are what the forecast goes by', () => {
  const first = Date.UTC(2026, 11, 1, 1);
  check(
    'rollbar',
    [hour({ items: 1_680 }, first - 6 * 24 * 3_600_000)],
    ['rollbar.occurrences 0/5000 left 5000 no price → 8668 no price', '0 → 0, by 144 h'],
    { now: first },
  );
});

test.each<[Cap, Usage, ageHours: number, string]>([
  [{ kind: 'free' }, { traces: 99_999 }, 300, 'under'],
  [{ kind: 'free' }, { traces: 100_000 }, 300, 'over'],
  [{ kind: 'free' }, { tracesScanned: 2_000_000 }, 300, 'under'],
  [{ kind: 'free' }, { traces: 60_000 }, 24, 'expected'],
  [{ kind: 'dollars', dollars: '1' }, { traces: 299_999 }, 300, 'under'],
  [{ kind: 'dollars', dollars: '1' }, { traces: 300_000 }, 300, 'over'],
  [{ kind: 'dollars', dollars: '0' }, {}, 300, 'over'],
  [{ kind: 'amount', counter: 'spans', amount: 10 }, { spans: 10 }, 300, 'over'],
  [{ kind: 'amount', counter: 'spans', amount: 100 }, { spans: 24 }, 24, 'expected'],
])('cap %j with %j of %d hours ago: %s', (cap, usage, ageHours, expected) => {
  const hours = [hour(usage, now - ageHours * 3_600_000)];
  expect(capStateOf(cap, costOf({ destination: 'xray', hours, now, billing: classic }))).toBe(expected);
});

test.each<[string, string]>([
  ['0.000005', '5000'],
  ['12', '12000000000'],
  ['0.0000000001', 'no'],
  ['-1', 'no'],
  ['1e3', 'no'],
  ['', 'no'],
])('dollars %j are %s', (text, expected) => {
  expect(String(parseDollars(text) ?? 'no')).toBe(expected);
});

test('money is shown in cents, a price with all its decimals', () => {
  expect(
    [0n, 1n, 9_999_999n, 10_000_000n, 1_234_505_000_000n].map((nanos) => renderDollars(nanoDollars(nanos))),
  ).toEqual(['$0.00', '<$0.01', '<$0.01', '$0.01', '$1,234.51']);
  expect([5_000n, 500_000_000n, 3_000_000_000n].map((nanos) => renderPrice(nanoDollars(nanos)))).toEqual([
    '$0.000005',
    '$0.50',
    '$3.00',
  ]);
});

test('every price can be read, says where it comes from, and was looked at no later than the table', () => {
  const wrong = charges.filter(
    ({ price, source, seen, region }) =>
      (price !== undefined && parseDollars(price) === undefined) ||
      !source.startsWith('https://') ||
      seen > pricesDate ||
      region === '',
  );
  expect(wrong).toEqual([]);
});

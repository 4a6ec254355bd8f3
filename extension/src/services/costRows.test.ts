import type { CostJson, CostLineJson, DestinationCostJson } from '@sightline/hub/client/costApi';
import { charges } from '@sightline/telemetry/cost/prices';
import { expect, test } from 'vitest';
import { parseCapInput } from './costCapInput.ts';
import { costRows } from './costRows.ts';
import { renderCost } from './costText.ts';
import { renderServices } from './servicesTree.ts';

function line(id: CostLineJson['id'], amounts: Partial<CostLineJson>): CostLineJson {
  const charge = charges.find((each) => each.id === id);
  if (charge === undefined) {
    throw new Error(`There is no charge ${id}.`);
  }
  const { of: _of, billing: _billing, destination: _destination, ...known } = charge;
  return { ...known, used: 0, freeLeft: known.free, forecastUsed: 0, isOverridden: false, ...amounts };
}

const xray: DestinationCostJson = {
  destination: 'xray',
  thisHour: { traces: 200, spans: 1_400 },
  thisMonth: { traces: 148_800, spans: 900_000, tracesScanned: 12 },
  forecast: { traces: 300_000 },
  forecastHours: 168,
  nanoDollars: '244000000',
  forecastNanoDollars: '1000000000',
  lines: [
    line('xray.recorded', {
      used: 148_800,
      freeLeft: 0,
      forecastUsed: 300_000,
      nanoDollars: '244000000',
      forecastNanoDollars: '1000000000',
    }),
    line('xray.read', { used: 12, freeLeft: 999_988, forecastUsed: 24, nanoDollars: '0', forecastNanoDollars: '0' }),
  ],
};
const logs: DestinationCostJson = {
  destination: 'logs',
  thisHour: {},
  thisMonth: { logBytes: 2_000_000 },
  forecast: {},
  forecastHours: 1,
  nanoDollars: '0',
  forecastNanoDollars: '0',
  lines: [
    line('logs.ingested', {
      used: 0.001,
      freeLeft: 4.999,
      forecastUsed: 0.5,
      nanoDollars: '0',
      forecastNanoDollars: '0',
    }),
    line('logs.insights', { nanoDollars: '0', forecastNanoDollars: '0' }),
  ],
};
const rollbar: DestinationCostJson = {
  destination: 'rollbar',
  thisHour: { items: 1 },
  thisMonth: { items: 5_000 },
  forecast: { items: 5_000 },
  forecastHours: 30,
  nanoDollars: '0',
  forecastNanoDollars: '0',
  lines: [line('rollbar.occurrences', { used: 5_000, freeLeft: 0, forecastUsed: 5_000 })],
  cap: { kind: 'free' },
  capState: 'over',
};
const cost: CostJson = {
  month: '2026-11',
  pricesDate: '2026-11-23',
  destinations: [xray, logs, rollbar],
  warnings: [{ kind: 'capReached', destination: 'rollbar', message: 'Rollbar has reached its cap.' }],
  settings: { caps: {}, prices: {}, billing: { isTransactionSearch: false, indexedPercent: 1 } },
};

function check(given: CostJson | undefined, expected: string): void {
  expect(renderServices(costRows(given))).toBe(expected.replace(/^\n/, ''));
}

/** The icons of the row and of those below it. */
function icons(given: CostJson): string {
  const [row] = costRows(given);
  return [row, ...(row?.children ?? [])].map((each) => each?.icon).join(' ');
}

test('where nothing goes out, nothing is shown', () => {
  check(undefined, '');
  check({ ...cost, destinations: [] }, '');
});

test('each destination says what it costs, what is left free and what is expected', () => {
  check(
    cost,
    `
Cost  $0.24 this month · $1.00 expected
  AWS X-Ray  $0.24 this month · $1.00 expected · this hour 200 traces, 1,400 spans
    Traces recorded  $0.24 · 148,800 traces · nothing free left · 300,000 traces expected
    Traces retrieved and scanned by our own reading  12 traces · 999,988 traces free left · 24 traces expected
  CloudWatch Logs  $0.00 this month · $0.00 expected · this hour nothing
    Log data ingested  <0.01 GB · 5 GB free left · 0.5 GB expected
  Rollbar  paused: cap of what is free reached · this hour 1 item
    Occurrences  5,000 occurrences · nothing free left · 5,000 occurrences expected
`,
  );
});

test('a tooltip names the price, its date and its source, and how sure they are', () => {
  const [row] = costRows(cost);
  const [first, second] = row?.children ?? [];
  expect(first?.children[0]?.tooltip).toBe(
    '$5.00 for 1,000,000 traces; 100,000 traces free a month\n\n2026-11-23, https://aws.amazon.com/xray/pricing/, as the vendor publishes it',
  );
  expect(second?.children[0]?.tooltip).toContain(
    'us-east-1, 2026-11-23, https://aws.amazon.com/cloudwatch/pricing/, price as others quote the vendor, free tier as the vendor publishes it',
  );
});

test('a cap that is reached is an error, another warning a warning, and only where they belong', () => {
  expect(icons(cost)).toBe('error cloud-upload cloud-upload error');
  const warnings: CostJson['warnings'] = [{ kind: 'samplesAll', destination: 'xray', message: 'Every request.' }];
  expect(icons({ ...cost, warnings })).toBe('warning warning cloud-upload cloud-upload');
  expect(icons({ ...cost, warnings: [] })).toBe('credit-card cloud-upload cloud-upload cloud-upload');
});

test('the document has every price with its source, and says what it is not', () => {
  expect(renderCost({ ...cost, destinations: [xray, rollbar] })).toMatchInlineSnapshot(`
    "What goes on to AWS, Honeycomb and Rollbar, 2026-11 (months and hours are UTC).
    List prices in US dollars, before tax and discounts, looked through on 2026-11-23; the setting sightline.cost.prices changes them.
    Counted by this hub alone: what other machines send uses the same free tier, and the bill is the vendor’s.

    ! Rollbar has reached its cap.

    AWS X-Ray   $0.24 this month, $1.00 expected (expected: going on as in the last 7 days)
      this hour    200 traces, 1,400 spans
      this month   148,800 traces, 900,000 spans, 12 traces scanned
      cap          none
      Traces recorded
        148,800 traces → 300,000 traces expected, nothing free left   $0.24 → $1.00
        $5.00 for 1,000,000 traces, 100,000 traces free a month: 2026-11-23, https://aws.amazon.com/xray/pricing/, as the vendor publishes it
      Traces retrieved and scanned by our own reading
        12 traces → 24 traces expected, 999,988 traces free left   $0.00 → $0.00
        $0.50 for 1,000,000 traces, 1,000,000 traces free a month: 2026-11-23, https://aws.amazon.com/xray/pricing/, as the vendor publishes it

    Rollbar   no price by amount (expected: going on as in the last 30 hours)
      this hour    1 item
      this month   5,000 items
      cap          what is free
      Occurrences
        5,000 occurrences → 5,000 occurrences expected, nothing free left
        no price by amount, but a larger plan, 5,000 occurrences free a month: 2026-11-23, https://rollbar.com/pricing/, as others quote the vendor
        Beyond the free plan there is a larger plan. Rollbar's month begins on the day of signing up; here it is the calendar's.
    "
  `);
  expect(renderCost({ ...cost, destinations: [] })).toBe(
    'Nothing goes on to AWS, Honeycomb or Rollbar, and nothing was read there this month: nothing is paid for.\n',
  );
});

test.each([
  ['dollars', 'xray', ' $1,234.50 ', '{"kind":"dollars","dollars":"1234.50"}'],
  ['dollars', 'xray', 'ten', '"Dollars are digits with up to nine decimals, such as 2.50."'],
  ['amount', 'xray', '10,000', '{"kind":"amount","counter":"traces","amount":10000}'],
  ['amount', 'logs', '10', '{"kind":"amount","counter":"logBytes","amount":10485760}'],
  ['amount', 'rollbar', '1.5', '"A whole number of items, such as 10000."'],
  ['amount', 'otlp', '', '"A whole number of spans, such as 10000."'],
] as const)('a cap typed in %s for %s as %j', (kind, destination, text, expected) => {
  expect(JSON.stringify(parseCapInput(kind, destination, text))).toBe(expected);
});

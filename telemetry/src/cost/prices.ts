import type { CostDestination, Counter } from './usage.ts';

/**
 * What a destination asks money for. Prices are list prices in US dollars, before tax and discounts; what one pays is on the vendor's bill.
 * AWS counts 1 GB as 1,024³ bytes.
 */
export interface Charge {
  readonly id: ChargeId;
  readonly destination: CostDestination;
  readonly what: string;
  /** Counted together against one free tier. `stored` is no counter: it is worked out of `kept`. */
  readonly of: readonly Counter[] | 'stored' | 'indexed';
  /** Only where the account keeps traces so, or where events go to Honeycomb; absent: always. */
  readonly billing?: 'classic' | 'transactionSearch' | 'honeycomb';
  readonly unit: ChargeUnit;
  /** Dollars for `per` units; absent where there is no price by amount, but a larger plan. */
  readonly price?: string;
  /** In units of `unit`, such as 1,000,000 traces or 1 GB. */
  readonly per: number;
  /** Free in each month, in units of `unit`. */
  readonly free: number;
  /** Of the price, where it differs by region. */
  readonly region?: string;
  readonly source: string;
  /** When the source was looked at. */
  readonly seen: string;
  /** `vendor`: read on the vendor's own page. `quoted`: on a page that quotes it. `unconfirmed`: known, but found on no page that day. */
  readonly confirmed: { readonly price: Confirmation; readonly free: Confirmation };
  readonly note?: string;
}

export type ChargeUnit = 'traces' | 'GB' | 'GB-months' | 'minutes' | 'spans' | 'events' | 'occurrences';
export type Confirmation = 'vendor' | 'quoted' | 'unconfirmed';

export const chargeIds = [
  'xray.recorded',
  'xray.read',
  'xray.spansIngested',
  'xray.spansIndexed',
  'logs.ingested',
  'logs.stored',
  'logs.liveTail',
  'logs.insights',
  'honeycomb.events',
  'rollbar.occurrences',
] as const;

export type ChargeId = (typeof chargeIds)[number];

/** When this table was looked through as a whole. */
export const pricesDate = '2026-11-23';

/** CloudWatch compresses what it stores; this share of the bytes sent is the one its pricing examples assume. */
export const storedShare = { numerator: 15n, denominator: 100n };

const xrayPage = 'https://aws.amazon.com/xray/pricing/';
const cloudWatchPage = 'https://aws.amazon.com/cloudwatch/pricing/';
const seen = pricesDate;
const region = 'us-east-1';

export const charges: readonly Charge[] = [
  {
    id: 'xray.recorded',
    destination: 'xray',
    what: 'Traces recorded',
    of: ['traces'],
    billing: 'classic',
    unit: 'traces',
    price: '5.00',
    per: 1_000_000,
    free: 100_000,
    source: xrayPage,
    seen,
    confirmed: { price: 'vendor', free: 'vendor' },
  },
  {
    id: 'xray.read',
    destination: 'xray',
    what: 'Traces retrieved and scanned by our own reading',
    of: ['tracesRetrieved', 'tracesScanned'],
    unit: 'traces',
    price: '0.50',
    per: 1_000_000,
    free: 1_000_000,
    source: xrayPage,
    seen,
    confirmed: { price: 'vendor', free: 'vendor' },
  },
  {
    id: 'xray.spansIngested',
    destination: 'xray',
    what: 'Spans ingested (Transaction Search)',
    of: ['spanBytes'],
    billing: 'transactionSearch',
    unit: 'GB',
    price: '0.35',
    per: 1,
    free: 0,
    region,
    source: cloudWatchPage,
    seen,
    confirmed: { price: 'quoted', free: 'unconfirmed' },
    note: 'For the first 10 TB of a month; storage of the log group aws/spans comes on top.',
  },
  {
    id: 'xray.spansIndexed',
    destination: 'xray',
    what: 'Spans indexed beyond 1 % (Transaction Search)',
    of: 'indexed',
    billing: 'transactionSearch',
    unit: 'spans',
    price: '0.75',
    per: 1_000_000,
    free: 0,
    region,
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Enable-TransactionSearch.html',
    seen,
    confirmed: { price: 'quoted', free: 'vendor' },
    note: 'Indexing 1 % of the spans is free.',
  },
  {
    id: 'logs.ingested',
    destination: 'logs',
    what: 'Log data ingested',
    of: ['logBytes'],
    unit: 'GB',
    price: '0.50',
    per: 1,
    free: 5,
    region,
    source: cloudWatchPage,
    seen,
    confirmed: { price: 'quoted', free: 'vendor' },
  },
  {
    id: 'logs.stored',
    destination: 'logs',
    what: 'Log data stored',
    of: 'stored',
    unit: 'GB-months',
    price: '0.03',
    per: 1,
    free: 5,
    region,
    source: cloudWatchPage,
    seen,
    confirmed: { price: 'quoted', free: 'vendor' },
    note: 'An estimate: stored data is compressed, here taken as 15 % of what was sent.',
  },
  {
    id: 'logs.liveTail',
    destination: 'logs',
    what: 'Live-tail minutes of our own reading',
    of: ['liveTailSeconds'],
    unit: 'minutes',
    price: '0.01',
    per: 1,
    free: 1_800,
    region,
    source: cloudWatchPage,
    seen,
    confirmed: { price: 'quoted', free: 'vendor' },
  },
  {
    id: 'logs.insights',
    destination: 'logs',
    what: 'Data scanned by our own Logs Insights queries',
    of: ['insightsBytes'],
    unit: 'GB',
    price: '0.005',
    per: 1,
    free: 5,
    region,
    source: cloudWatchPage,
    seen,
    confirmed: { price: 'quoted', free: 'vendor' },
  },
  {
    id: 'honeycomb.events',
    destination: 'otlp',
    what: 'Honeycomb events',
    of: ['events'],
    billing: 'honeycomb',
    unit: 'events',
    per: 1,
    free: 20_000_000,
    source: 'https://www.honeycomb.io/pricing',
    seen,
    confirmed: { price: 'vendor', free: 'quoted' },
    note: 'Each span, span event, link and log record is an event. Beyond the free plan there is no price by event, but a larger plan.',
  },
  {
    id: 'rollbar.occurrences',
    destination: 'rollbar',
    what: 'Occurrences',
    of: ['items'],
    unit: 'occurrences',
    per: 1,
    free: 5_000,
    source: 'https://rollbar.com/pricing/',
    seen,
    confirmed: { price: 'vendor', free: 'quoted' },
    note: "Beyond the free plan there is a larger plan. Rollbar's month begins on the day of signing up; here it is the calendar's.",
  },
];

/** How many counted things (bytes, seconds) are one of a unit. */
export const unitSize: Record<ChargeUnit, bigint> = {
  traces: 1n,
  GB: 1_073_741_824n,
  'GB-months': 1_073_741_824n,
  minutes: 60n,
  spans: 1n,
  events: 1n,
  occurrences: 1n,
};

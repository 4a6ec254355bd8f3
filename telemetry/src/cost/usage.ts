/** Where things go on to, and are read from: AWS X-Ray, CloudWatch Logs, an OTLP endpoint (Honeycomb or another), Rollbar. */
export const costDestinations = ['xray', 'logs', 'otlp', 'rollbar'] as const;

export type CostDestination = (typeof costDestinations)[number];

/** What is counted. Bytes are as the destination counts them: before compression. */
export const counters = [
  'traces',
  'spans',
  'spanBytes',
  'logEvents',
  'logBytes',
  'events',
  'items',
  'requests',
  'tracesRetrieved',
  'tracesScanned',
  'liveTailSeconds',
  'insightsBytes',
  'viewCalls',
] as const;

export type Counter = (typeof counters)[number];

/** How much of each; what is absent is nothing. */
export type Usage = Partial<Readonly<Record<Counter, number>>>;

/** What our own reading uses, as opposed to what the relay sends. `viewCalls` cost nothing by themselves: vendors limit them. */
export const readCounters: ReadonlySet<Counter> = new Set([
  'tracesRetrieved',
  'tracesScanned',
  'liveTailSeconds',
  'insightsBytes',
  'viewCalls',
]);

/** For how many days CloudWatch keeps what was sent; `never`: it does not expire. */
export type Retention = number | 'never';

/** What one destination was sent, and gave, in one hour. */
export interface HourUsage {
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
  readonly usage: Usage;
  /** Log bytes by the retention of their group, as `Retention` in decimal or `never`. */
  readonly kept?: Readonly<Record<string, number>>;
}

export const hourMillis = 3_600_000;

/** The hour of a time in milliseconds since the Unix epoch. */
export function hourOf(millis: number): number {
  return Math.floor(millis / hourMillis);
}

/** From where to where the month of a time goes, in hours since the Unix epoch; AWS counts by UTC. */
export function monthOf(millis: number): { readonly from: number; readonly to: number; readonly name: string } {
  const date = new Date(millis);
  const start = (month: number): number => hourOf(Date.UTC(date.getUTCFullYear(), month));
  const month = date.getUTCMonth();
  return { from: start(month), to: start(month + 1), name: date.toISOString().slice(0, 7) };
}

export function addUsage(one: Usage, other: Usage): Usage {
  const sum: { [C in Counter]?: number } = { ...one };
  for (const counter of counters) {
    const amount = other[counter];
    if (amount !== undefined && amount !== 0) {
      sum[counter] = (sum[counter] ?? 0) + amount;
    }
  }
  return sum;
}

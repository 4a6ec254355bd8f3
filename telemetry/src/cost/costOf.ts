import { nanoDollars, parseDollars, type NanoDollars } from './money.ts';
import { charges, storedShare, unitSize, type Charge, type ChargeId } from './prices.ts';
import { addUsage, hourOf, monthOf, type CostDestination, type HourUsage, type Usage } from './usage.ts';

/** How a destination bills, as far as a person or the endpoint says. */
export interface Billing {
  /** The account keeps spans in CloudWatch (GetTraceSegmentDestination says CloudWatchLogs). */
  readonly isTransactionSearch: boolean;
  /** Percent of the spans that Transaction Search indexes; 1 is free. */
  readonly indexedPercent: number;
}

/** Another price or free tier than the table's, such as that of another region. */
export type PriceOverrides = Partial<
  Readonly<Record<ChargeId, { readonly price?: string; readonly per?: number; readonly free?: number }>>
>;

/** One charge, with how much of it was used and will be. Amounts are in thousandths of the charge's unit, so that 0.5 GB is not 0. */
export interface CostLine {
  readonly charge: Charge;
  readonly isOverridden: boolean;
  readonly used: bigint;
  readonly free: bigint;
  readonly freeLeft: bigint;
  readonly forecastUsed: bigint;
  /** Absent where there is no price by amount. */
  readonly cost?: NanoDollars;
  readonly forecastCost?: NanoDollars;
}

export interface CostSummary {
  readonly destination: CostDestination;
  readonly thisHour: Usage;
  readonly thisMonth: Usage;
  /** Of the whole month. */
  readonly forecast: Usage;
  readonly lines: readonly CostLine[];
  readonly cost: NanoDollars;
  /** At the end of the month, if it goes on as in the last `forecastHours`. */
  readonly forecastCost: NanoDollars;
  readonly forecastHours: number;
}

export interface CostQuestion {
  readonly destination: CostDestination;
  /** In any order; those of other months count for the forecast and for what is stored. */
  readonly hours: readonly HourUsage[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly billing: Billing;
  readonly overrides?: PriceOverrides;
}

/** The forecast goes by what happened in this many hours, as far as something has been counted. */
export const forecastWindow = 7 * 24;

/** What a destination costs this month, and what it will. */
export function costOf(question: CostQuestion): CostSummary {
  const { destination, hours, now } = question;
  const month = monthOf(now);
  const ofMonth = sumOf(hours.filter(({ hour }) => hour >= month.from && hour <= hourOf(now)));
  const rate = rateOf(question);
  const hoursLeft = month.to - now / 3_600_000;
  const amounts = amountsOf(question, ofMonth, storedByteHours(hours, month.from, now / 3_600_000));
  const newlyStored = (rate.kept * hoursLeft * hoursLeft) / 2 / rate.hours;
  const forecast = addUsage(ofMonth, scale(rate.usage, hoursLeft / rate.hours));
  const laterAmounts = amountsOf(question, forecast, storedByteHours(hours, month.from, month.to) + newlyStored);
  const lines = charges
    .filter((charge) => charge.destination === destination && isBilled(charge, question.billing, ofMonth))
    .map((charge) => lineOf(charge, amounts(charge), laterAmounts(charge), question.overrides));
  const total = (of: (line: CostLine) => bigint | undefined): NanoDollars =>
    nanoDollars(lines.reduce((sum, line) => sum + (of(line) ?? 0n), 0n));
  return {
    destination,
    thisHour: sumOf(hours.filter(({ hour }) => hour === hourOf(now))),
    thisMonth: ofMonth,
    forecast,
    lines,
    cost: total(({ cost }) => cost),
    forecastCost: total(({ forecastCost }) => forecastCost),
    forecastHours: Math.round(rate.hours),
  };
}

function isBilled({ billing }: Charge, { isTransactionSearch }: Billing, { events = 0 }: Usage): boolean {
  const isKnown: Record<Exclude<Charge['billing'], undefined>, boolean> = {
    classic: !isTransactionSearch,
    transactionSearch: isTransactionSearch,
    honeycomb: events > 0,
  };
  return billing === undefined || isKnown[billing];
}

/** What went out in the last days, and in how many hours; from the first hour with anything in it, at least one hour. */
function rateOf({ hours, now }: CostQuestion): { usage: Usage; kept: number; hours: number } {
  const end = now / 3_600_000;
  const recent = hours.filter(({ hour }) => hour > end - forecastWindow && hour <= end);
  const first = Math.min(end - 1, ...recent.map(({ hour }) => hour));
  const kept = recent.reduce((sum, { kept: of = {} }) => sum + Object.values(of).reduce((a, b) => a + b, 0), 0);
  return { usage: sumOf(recent), kept, hours: Math.min(forecastWindow, end - first) };
}

function sumOf(hours: readonly HourUsage[]): Usage {
  return hours.reduce<Usage>((sum, { usage }) => addUsage(sum, usage), {});
}

function scale(usage: Usage, factor: number): Usage {
  return Object.fromEntries(Object.entries(usage).map(([counter, amount]) => [counter, Math.round(amount * factor)]));
}

/** Bytes times the hours that they were kept between two moments; each is kept from its hour on until its retention is over. */
function storedByteHours(hours: readonly HourUsage[], from: number, to: number): number {
  let sum = 0;
  for (const { hour, kept = {} } of hours) {
    for (const [retention, bytes] of Object.entries(kept)) {
      const end = retention === 'never' ? to : Math.min(to, hour + Number(retention) * 24);
      sum += bytes * Math.max(0, end - Math.max(hour, from));
    }
  }
  return sum;
}

/** How much of a charge was used, in the smallest thing that is counted (a byte, a second, a trace). */
function amountsOf({ now, billing }: CostQuestion, usage: Usage, byteHours: number): (charge: Charge) => bigint {
  const month = monthOf(now);
  return ({ of }) => {
    switch (of) {
      case 'stored': {
        const average = BigInt(Math.round(byteHours / (month.to - month.from)));
        return (average * storedShare.numerator) / storedShare.denominator;
      }
      case 'indexed':
        return BigInt(Math.ceil(((usage.spans ?? 0) * Math.max(0, billing.indexedPercent - 1)) / 100));
      default:
        return BigInt(of.reduce((sum, counter) => sum + (usage[counter] ?? 0), 0));
    }
  };
}

function lineOf(charge: Charge, used: bigint, forecastUsed: bigint, overrides: PriceOverrides = {}): CostLine {
  const override = overrides[charge.id];
  const size = unitSize[charge.unit];
  const free = BigInt(Math.round((override?.free ?? charge.free) * 1_000)) * size;
  const price = parseDollars(override?.price ?? charge.price ?? '');
  const per = BigInt(Math.round((override?.per ?? charge.per) * 1_000)) * size;
  const pay = (amount: bigint): NanoDollars => {
    const billed = amount * 1_000n - free;
    return nanoDollars(billed <= 0n || price === undefined ? 0n : (billed * price + per / 2n) / per);
  };
  const inThousandths = (amount: bigint): bigint => (amount * 1_000n) / size;
  const left = free - used * 1_000n;
  return {
    charge,
    isOverridden: override !== undefined,
    used: inThousandths(used),
    free: free / size,
    freeLeft: left > 0n ? left / size : 0n,
    forecastUsed: inThousandths(forecastUsed),
    ...(price !== undefined && { cost: pay(used), forecastCost: pay(forecastUsed) }),
  };
}

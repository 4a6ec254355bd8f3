import type { Cap } from './cap.ts';
import type { Billing, PriceOverrides } from './costOf.ts';
import { parseDollars } from './money.ts';
import { chargeIds } from './prices.ts';
import { costDestinations, counters, type CostDestination } from './usage.ts';

/** What a person says about money. */
export interface CostSettings {
  readonly caps: Partial<Readonly<Record<CostDestination, Cap>>>;
  readonly prices: PriceOverrides;
  readonly billing: Billing;
}

export const defaultCostSettings: CostSettings = {
  caps: {},
  prices: {},
  billing: { isTransactionSearch: false, indexedPercent: 1 },
};

/** Changed settings: what is absent stays; a cap of `null` is removed; `prices` takes the place of all others. */
export interface CostSettingsChange {
  readonly caps?: Partial<Readonly<Record<CostDestination, Cap | null>>>;
  readonly prices?: PriceOverrides;
  readonly billing?: Partial<Billing>;
}

export function changeCostSettings(before: CostSettings, change: CostSettingsChange): CostSettings {
  const caps: Partial<Record<CostDestination, Cap>> = { ...before.caps };
  for (const destination of costDestinations) {
    const cap = change.caps?.[destination];
    if (cap === null) {
      delete caps[destination];
    } else if (cap !== undefined) {
      caps[destination] = cap;
    }
  }
  return { caps, prices: change.prices ?? before.prices, billing: { ...before.billing, ...change.billing } };
}

/** Reads a change of settings; everything that is wrong is said, in sentences. */
export function parseCostSettings(
  value: unknown,
): { readonly change: CostSettingsChange; readonly problems: readonly [] } | { readonly problems: readonly string[] } {
  if (!isObject(value)) {
    return { problems: ['Cost settings are an object of `caps`, `prices` and `billing`.'] };
  }
  const problems = [
    ...unknownMembers(value, ['caps', 'prices', 'billing'], 'The settings'),
    ...membersOf(value['caps'], 'caps', costDestinations, problemsOfCap),
    ...membersOf(value['prices'], 'prices', chargeIds, problemsOfPrice),
    ...problemsOfBilling(value['billing']),
  ];
  return problems.length > 0 ? { problems } : { change: value, problems: [] };
}

function problemsOfCap(cap: unknown, where: string): string[] {
  if (cap === null) {
    return [];
  }
  const { kind, dollars, counter, amount } = isObject(cap) ? cap : {};
  switch (kind) {
    case 'free':
      return [];
    case 'dollars':
      return typeof dollars === 'string' && parseDollars(dollars) !== undefined
        ? []
        : [`${where}: \`dollars\` is a text of digits with at most nine decimals, such as "2.50".`];
    case 'amount':
      return (counters as readonly unknown[]).includes(counter) && isAmount(amount)
        ? []
        : [`${where} needs a \`counter\`, one of ${counters.join(', ')}, and an \`amount\` of at least 0.`];
    default:
      return [`${where} is null or an object whose \`kind\` is "free", "dollars" or "amount".`];
  }
}

function problemsOfPrice(override: unknown, where: string): string[] {
  if (!isObject(override)) {
    return [`${where} is an object of \`price\`, \`per\` and \`free\`.`];
  }
  const { price, per, free } = override;
  return [
    ...unknownMembers(override, ['price', 'per', 'free'], where),
    ...(price === undefined || (typeof price === 'string' && parseDollars(price) !== undefined)
      ? []
      : [`${where}: \`price\` is a text of dollars with at most nine decimals, such as "0.57".`]),
    ...(per === undefined || (isAmount(per) && per > 0) ? [] : [`${where}: \`per\` is a number above 0.`]),
    ...(free === undefined || isAmount(free) ? [] : [`${where}: \`free\` is a number of at least 0.`]),
  ];
}

function problemsOfBilling(billing: unknown): string[] {
  if (billing === undefined) {
    return [];
  }
  if (!isObject(billing)) {
    return ['`billing` is an object of `isTransactionSearch` and `indexedPercent`.'];
  }
  const { isTransactionSearch, indexedPercent } = billing;
  return [
    ...unknownMembers(billing, ['isTransactionSearch', 'indexedPercent'], '`billing`'),
    ...(isTransactionSearch === undefined || typeof isTransactionSearch === 'boolean'
      ? []
      : ['`billing.isTransactionSearch` is true or false.']),
    ...(indexedPercent === undefined || (isAmount(indexedPercent) && indexedPercent <= 100)
      ? []
      : ['`billing.indexedPercent` is a number from 0 to 100.']),
  ];
}

function membersOf(
  value: unknown,
  name: string,
  known: readonly string[],
  problemsOf: (member: unknown, where: string) => string[],
): string[] {
  if (value === undefined) {
    return [];
  }
  if (!isObject(value)) {
    return [`\`${name}\` is an object.`];
  }
  return [
    ...unknownMembers(value, known, `\`${name}\``),
    ...known.flatMap((key) => (key in value ? problemsOf(value[key], `\`${name}.${key}\``) : [])),
  ];
}

function unknownMembers(value: object, known: readonly string[], where: string): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${where} cannot have \`${key.slice(0, 100)}\`; there are ${known.join(', ')}.`);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

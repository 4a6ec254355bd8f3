import type { CostJson, CostLineJson, DestinationCostJson } from '@sightline/hub/client/costApi';
import { destinationNames, renderCap } from '@sightline/telemetry/cost/costWarnings';
import { nanoDollars, parseDollars, renderDollars, renderPrice } from '@sightline/telemetry/cost/money';
import type { Counter, Usage } from '@sightline/telemetry/cost/usage';
import { counterText } from '@sightline/telemetry/cost/usageText';
import { number } from './serviceRow.ts';

/** Billionths of a dollar as the hub writes them, in dollars and cents. */
export function dollars(nanos: string): string {
  return renderDollars(nanoDollars(BigInt(nanos)));
}

/** An amount of a charge's unit, such as `148,800 traces` or `0.25 GB`. */
export function amountText(amount: number, unit: CostLineJson['unit']): string {
  const isMeasured = unit === 'GB' || unit === 'GB-months' || unit === 'minutes';
  if (!isMeasured) {
    return `${number(Math.round(amount))} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  }
  const shown = amount > 0 && amount < 0.01 ? '<0.01' : String(Math.round(amount * 100) / 100);
  return `${Number.isNaN(Number(shown)) ? shown : number(Number(shown))} ${unit}`;
}

/** What is left of the free tier, such as `nothing free left`. */
export function freeText({ free, freeLeft, unit }: CostLineJson): string {
  if (free === 0) {
    return 'nothing is free';
  }
  return freeLeft === 0 ? 'nothing free left' : `${amountText(freeLeft, unit)} free left`;
}

/** `$5.00 for 1,000,000 traces`, or that there is no such price. */
export function priceText({ price, per, unit }: CostLineJson): string {
  const amount = price === undefined ? undefined : parseDollars(price);
  return amount === undefined
    ? 'no price by amount, but a larger plan'
    : `${renderPrice(amount)} for ${amountText(per, unit)}`;
}

/** Where a price comes from, and how sure it is. */
export function sourceText({ source, seen, region, confirmed, price, isOverridden }: CostLineJson): string {
  if (isOverridden) {
    return 'from the settings';
  }
  const sure = {
    vendor: 'as the vendor publishes it',
    quoted: 'as others quote the vendor',
    unconfirmed: 'not confirmed',
  };
  const places = [...(region === undefined ? [] : [region]), seen, source].join(', ');
  if (price === undefined) {
    return `${places}, ${sure[confirmed.free]}`;
  }
  return confirmed.price === confirmed.free
    ? `${places}, ${sure[confirmed.price]}`
    : `${places}, price ${sure[confirmed.price]}, free tier ${sure[confirmed.free]}`;
}

/** What went out and was read, such as `2 traces, 5 spans`; `nothing` where it is empty. */
export function usageText(usage: Usage): string {
  const texts = (Object.entries(usage) as [Counter, number][]).map(([counter, amount]) => counterText(counter, amount));
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

/** The whole of what things cost, as a document. */
export function renderCost({ month, pricesDate, destinations, warnings, settings }: CostJson): string {
  if (destinations.length === 0) {
    return 'Nothing goes on to AWS, Honeycomb or Rollbar, and nothing was read there this month: nothing is paid for.\n';
  }
  const intro = [
    `What goes on to AWS, Honeycomb and Rollbar, ${month} (months and hours are UTC).`,
    `List prices in US dollars, before tax and discounts, looked through on ${pricesDate}; the setting sightline.cost.prices changes them.`,
    'Counted by this hub alone: what other machines send uses the same free tier, and the bill is the vendor’s.',
    ...(settings.billing.isTransactionSearch ? ['X-Ray bills by span, since Transaction Search is on.'] : []),
  ];
  const notes = warnings.map(({ message }) => `! ${message}`);
  return [intro.join('\n'), ...notes, ...destinations.map(renderDestination)].join('\n\n').concat('\n');
}

function renderDestination(cost: DestinationCostJson): string {
  const { destination, thisHour, thisMonth, forecastHours, nanoDollars: now, forecastNanoDollars, lines, cap } = cost;
  const isPriced = lines.some((line) => line.nanoDollars !== undefined);
  const costs = isPriced
    ? `${dollars(now)} this month, ${dollars(forecastNanoDollars)} expected`
    : 'no price by amount';
  return [
    `${destinationNames[destination]}   ${costs} (expected: going on as in the last ${hoursText(forecastHours)})`,
    `  this hour    ${usageText(thisHour)}`,
    `  this month   ${usageText(thisMonth)}`,
    `  cap          ${cap === undefined ? 'none' : renderCap(cap)}`,
    ...lines.flatMap(renderLine),
  ].join('\n');
}

function renderLine(line: CostLineJson): string[] {
  const { what, unit, used, forecastUsed, nanoDollars: now, forecastNanoDollars: later, note } = line;
  const cost = now === undefined || later === undefined ? '' : `   ${dollars(now)} → ${dollars(later)}`;
  return [
    `  ${what}`,
    `    ${amountText(used, unit)} → ${amountText(forecastUsed, unit)} expected, ${freeText(line)}${cost}`,
    `    ${priceText(line)}, ${amountText(line.free, unit)} free a month: ${sourceText(line)}`,
    ...(note === undefined ? [] : [`    ${note}`]),
  ];
}

/** Hours, or days where it is more than two of them. */
export function hoursText(hours: number): string {
  return hours > 48 ? `${Math.round(hours / 24)} days` : hours === 1 ? 'hour' : `${hours} hours`;
}

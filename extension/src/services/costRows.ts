import type { CostJson, CostLineJson, DestinationCostJson } from '@sightline/hub/client/costApi';
import { destinationNames, renderCap, type CostWarning } from '@sightline/telemetry/cost/costWarnings';
import { amountText, dollars, freeText, hoursText, priceText, sourceText, usageText } from './costText.ts';
import { bad, noteworthy, type ServiceRow } from './serviceRow.ts';

/** What goes on costs, as a row with one below it for each destination; none where nothing goes out. */
export function costRows(cost: CostJson | undefined): ServiceRow[] {
  if (cost === undefined || cost.destinations.length === 0) {
    return [];
  }
  const { destinations, warnings, pricesDate } = cost;
  const sum = (of: (each: DestinationCostJson) => string): string =>
    dollars(String(destinations.reduce((total, each) => total + BigInt(of(each)), 0n)));
  const now = sum(({ nanoDollars }) => nanoDollars);
  const expected = sum(({ forecastNanoDollars }) => forecastNanoDollars);
  const look = lookOf(warnings);
  return [
    {
      id: 'cost',
      label: 'Cost',
      description: `${now} this month · ${expected} expected`,
      ...(look ?? { icon: 'credit-card' }),
      tooltip: [
        ...warnings.map(({ message }) => message),
        `List prices of ${pricesDate}, counted by this hub; the bill is the vendor’s.`,
      ].join('\n\n'),
      context: 'cost',
      command: { id: 'sightline.showCost', title: 'Show Cost' },
      children: destinations.map((each) =>
        destinationRow(
          each,
          warnings.filter(({ destination }) => destination === each.destination),
        ),
      ),
    },
  ];
}

function destinationRow(cost: DestinationCostJson, warnings: readonly CostWarning[]): ServiceRow {
  const { destination, nanoDollars, forecastNanoDollars, thisHour, forecastHours, lines, cap, capState } = cost;
  const isPriced = lines.some((line) => line.nanoDollars !== undefined);
  const parts = [
    ...(capState === 'over' ? [`paused: cap of ${cap === undefined ? '' : renderCap(cap)} reached`] : []),
    ...(isPriced ? [`${dollars(nanoDollars)} this month`, `${dollars(forecastNanoDollars)} expected`] : []),
    `this hour ${usageText(thisHour)}`,
  ];
  return {
    id: `cost.${destination}`,
    label: destinationNames[destination],
    description: parts.join(' · '),
    ...(lookOf(warnings) ?? { icon: 'cloud-upload' }),
    tooltip: [
      ...warnings.map(({ message }) => message),
      `Expected: going on as in the last ${hoursText(forecastHours)}.`,
      `Cap: ${cap === undefined ? 'none' : renderCap(cap)}.`,
    ].join('\n\n'),
    context: 'costDestination',
    children: lines.filter(isShown).map((line) => lineRow(destination, line)),
  };
}

function isShown({ used, forecastUsed }: CostLineJson): boolean {
  return used > 0 || forecastUsed > 0;
}

function lineRow(destination: string, line: CostLineJson): ServiceRow {
  const { id, what, unit, used, forecastUsed, nanoDollars, note } = line;
  const cost = nanoDollars === undefined || nanoDollars === '0' ? [] : [dollars(nanoDollars)];
  const parts = [...cost, amountText(used, unit), freeText(line), `${amountText(forecastUsed, unit)} expected`];
  return {
    id: `cost.${destination}.${id}`,
    label: what,
    description: parts.join(' · '),
    icon: 'symbol-ruler',
    tooltip: [
      `${priceText(line)}; ${amountText(line.free, unit)} free a month`,
      sourceText(line),
      ...(note === undefined ? [] : [note]),
    ].join('\n\n'),
    context: '',
    children: [],
  };
}

function lookOf(warnings: readonly CostWarning[]): { icon: string; color: string } | undefined {
  if (warnings.length === 0) {
    return undefined;
  }
  return warnings.some(({ kind }) => kind === 'capReached') ? bad : noteworthy;
}

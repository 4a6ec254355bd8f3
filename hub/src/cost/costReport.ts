import type { CostLine, CostSummary } from '@sightline/telemetry/cost/costOf';
import { costWarnings } from '@sightline/telemetry/cost/costWarnings';
import { pricesDate } from '@sightline/telemetry/cost/prices';
import { costDestinations, monthOf, type CostDestination } from '@sightline/telemetry/cost/usage';
import type { CostJson, CostLineJson, DestinationCostJson } from '../client/costApi.ts';
import type { CostMeter } from './costMeter.ts';

/** What the report has to know beside the meter. */
export interface CostSurroundings {
  /** The destinations that the relay is switched on for. */
  relayed(): ReadonlySet<CostDestination>;
  samplingRules(): Promise<readonly { readonly name: string; readonly fixedRate: number }[]>;
  /** Log groups that go on without a retention. */
  neverExpiring(): Promise<readonly string[]>;
}

/** What each destination costs, and what a person should know about it. */
export async function costReport(
  meter: CostMeter,
  surroundings: CostSurroundings,
  now: number = Date.now(),
): Promise<CostJson> {
  const relayed = surroundings.relayed();
  const { settings } = meter;
  const known = costDestinations
    .map((destination) => meter.summaryOf(destination))
    .filter(
      ({ destination, thisMonth }) =>
        Object.keys(thisMonth).length > 0 || relayed.has(destination) || settings.caps[destination] !== undefined,
    )
    .map((summary) => toDestinationJson(summary, meter));
  const warnings = costWarnings({
    capped: known.flatMap(({ destination, cap, capState }) =>
      cap === undefined || capState === undefined ? [] : [{ destination, cap, state: capState }],
    ),
    relayed,
    // Asked only where it can be said of something.
    rules: relayed.has('xray') ? await surroundings.samplingRules() : [],
    neverExpiring: relayed.has('logs') ? await surroundings.neverExpiring() : [],
  });
  return { month: monthOf(now).name, pricesDate, destinations: known, warnings, settings };
}

function toDestinationJson(summary: CostSummary, meter: CostMeter): DestinationCostJson {
  const { destination, thisHour, thisMonth, forecast, forecastHours, cost, forecastCost, lines } = summary;
  const cap = meter.settings.caps[destination];
  const capState = meter.capStateOf(destination, summary);
  return {
    destination,
    thisHour,
    thisMonth,
    forecast,
    forecastHours,
    nanoDollars: String(cost),
    forecastNanoDollars: String(forecastCost),
    lines: lines.map(toLineJson),
    ...(cap !== undefined && capState !== undefined && { cap, capState }),
  };
}

function toLineJson({ charge, isOverridden, ...line }: CostLine): CostLineJson {
  const { id, what, unit, per, region, source, seen, confirmed, note, price } = charge;
  const { used, free, freeLeft, forecastUsed, cost, forecastCost } = line;
  return {
    id,
    what,
    unit,
    per,
    source,
    seen,
    confirmed,
    isOverridden,
    ...(region !== undefined && { region }),
    ...(note !== undefined && { note }),
    ...(price !== undefined && { price }),
    used: Number(used) / 1_000,
    free: Number(free) / 1_000,
    freeLeft: Number(freeLeft) / 1_000,
    forecastUsed: Number(forecastUsed) / 1_000,
    ...(cost !== undefined && forecastCost !== undefined
      ? { nanoDollars: String(cost), forecastNanoDollars: String(forecastCost) }
      : {}),
  };
}

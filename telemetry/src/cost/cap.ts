import type { CostLine, CostSummary } from './costOf.ts';
import { parseDollars } from './money.ts';
import { readCounters, type Counter } from './usage.ts';

/** What may go out in a month: as much as is free, as many dollars, or so much of one counter. */
export type Cap =
  | { readonly kind: 'free' }
  | { readonly kind: 'dollars'; readonly dollars: string }
  | { readonly kind: 'amount'; readonly counter: Counter; readonly amount: number };

/** `over`: reached. `expected`: will be, if it goes on as it did. */
export type CapState = 'under' | 'expected' | 'over';

/** How a month stands against its cap. A cap is reached as soon as nothing more fits under it. */
export function capStateOf(cap: Cap, summary: CostSummary): CapState {
  switch (cap.kind) {
    case 'free':
      return stateOf(
        summary.lines.filter(isSent).map(({ used, forecastUsed, free }) => [used, forecastUsed, free] as const),
      );
    case 'dollars':
      return stateOf([[summary.cost, summary.forecastCost, parseDollars(cap.dollars) ?? 0n]]);
    case 'amount':
      return stateOf([[summary.thisMonth[cap.counter] ?? 0, summary.forecast[cap.counter] ?? 0, cap.amount]]);
  }
}

/** What the relay sends. Pausing it ends neither our own reading nor what is stored already. */
function isSent({ charge: { of } }: CostLine): boolean {
  return typeof of !== 'string' && !of.some((counter) => readCounters.has(counter));
}

function stateOf(
  limits: readonly (readonly [used: bigint | number, forecast: bigint | number, limit: bigint | number])[],
): CapState {
  if (limits.some(([used, , limit]) => used >= limit)) {
    return 'over';
  }
  return limits.some(([, forecast, limit]) => forecast >= limit) ? 'expected' : 'under';
}

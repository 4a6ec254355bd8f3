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

/** How a month stands against its cap, as far as the relay is concerned. A cap is reached as soon as nothing more fits under it. */
export function capStateOf(cap: Cap, summary: CostSummary): CapState {
  switch (cap.kind) {
    case 'free':
      return stateOfLines(summary.lines.filter(isSent));
    case 'dollars':
      return stateOf([[summary.cost, summary.forecastCost, parseDollars(cap.dollars) ?? 0n]]);
    case 'amount':
      return stateOf([[summary.thisMonth[cap.counter] ?? 0, summary.forecast[cap.counter] ?? 0, cap.amount]]);
  }
}

/** The same for the views, which stop asking by themselves: what is free to send leaves what is free to read alone. */
export function readCapStateOf(cap: Cap, summary: CostSummary): CapState {
  return cap.kind === 'free' ? stateOfLines(summary.lines.filter(isRead)) : capStateOf(cap, summary);
}

/** What the relay sends. Pausing it ends neither our own reading nor what is stored already. */
function isSent(line: CostLine): boolean {
  return typeof line.charge.of !== 'string' && !isRead(line);
}

function isRead({ charge: { of } }: CostLine): boolean {
  return typeof of !== 'string' && of.some((counter) => readCounters.has(counter));
}

function stateOfLines(lines: readonly CostLine[]): CapState {
  return stateOf(lines.map(({ used, forecastUsed, free }) => [used, forecastUsed, free] as const));
}

function stateOf(
  limits: readonly (readonly [used: bigint | number, forecast: bigint | number, limit: bigint | number])[],
): CapState {
  if (limits.some(([used, , limit]) => used >= limit)) {
    return 'over';
  }
  return limits.some(([, forecast, limit]) => forecast >= limit) ? 'expected' : 'under';
}

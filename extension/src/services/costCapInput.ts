import type { Cap } from '@sightline/telemetry/cost/cap';
import { parseDollars } from '@sightline/telemetry/cost/money';
import type { CostDestination, Counter } from '@sightline/telemetry/cost/usage';

/** What a cap of a destination can count beside money. */
export const cappedCounter: Record<CostDestination, { readonly counter: Counter; readonly name: string }> = {
  xray: { counter: 'traces', name: 'traces' },
  logs: { counter: 'logBytes', name: 'megabytes of logs' },
  otlp: { counter: 'spans', name: 'spans' },
  rollbar: { counter: 'items', name: 'items' },
};

const bytesPerMegabyte = 1_048_576;

/** The cap that a person typed: dollars, or an amount of what is counted; a sentence where it is neither. */
export function parseCapInput(kind: 'dollars' | 'amount', destination: CostDestination, text: string): Cap | string {
  const trimmed = text.trim().replace(/^\$/, '').replaceAll(',', '');
  if (kind === 'dollars') {
    return parseDollars(trimmed) === undefined
      ? 'Dollars are digits with up to nine decimals, such as 2.50.'
      : { kind, dollars: trimmed };
  }
  const { counter, name } = cappedCounter[destination];
  if (!/^\d{1,12}$/.test(trimmed)) {
    return `A whole number of ${name}, such as 10000.`;
  }
  return { kind, counter, amount: Number(trimmed) * (counter === 'logBytes' ? bytesPerMegabyte : 1) };
}

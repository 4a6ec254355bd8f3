import { toDurationText } from '@sightline/telemetry/view/duration';
import type { HistogramBar, RequestCounts } from '../../contracts/serviceMap.ts';

/** In what requests are counted: by the minute over a time range, one by one in a single trace. */
export type Rate = { readonly kind: 'perMinute'; readonly minutes: number } | { readonly kind: 'count' };

/** `120/min`, `0.4/min`; of a trace `3`. */
export function toRateText(total: number, rate: Rate): string {
  if (rate.kind === 'count') {
    return toNumberText(total);
  }
  return `${toNumberText(total / Math.max(rate.minutes, 1 / 60))}/min`;
}

/** `120 requests/min`; of a trace `3 requests`. */
export function toRequestsText(total: number, rate: Rate): string {
  if (rate.kind === 'count') {
    return `${toNumberText(total)} ${total === 1 ? 'request' : 'requests'}`;
  }
  return toRateText(total, rate).replace('/min', ' requests/min');
}

/** `3 faults`, `1 error`, `2 throttled`: each only where there is one, the worst first. */
export function toTroubleTexts({ fault, throttle, error }: RequestCounts): readonly string[] {
  return [
    fault === 0 ? '' : `${toNumberText(fault)} ${fault === 1 ? 'fault' : 'faults'}`,
    error === 0 ? '' : `${toNumberText(error)} ${error === 1 ? 'error' : 'errors'}`,
    throttle === 0 ? '' : `${toNumberText(throttle)} throttled`,
  ].filter(Boolean);
}

/** Seconds as `34 ms`, `1.2 s`. */
export function toSecondsText(seconds: number): string {
  return toDurationText(Math.round(seconds * 1e9));
}

/** Seconds; `undefined` where there was no request. */
export function averageOf({ total, totalResponseSeconds }: RequestCounts): number | undefined {
  return total === 0 ? undefined : totalResponseSeconds / total;
}

/** The value that this share of the requests (0 to 1) did not exceed, in seconds; `undefined` where there are none. */
export function percentileOf(bars: readonly HistogramBar[], share: number): number | undefined {
  const sorted = bars.toSorted((one, other) => one.value - other.value);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  for (const { value, count } of sorted) {
    passed += count;
    if (passed >= total * share - 1e-9) {
      return value;
    }
  }
  return undefined;
}

/** How requests ended, each as a share of all from 0 to 1, the good ones first. */
export function sharesOf(counts: RequestCounts): readonly HealthShare[] {
  return healths
    .map((health) => ({ health, share: counts.total === 0 ? 0 : counts[health] / counts.total }))
    .filter(({ share }) => share > 0);
}

export type Health = 'ok' | 'error' | 'fault' | 'throttle';

export interface HealthShare {
  readonly health: Health;
  readonly share: number;
}

export const healths: readonly Health[] = ['ok', 'error', 'throttle', 'fault'];

/** `1,204`, `12`, `2.4`, `<0.1`. */
export function toNumberText(number: number): string {
  if (number >= 10 || Number.isInteger(number)) {
    return Math.round(number).toLocaleString('en-US');
  }
  return number < 0.05 ? '<0.1' : number.toFixed(1).replace(/\.0$/, '');
}

/** `2.5 %`, `<0.1 %`. */
export function toPercentText(share: number): string {
  return `${toNumberText(share * 100)} %`;
}

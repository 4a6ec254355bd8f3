import type { Span } from '../model/span.ts';
import type { WorkCall } from './traceWork.ts';

/** How far apart two reports of one call may lie: X-Ray's SDK for Node counts in milliseconds. */
const slack = 2_000_000n;

/**
 * Of each call the one that stands for it: itself, or the X-Ray subsegment of the same call where both instrumentations reported it. Two
 * reports are one call when they come from different protocols and the same request, go to the same place and overlap in time.
 */
export function callTwins(calls: readonly WorkCall[], spanAt: (row: number) => Span): Int32Array {
  const twins = Int32Array.from(calls.keys());
  const spanOf = (call: number): Span => spanAt((calls[call] as WorkCall).row);
  for (const { xray, otlp } of sameDestinations(calls, spanOf)) {
    let next = 0;
    for (const call of xray) {
      const span = spanOf(call);
      while (next < otlp.length && endOf(spanOf(otlp[next] as number)) + slack < span.startTime) {
        next += 1;
      }
      const candidate = otlp[next];
      if (candidate !== undefined && spanOf(candidate).startTime <= endOf(span) + slack) {
        twins[candidate] = call;
        next += 1;
      }
    }
  }
  return twins;
}

/** Calls by start time. */
interface SameDestination {
  readonly xray: readonly number[];
  readonly otlp: readonly number[];
}

function sameDestinations(calls: readonly WorkCall[], spanOf: (call: number) => Span): SameDestination[] {
  const byPlace = new Map<string, { xray: number[]; otlp: number[] }>();
  for (const [call, { request, called }] of calls.entries()) {
    const place = `${request} ${placeOf(called)}`;
    const group = byPlace.get(place) ?? { xray: [], otlp: [] };
    byPlace.set(place, group);
    group[spanOf(call).source].push(call);
  }
  const byStart = (a: number, b: number): number => {
    const [first, second] = [spanOf(a).startTime, spanOf(b).startTime];
    return first < second ? -1 : first > second ? 1 : a - b;
  };
  return [...byPlace.values()]
    .filter(({ xray, otlp }) => xray.length > 0 && otlp.length > 0)
    .map(({ xray, otlp }) => ({ xray: xray.toSorted(byStart), otlp: otlp.toSorted(byStart) }));
}

/** One AWS client may name the table and the other only DynamoDB; X-Ray leaves the port of a host out. */
function placeOf({ type, name }: WorkCall['called']): string {
  return type.startsWith('AWS::')
    ? type.split('::', 2).join('::')
    : `${type} ${name.replace(/:\d+$/, '').toLowerCase()}`;
}

function endOf({ startTime, duration }: Span): bigint {
  return startTime + (duration > 0n ? duration : 0n);
}

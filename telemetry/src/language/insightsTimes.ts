import type { Period, PeriodUnit } from './insightsTree.ts';

const fixed: Readonly<Partial<Record<PeriodUnit, number>>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const months: Readonly<Partial<Record<PeriodUnit, number>>> = { mo: 1, q: 3, y: 12 };

/** 1970-01-05, the first Monday of the epoch: weeks begin on Mondays. */
const firstMonday = 4 * 86_400_000;

/** Compiles rounding down to a period. */
export function compileFloor({ count, unit }: Period): (millis: number) => number {
  const length = (fixed[unit] ?? 0) * count;
  if (length > 0) {
    const offset = unit === 'w' ? firstMonday : 0;
    return (millis) => Math.floor((millis - offset) / length) * length + offset;
  }
  const span = (months[unit] ?? 1) * count;
  return (millis) => monthStart(Math.floor(monthOf(millis) / span) * span);
}

/** Compiles rounding up to a period; what is on its edge stays. */
export function compileCeil(period: Period): (millis: number) => number {
  const floor = compileFloor(period);
  const length = (fixed[period.unit] ?? 0) * period.count;
  const span = (months[period.unit] ?? 1) * period.count;
  return (millis) => {
    const start = floor(millis);
    if (start === millis) {
      return start;
    }
    return length > 0 ? start + length : monthStart(monthOf(start) + span);
  };
}

function monthOf(millis: number): number {
  const date = new Date(millis);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthStart(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12);
}

/** `2026-11-23 01:02:03.004`, as Logs Insights writes a time; a number that is no time stays one. */
export function timeText(millis: number): string {
  return Math.abs(millis) <= 8.64e15
    ? new Date(millis).toISOString().replace('T', ' ').replace('Z', '')
    : String(millis);
}

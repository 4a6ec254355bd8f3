import { forecastWindow } from './costOf.ts';
import { hourOf, monthOf, type HourUsage } from './usage.ts';

/** Retentions up to this are folded by the day, longer ones by the month. */
const shortRetention = 31;
const hoursPerDay = 24;

/**
 * Keeps the number of hours bounded: those of this month and of the last days stay; of older ones only what is still stored, by the day or, where
 * it is kept for more than a month, by the month in which it was sent.
 */
export function foldHours(hours: readonly HourUsage[], now: number): HourUsage[] {
  const keepFrom = Math.min(monthOf(now).from, hourOf(now) - forecastWindow);
  const folded = new Map<number, Record<string, number>>();
  const recent = hours.filter(({ hour }) => hour >= keepFrom);
  for (const { hour, kept = {} } of hours.filter((each) => each.hour < keepFrom)) {
    for (const [retention, bytes] of Object.entries(kept)) {
      const isShort = Number(retention) <= shortRetention;
      const start = isShort ? hour - (hour % hoursPerDay) : monthOf(hour * 3_600_000).from;
      if (retention === 'never' || start + Number(retention) * hoursPerDay > monthOf(now).from) {
        const sum = folded.get(start) ?? {};
        sum[retention] = (sum[retention] ?? 0) + bytes;
        folded.set(start, sum);
      }
    }
  }
  return [...[...folded].map(([hour, kept]) => ({ hour, usage: {}, kept })), ...recent];
}

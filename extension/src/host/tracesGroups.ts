import type { TraceRow } from '@sightline/hub/client/api';
import type { SpanStatus } from '@sightline/telemetry/model/span';
import type { TraceGrouping } from './tracesModel.ts';
import { epochMillisOf } from './tracesText.ts';

/** Rows under one heading. The order of groups does not depend on what arrives, so that a heading never moves under the cursor. */
export interface TraceGroup {
  readonly key: string;
  readonly label: string;
  readonly rows: readonly TraceRow[];
}

/** Puts rows under headings and leaves empty headings out. Within a group the order of `rows` stays. */
export function groupTraces(
  rows: readonly TraceRow[],
  groupBy: Exclude<TraceGrouping, 'none'>,
  now: number,
): readonly TraceGroup[] {
  switch (groupBy) {
    case 'time':
      return inFixedOrder(ages, rows, (row) => ageOf(epochMillisOf(row.startTime), now));
    case 'status':
      return inFixedOrder(statuses, rows, ({ status }) => status);
    case 'route':
      return alphabetically(rows, routeOf);
    case 'service':
      return alphabetically(rows, ({ service }) => service);
  }
}

type Age = 'now' | 'minutes' | 'hour' | 'today' | 'yesterday' | 'older';

const ages: Record<Age, string> = {
  now: 'Just now',
  minutes: 'Last 10 minutes',
  hour: 'Last hour',
  today: 'Today',
  yesterday: 'Yesterday',
  older: 'Older',
};

// What needs attention comes first.
const statuses: Record<SpanStatus, string> = {
  fault: 'Faults',
  error: 'Errors',
  throttled: 'Throttled',
  running: 'Running',
  ok: 'OK',
};

const minute = 60_000;

function ageOf(start: number, now: number): Age {
  const age = now - start;
  if (age < minute) {
    return 'now';
  }
  if (age < 10 * minute) {
    return 'minutes';
  }
  if (age < 60 * minute) {
    return 'hour';
  }
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (start >= midnight) {
    return 'today';
  }
  // Noon of the day before, set back to its midnight: a day may have 23 or 25 hours.
  return start >= new Date(midnight - 12 * 60 * minute).setHours(0, 0, 0, 0) ? 'yesterday' : 'older';
}

function routeOf({ route, httpMethod, name }: TraceRow): string {
  return route === undefined ? name : `${httpMethod ?? ''} ${route}`.trim();
}

function inFixedOrder<K extends string>(
  labels: Record<K, string>,
  rows: readonly TraceRow[],
  keyOf: (row: TraceRow) => K,
): readonly TraceGroup[] {
  const byKey = Map.groupBy(rows, keyOf);
  return (Object.keys(labels) as K[]).flatMap((key) => {
    const inGroup = byKey.get(key);
    return inGroup === undefined ? [] : [{ key, label: labels[key], rows: inGroup }];
  });
}

function alphabetically(rows: readonly TraceRow[], labelOf: (row: TraceRow) => string): readonly TraceGroup[] {
  return [...Map.groupBy(rows, labelOf)]
    .toSorted(([one], [other]) => one.localeCompare(other, 'en'))
    .map(([label, inGroup]) => ({ key: label, label: label === '' ? '(no name)' : label, rows: inGroup }));
}

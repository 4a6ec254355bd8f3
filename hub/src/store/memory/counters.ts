/**
 * The store's counters, written by the writer thread and read by all. Doubles, since a hub may run for weeks; each is written whole.
 */
export const counterNames = [
  'traces',
  'spans',
  'logEvents',
  'errorItems',
  /** Events of CloudWatch Logs; `logEvents` are OpenTelemetry's records. */
  'cloudWatchEvents',
  'problems',
  'bytes',
  'duplicates',
  'retired',
  'droppedProblems',
  /** Payloads without a sender who waits that the database could not take. */
  'droppedByDisk',
  /** Trace slots handed out so far. */
  'traceSlots',
  'revision',
] as const;

export type CounterName = (typeof counterNames)[number];

export const counterAt = Object.fromEntries(counterNames.map((name, index) => [name, index])) as Record<
  CounterName,
  number
>;

export type Counters = Float64Array<SharedArrayBuffer>;

export function makeCounters(buffer = new SharedArrayBuffer(counterNames.length * 8)): Counters {
  return new Float64Array(buffer);
}

export function counterOf(counters: Counters, name: CounterName): number {
  return counters[counterAt[name]] as number;
}

/**
 * The store's counters, written by the writer thread and read by all. Doubles, since a hub may run for weeks; each is written whole.
 */
export const counterNames = [
  'traces',
  'spans',
  'logEvents',
  'problems',
  'bytes',
  'duplicates',
  'retired',
  'droppedProblems',
  /** Trace slots and log rows handed out so far. */
  'traceSlots',
  /** Odd while the writer changes trace slots. */
  'sequence',
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

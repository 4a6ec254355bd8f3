/** Bits of an entry. */
export const entryBits = {
  error: 0x1,
  fault: 0x2,
  throttle: 0x4,
  partial: 0x8,
  inferred: 0x10,
  root: 0x20,
  /** The columns do not hold its URL, method or status: what was sent must be asked. */
  oddHttp: 0x40,
} as const;

/** The columns of entries: what a filter or the service map wants of a request or a call. */
export interface EntryColumns {
  readonly node: Uint32Array;
  /** Of a call: the number of the calling service. */
  readonly source: Uint32Array;
  readonly bits: Uint8Array;
  readonly status: Uint16Array;
  readonly method: Uint16Array;
  /** What stands before the text of `urlRow` in the URL, numbered; 0 for nothing. */
  readonly urlPrefix: Uint16Array;
  /** Global row + 1 of the span that has the URL; 0 where there is none. */
  readonly urlRow: Uint32Array;
  /** Nanoseconds; NaN where there is none. */
  readonly response: Float64Array;
  readonly duration: Float64Array;
  /** Nanoseconds from the start of the trace. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly responseBucket: Uint16Array;
  readonly durationBucket: Uint16Array;
}

export function makeEntryColumns(room: number): EntryColumns {
  return {
    node: new Uint32Array(room),
    source: new Uint32Array(room),
    bits: new Uint8Array(room),
    status: new Uint16Array(room),
    method: new Uint16Array(room),
    urlPrefix: new Uint16Array(room),
    urlRow: new Uint32Array(room),
    response: new Float64Array(room),
    duration: new Float64Array(room),
    start: new Float64Array(room),
    end: new Float64Array(room),
    responseBucket: new Uint16Array(room),
    durationBucket: new Uint16Array(room),
  };
}

/** Copies entries, column by column. */
export function copyEntries(from: EntryColumns, at: number, count: number, to: EntryColumns, target: number): void {
  for (const name of Object.keys(from) as (keyof EntryColumns)[]) {
    to[name].set(from[name].subarray(at, at + count), target);
  }
}

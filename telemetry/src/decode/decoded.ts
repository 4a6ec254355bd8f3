/** Something in a payload that could not be taken as it stands, and where it is. */
export interface Problem {
  /** A path into the payload, such as `resourceSpans[0].scopeSpans[2].spans[7].traceId` or `subsegments[1].start_time`. */
  readonly place: string;
  /** One sentence for the person who wrote the sender. */
  readonly message: string;
}

/** What could be read, and what could not. Decoders never throw. */
export interface Decoded<T> {
  readonly records: readonly T[];
  readonly problems: readonly Problem[];
}

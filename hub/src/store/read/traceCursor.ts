/** Where a page of the trace list ended: the start of its last trace, in nanoseconds as a double has them, and that trace's slot. */
export interface TracePlace {
  readonly start: number;
  readonly slot: number;
}

export function toTraceCursor({ start, slot }: TracePlace): string {
  return `${start}-${slot}`;
}

/** Reads what `toTraceCursor` wrote; `undefined` for anything else. */
export function parseTraceCursor(text: string): TracePlace | undefined {
  const match = /^(\d{1,20})-(\d{1,15})$/.exec(text);
  return match === null ? undefined : { start: Number(match[1]), slot: Number(match[2]) };
}

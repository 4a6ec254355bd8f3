import { bytesOfColumns, columnsOver, type Columns } from './columns.ts';

/** Traces in one chunk of the table. */
export const tracesPerChunk = 16_384;

const spec = {
  id0: ['u32', tracesPerChunk],
  id1: ['u32', tracesPerChunk],
  id2: ['u32', tracesPerChunk],
  id3: ['u32', tracesPerChunk],
  startHigh: ['u32', tracesPerChunk],
  startLow: ['u32', tracesPerChunk],
  /** Living spans. A trace known only by its log lines has none, and is not listed. */
  spans: ['u32', tracesPerChunk],
  logs: ['u32', tracesPerChunk],
  /** Global row + 1 of the span that came last; the chain goes back through `previous`. */
  last: ['u32', tracesPerChunk],
  lastLog: ['u32', tracesPerChunk],
  bits: ['u32', tracesPerChunk],
  /** Grows with every change of the trace. */
  revision: ['u32', tracesPerChunk],
} as const;

export type TraceColumns = Columns<typeof spec>;

export const traceBits = {
  pinned: 1,
  /** Cleared or retired: the slot is empty for good. */
  dead: 2,
  xray: 4,
  otlp: 8,
} as const;

/**
 * What the list of traces needs, one slot a trace in the order of arrival. A slot is never used again.
 *
 * The writer changes slots while the reader looks: a start may be read half old and half new. It only places the trace in the list, and
 * the next look puts that right; what a row shows is made from the spans.
 */
export interface TraceChunk {
  readonly number: number;
  readonly buffer: SharedArrayBuffer;
  readonly columns: TraceColumns;
}

export function makeTraceChunk(number: number): TraceChunk {
  return viewTraceChunk(number, new SharedArrayBuffer(bytesOfColumns(spec)));
}

export function viewTraceChunk(number: number, buffer: SharedArrayBuffer): TraceChunk {
  const column = columnsOver(spec, buffer);
  const columns = {
    id0: column('id0'),
    id1: column('id1'),
    id2: column('id2'),
    id3: column('id3'),
    startHigh: column('startHigh'),
    startLow: column('startLow'),
    spans: column('spans'),
    logs: column('logs'),
    last: column('last'),
    lastLog: column('lastLog'),
    bits: column('bits'),
    revision: column('revision'),
  };
  return { number, buffer, columns };
}

/** The 16 bytes of a trace id as four big-endian words. */
export interface TraceIdWords {
  readonly id0: number;
  readonly id1: number;
  readonly id2: number;
  readonly id3: number;
}

export function wordsOfTraceId(hex: string): TraceIdWords {
  return {
    id0: Number.parseInt(hex.slice(0, 8), 16),
    id1: Number.parseInt(hex.slice(8, 16), 16),
    id2: Number.parseInt(hex.slice(16, 24), 16),
    id3: Number.parseInt(hex.slice(24, 32), 16),
  };
}

const scratch = Buffer.alloc(16);

/** Up to four words in hex, as an id is written. */
export function hexOfWords(...words: readonly number[]): string {
  let end = 0;
  for (const word of words) {
    end = scratch.writeUInt32BE(word >>> 0, end);
  }
  return scratch.toString('hex', 0, end);
}

export function traceIdAt({ columns }: TraceChunk, slot: number): string {
  return hexOfWords(
    columns.id0[slot] as number,
    columns.id1[slot] as number,
    columns.id2[slot] as number,
    columns.id3[slot] as number,
  );
}

/** The 16 bytes of the id, as the database keeps them. */
export function traceIdBytesAt(chunk: TraceChunk, slot: number): Uint8Array {
  return Buffer.from(traceIdAt(chunk, slot), 'hex');
}

import { bytesOfColumns, columnsOver, type Columns } from './columns.ts';

/**
 * Spans in a full segment, and log records too. A span's global row is `segment number * rowsPerSegment + row`, a log record's likewise:
 * numbers may have gaps, but a row never moves.
 */
export const rowsPerSegment = 65_536;

/** Room of one segment. Whatever runs out first closes the segment, so a hostile sender costs a segment, not the process. */
export interface SegmentRoom {
  readonly rows: number;
  readonly logs: number;
  readonly attributes: number;
  readonly keys: number;
  readonly keyBytes: number;
  readonly texts: number;
  readonly textBytes: number;
}

export const fullRoom: SegmentRoom = {
  rows: rowsPerSegment,
  logs: rowsPerSegment,
  attributes: 2_097_152,
  keys: 16_384,
  keyBytes: 1_048_576,
  texts: 262_144,
  textBytes: 12_582_912,
};

/** More attributes of one span than this stay out of the index; the payload has them. */
export const maxIndexedAttributes = 16_384;
/** Texts that one span interns at most: service, name, method, route, url. */
export const textsPerSpan = 8;

/** Slots of `header`, read and written with Atomics. */
export const header = { rows: 0, attributes: 1, keys: 2, texts: 3, textBytes: 4, keyBytes: 5, logs: 6 } as const;

/** The columns of a segment with this room. Row 0 of an attribute, key or text column is its first. */
export function specOf(room: SegmentRoom) {
  return {
    header: ['u32', 8],
    duration: ['f64', room.rows],
    trace: ['u32', room.rows],
    /** Row + 1 of the span of the same trace that came before; 0 at the first. */
    previous: ['u32', room.rows],
    idHigh: ['u32', room.rows],
    idLow: ['u32', room.rows],
    parentHigh: ['u32', room.rows],
    parentLow: ['u32', room.rows],
    service: ['u32', room.rows],
    name: ['u32', room.rows],
    method: ['u32', room.rows],
    route: ['u32', room.rows],
    url: ['u32', room.rows],
    startHigh: ['u32', room.rows],
    startLow: ['u32', room.rows],
    /** The raw group and the payload in it that hold the span. */
    group: ['u32', room.rows],
    payload: ['u16', room.rows],
    bits: ['u16', room.rows],
    httpStatus: ['u16', room.rows],
    /** Where the span's attributes end; they start where those of the row before end. */
    attributeEnd: ['u32', room.rows],
    /** A hash of what the resource of an OTel span says; of spans with the same one, any can tell. */
    resource: ['u32', room.rows],
    logTimeHigh: ['u32', room.logs],
    logTimeLow: ['u32', room.logs],
    /** Slot + 1 of the trace that the record names; 0 where it names none. */
    logTrace: ['u32', room.logs],
    logPrevious: ['u32', room.logs],
    logService: ['u32', room.logs],
    logGroup: ['u32', room.logs],
    /** The record's number within its payload. */
    logOrdinal: ['u32', room.logs],
    logPayload: ['u16', room.logs],
    logBits: ['u8', room.logs],
    /** One word for each value: a text's hash, a number's order. */
    attributeWord: ['u32', room.attributes],
    /** The key's number, and above it the type of the value. */
    attributeKey: ['u16', room.attributes],
    keyStarts: ['u32', room.keys + 2],
    keyBytes: ['u8', room.keyBytes],
    textStarts: ['u32', room.texts + 2],
    textBytes: ['u8', room.textBytes],
  } as const;
}

export type SegmentColumns = Columns<ReturnType<typeof specOf>>;

/**
 * What an attribute's word is. Kept above the number of its key.
 *
 * `none` is of what a filter cannot ask for as an annotation: lists, maps, null, and whatever X-Ray does not call an annotation. `odd` is
 * a number that single precision does not hold, or a flag; see `oddWord`.
 */
export const valueType = { none: 0, text: 1, odd: 2, number: 3 } as const;

export const keyNumberMask = 0x3fff;
export const valueTypeShift = 14;

/** Bits of a span: kind 0-2, status 3-5, then flags. */
export const spanBits = {
  kindMask: 0x7,
  statusShift: 3,
  statusMask: 0x7,
  otlp: 0x40,
  subsegment: 0x80,
  /** Replaced, repeated or retired: the row counts for nothing. */
  dead: 0x100,
  /** The sender said where the parent is, and whether that is another process. */
  parentKnown: 0x200,
  parentRemote: 0x400,
} as const;

/** Bits of a log record: OTel's severity number 0-24, then flags. */
export const logBits = { severityMask: 0x1f, dead: 0x20 } as const;

/**
 * The index of up to 65,536 spans and as many log records: columns, attribute hashes, and its own texts, so that dropping a segment
 * frees all that it took.
 *
 * Invariant: the counters in `header` are stored with Atomics after the data that they publish; a reader looks at nothing beyond them.
 */
export interface Segment {
  readonly number: number;
  readonly room: SegmentRoom;
  readonly buffer: SharedArrayBuffer;
  readonly columns: SegmentColumns;
}

/** A new, empty segment. */
export function makeSegment(number: number, room: SegmentRoom): Segment {
  return viewSegment(number, room, new SharedArrayBuffer(bytesOfColumns(specOf(room))));
}

/** A segment seen through a buffer that another thread made. */
export function viewSegment(number: number, room: SegmentRoom, buffer: SharedArrayBuffer): Segment {
  return { number, room, buffer, columns: viewColumns(room, buffer) };
}

function viewColumns(room: SegmentRoom, buffer: SharedArrayBuffer): SegmentColumns {
  const column = columnsOver(specOf(room), buffer);
  return {
    header: column('header'),
    duration: column('duration'),
    trace: column('trace'),
    previous: column('previous'),
    idHigh: column('idHigh'),
    idLow: column('idLow'),
    parentHigh: column('parentHigh'),
    parentLow: column('parentLow'),
    service: column('service'),
    name: column('name'),
    method: column('method'),
    route: column('route'),
    url: column('url'),
    startHigh: column('startHigh'),
    startLow: column('startLow'),
    group: column('group'),
    payload: column('payload'),
    bits: column('bits'),
    httpStatus: column('httpStatus'),
    attributeEnd: column('attributeEnd'),
    resource: column('resource'),
    logTimeHigh: column('logTimeHigh'),
    logTimeLow: column('logTimeLow'),
    logTrace: column('logTrace'),
    logPrevious: column('logPrevious'),
    logService: column('logService'),
    logGroup: column('logGroup'),
    logOrdinal: column('logOrdinal'),
    logPayload: column('logPayload'),
    logBits: column('logBits'),
    attributeWord: column('attributeWord'),
    attributeKey: column('attributeKey'),
    keyStarts: column('keyStarts'),
    keyBytes: column('keyBytes'),
    textStarts: column('textStarts'),
    textBytes: column('textBytes'),
  };
}

/** Rows that the writer has published. */
export function publishedRows(segment: Segment): number {
  return Atomics.load(segment.columns.header, header.rows);
}

export function publishedLogs(segment: Segment): number {
  return Atomics.load(segment.columns.header, header.logs);
}

/** Bytes in use, not bytes reserved. */
export function usedBytesOf(segment: Segment): number {
  const { header: counters } = segment.columns;
  const rowBytes = 80;
  const logRowBytes = 31;
  return (
    (counters[header.rows] as number) * rowBytes +
    (counters[header.logs] as number) * logRowBytes +
    (counters[header.attributes] as number) * 6 +
    (counters[header.textBytes] as number) +
    (counters[header.keyBytes] as number) +
    ((counters[header.texts] as number) + (counters[header.keys] as number)) * 4
  );
}

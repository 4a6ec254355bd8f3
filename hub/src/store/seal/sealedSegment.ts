import { promisify } from 'node:util';
import { constants, zstdCompressSync, zstdDecompress } from 'node:zlib';
import { release } from '../bodyBuffers.ts';
import { bytesOfColumns } from '../memory/columns.ts';
import { header, specOf, viewSegment, type Segment, type SegmentColumns, type SegmentRoom } from '../memory/segment.ts';
import { packing } from '../rawGroup.ts';
import { numberTraces } from './numberTraces.ts';

/** Grows when a column, a hash or the scanners change: an older seal is then not believed, and its groups are scanned again. */
const sealVersion = 4;

/** A segment with what cannot be read from its own columns. Its trace columns count in slots; sealed, they count in `traceIds`. */
export interface SealRequest {
  readonly number: number;
  readonly room: SegmentRoom;
  readonly buffer: SharedArrayBuffer;
  readonly groups: SealedGroups;
  /** The parts of the trace table that its trace columns lead to. */
  readonly traces: readonly { readonly number: number; readonly buffer: SharedArrayBuffer }[];
}

/** Which raw groups a segment covers. */
export interface SealedGroups {
  readonly first: number;
  readonly last: number;
  /** The last one is larger than a segment and goes on in the next. */
  readonly continues: boolean;
}

export interface OpenedSeal {
  readonly segment: Segment;
  readonly groups: SealedGroups;
  readonly traceIds: Uint32Array;
}

/** Columns that are not stored: counters, and links that loading makes anew. */
const derived = new Set(['header', 'trace', 'previous', 'logTrace', 'logPrevious']);

const headWords = 16;

/** zlib makes its output in pieces of 16 KB unless told otherwise, and then copies them together; a seal is some megabytes. */
const sealChunk = 4_194_304;
/** In front of the packed columns: how many bytes they have unpacked. */
const lengthBytes = 4;
/** No segment has as much. A seal that says so is none. */
const mostBytes = 67_108_864;
/** zlib asks for another piece of output where the first is filled to the brim. */
const brimBytes = 64;
const megabyte = 1_048_576;

const decompress = promisify(zstdDecompress);

/** Packs a segment's columns for the database. zstd's checksum tells later whether they came back whole. */
export function sealSegment(request: SealRequest): Uint8Array {
  const segment = viewSegment(request.number, request.room, request.buffer);
  const { columns } = segment;
  const { traceIds, spanTraces, logTraces } = numberTraces(segment, request.traces);
  const counters = columns.header;
  const head = new Uint32Array(headWords);
  const counts = Array.from(counters.subarray(0, 8));
  const { first, last, continues } = request.groups;
  head.set([sealVersion, first, last, continues ? 1 : 0, traceIds.length, ...counts]);
  const parts: Uint8Array[] = [bytesOf(head), bytesOf(traceIds), bytesOf(spanTraces), bytesOf(logTraces)];
  for (const [name, length] of storedColumns(columns)) {
    parts.push(bytesOf(columns[name].subarray(0, length)));
  }
  const plain = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(plain.length);
  const packed = zstdCompressSync(plain, {
    params: { ...packing, [constants.ZSTD_c_checksumFlag]: 1 },
    chunkSize: sealChunk,
  });
  return Buffer.concat([length, packed]);
}

/** Unpacks the columns of a seal, beside what this thread does. Rejects where it is damaged. */
export async function unpackSeal(sealed: Uint8Array): Promise<Uint8Array> {
  const length = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint32(0, true);
  if (length > mostBytes) {
    throw new Error(`a sealed segment says that it has ${length} bytes`);
  }
  return await decompress(sealed.subarray(lengthBytes), { chunkSize: length + brimBytes, maxOutputLength: length });
}

/** Makes a segment of the columns of a seal, which are of no more use then. Throws where they are too short or of another version. */
export function openSeal(number: number, plain: Uint8Array): OpenedSeal {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > plain.length) {
      throw new Error('a sealed segment is too short');
    }
    at += length;
    return plain.subarray(at - length, at);
  };
  const head = wordsOf(take(headWords * 4));
  const [version, first, last, continues, idWords] = head as unknown as [number, number, number, number, number];
  if (version !== sealVersion) {
    throw new Error(`a sealed segment has version ${version}`);
  }
  const counters = head.subarray(5, 13);
  const room = roomOf(counters);
  const segment = viewSegment(number, room, new SharedArrayBuffer(bytesOfColumns(specOf(room))));
  const { columns } = segment;
  columns.header.set(counters);
  const traceIds = wordsOf(take(idWords * 4));
  columns.trace.set(wordsOf(take(room.rows * 4)));
  columns.logTrace.set(wordsOf(take(room.logs * 4)));
  for (const [name, length] of storedColumns(columns)) {
    const column = columns[name].subarray(0, length);
    bytesOf(column).set(take(column.byteLength));
  }
  // All has been copied: the next segment's ten megabytes go where these were. A small one may lie in Node's shared pool.
  if (plain.buffer.byteLength >= megabyte) {
    release(new Uint8Array(plain.buffer));
  }
  return { segment, groups: { first, last, continues: continues === 1 }, traceIds };
}

/** A sealed segment has room for what is in it and no more. */
function roomOf(counters: Uint32Array): SegmentRoom {
  const count = (slot: number): number => counters[slot] as number;
  return {
    rows: count(header.rows),
    logs: count(header.logs),
    attributes: count(header.attributes),
    keys: count(header.keys),
    keyBytes: count(header.keyBytes),
    texts: count(header.texts),
    textBytes: count(header.textBytes),
  };
}

type StoredColumn = Exclude<keyof SegmentColumns, 'header'>;

/** The stored columns in their order, each with the number of its elements in use. */
function storedColumns(columns: SegmentColumns): [name: StoredColumn, length: number][] {
  const count = (slot: number): number => columns.header[slot] as number;
  return (Object.keys(columns) as (keyof SegmentColumns)[])
    .filter((name): name is StoredColumn => !derived.has(name))
    .map((name) => [name, count(counterOf(name)) + (name === 'keyStarts' || name === 'textStarts' ? 1 : 0)]);
}

function counterOf(name: StoredColumn): number {
  switch (name) {
    case 'attributeWord':
    case 'attributeKey':
      return header.attributes;
    case 'keyStarts':
      return header.keys;
    case 'keyBytes':
      return header.keyBytes;
    case 'textStarts':
      return header.texts;
    case 'textBytes':
      return header.textBytes;
    default:
      return name.startsWith('log') ? header.logs : header.rows;
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A copy, since words must start at a multiple of four. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

import type { StatementSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { release, releaseOwn } from '../store/bodyBuffers.ts';
import { viewEvents } from '../store/logs/logChunk.ts';
import { LogDirectory, type ChunkHead, type NamedGroup } from '../store/logs/logDirectory.ts';
import { LogSnapshot } from '../store/logs/logSnapshot.ts';
import type { EventsJson } from './eventsJson.ts';
import type { LogBatchAbout } from './logsSender.ts';
import type { Item } from './outcome.ts';
import { StreamLines, type LineRange } from './streamLines.ts';

/** What is taken of a group at once: more makes fuller batches, and takes as much memory. */
const pageEvents = 100_000;
const pageBytes = 8_000_000;

/** Lines of one group that are settled together, as batches within PutLogEvents' limits. */
export interface LogPage {
  readonly group: number;
  /** The sequence number behind its last event. */
  readonly until: number;
  /** Those of a stream one after the other, the streams in the order of their numbers. */
  readonly batches: readonly LogBatch[];
  /** Events of streams that have been deleted. */
  readonly dropped: number;
  /** Gives its memory back; no batch can be made an item any more. */
  release(): void;
}

export interface LogBatch {
  readonly stream: number;
  readonly events: number;
  /** Events of its stream behind it in the page. */
  readonly left: number;
  /** Its body is good until `json` is used again. */
  toItem(json: EventsJson): Item;
}

/** A page that was begun: which it is, and what of it is still to be sent. */
export interface BegunPage {
  readonly group: number;
  readonly until: number;
  /** Streams of smaller numbers are done. */
  readonly stream: number;
  /** So many of the last events of that stream, in the order of time, are not. */
  readonly left: number;
}

interface Reading {
  readonly from: number;
  readonly until: number;
  readonly streams: Map<number, StreamLines>;
  readonly buffers: ArrayBufferLike[];
}

/** Reads what waits of log groups, a page of one group at a time. */
export class LogPages {
  readonly #snapshot: LogSnapshot;
  readonly #directory = new LogDirectory();
  readonly #cursor: StatementSync;
  /** Up to where pages have been given out that may not be settled yet. */
  readonly #given = new Map<number, number>();
  #lastGroup = 0;

  constructor(dataDir: string) {
    this.#snapshot = new LogSnapshot(dataDir);
    this.#cursor = this.#snapshot.database.prepare('select seq from relay_log where grp = ?');
  }

  /** The next page, of the groups in turn; `undefined` where nothing waits. */
  next(): LogPage | undefined {
    return this.#next(0);
  }

  /** The same where enough waits for a page to be full. */
  nextFull(): LogPage | undefined {
    return this.#next(pageBytes);
  }

  /** What is left of a page that was begun, cut into the same batches; `undefined` where nothing waits of it, or it has left the store. */
  rest(begun: BegunPage): LogPage | undefined {
    return this.#reading(() => {
      const group = this.#directory.groups.find(({ id }) => id === begun.group);
      return group === undefined ? undefined : this.#read(group, begun);
    });
  }

  /** What was given out and not settled is given out again. */
  rewind(): void {
    this.#given.clear();
  }

  close(): void {
    this.#snapshot.close();
  }

  #next(least: number): LogPage | undefined {
    return this.#reading(() => {
      const known = this.#directory.groups.toSorted((a, b) => a.id - b.id);
      const inTurn = [
        ...known.filter(({ id }) => id > this.#lastGroup),
        ...known.filter(({ id }) => id <= this.#lastGroup),
      ];
      const group = inTurn.find(({ id }) => this.#waits(id, least));
      if (group === undefined) {
        return undefined;
      }
      this.#lastGroup = group.id;
      return this.#read(group, undefined);
    });
  }

  /** On one state of the database. */
  #reading<T>(read: () => T): T {
    this.#snapshot.begin();
    try {
      this.#directory.refresh(this.#snapshot);
      return read();
    } finally {
      this.#snapshot.end();
    }
  }

  #waits(group: number, least: number): boolean {
    let bytes = 0;
    for (const { size } of this.#chunksFrom(group, this.#startOf(group))) {
      bytes += size;
      if (bytes >= least) {
        return true;
      }
    }
    return false;
  }

  #startOf(group: number): number {
    const settled = (this.#cursor.get(group) as { seq: number } | undefined)?.seq ?? 0;
    return Math.max(settled, this.#given.get(group) ?? 0);
  }

  *#chunksFrom(group: number, from: number): Iterable<ChunkHead> {
    for (const chunk of this.#directory.chunksOf(group)) {
      if (chunk.sequence + chunk.count > from) {
        yield chunk;
      }
    }
  }

  #read(group: NamedGroup, begun: BegunPage | undefined): LogPage | undefined {
    const from = this.#startOf(group.id);
    const reading: Reading = { from, until: begun?.until ?? Infinity, streams: new Map(), buffers: [] };
    let until = from;
    let events = 0;
    let bytes = 0;
    for (const chunk of this.#chunksFrom(group.id, from)) {
      if (chunk.sequence >= reading.until || (begun === undefined && (events >= pageEvents || bytes >= pageBytes))) {
        break;
      }
      this.#readChunk(chunk, reading);
      events += chunk.count;
      bytes += chunk.size;
      until = chunk.sequence + chunk.count;
    }
    if (until === from) {
      return undefined;
    }
    until = begun?.until ?? until;
    this.#given.set(group.id, until);
    return { group: group.id, until, ...this.#cut(group, reading, begun), release: () => releaseAll(reading.buffers) };
  }

  #readChunk(chunk: ChunkHead, { from, until, streams, buffers }: Reading): void {
    const body = this.#snapshot.body(chunk.id);
    if (body === undefined) {
      return;
    }
    const events = viewEvents(zstdDecompressSync(body, { chunkSize: Math.max(1024, chunk.size + 64) }), chunk.count);
    release(body);
    buffers.push(events.text.buffer);
    let sequence = chunk.sequence;
    for (const { stream, count } of chunk.parts) {
      const first = Math.max(sequence, from);
      const end = Math.min(sequence + count, until);
      if (first < end) {
        const lines = streams.get(stream) ?? new StreamLines();
        lines.add(events, first - chunk.sequence, end - chunk.sequence);
        streams.set(stream, lines);
      }
      sequence += count;
    }
  }

  #cut(group: NamedGroup, { streams }: Reading, begun: BegunPage | undefined): Pick<LogPage, 'batches' | 'dropped'> {
    const batches: LogBatch[] = [];
    let dropped = 0;
    for (const [id, lines] of Array.from(streams).toSorted(([a], [b]) => a - b)) {
      const name = this.#directory.stream(id)?.name;
      if (name === undefined) {
        dropped += lines.count;
      } else if (begun === undefined || id >= begun.stream) {
        // The oldest lines are those that leave the store, so what is left is counted from the newest.
        const first = id === begun?.stream ? Math.max(0, lines.count - begun.left) : 0;
        batches.push(...lines.cut(first).map((range) => toBatch(group, { id, name }, lines, range)));
      }
    }
    return { batches, dropped };
  }
}

function toBatch(
  { name: group, retentionDays }: NamedGroup,
  { id, name: stream }: { readonly id: number; readonly name: string },
  lines: StreamLines,
  range: LineRange,
): LogBatch {
  const events = range.to - range.from;
  const about: LogBatchAbout = {
    group,
    stream,
    ...(retentionDays !== undefined && { retentionDays }),
    events,
    bytes: range.bytes,
  };
  return {
    stream: id,
    events,
    left: lines.count - range.to,
    toItem: (json) => ({ about: JSON.stringify(about), body: lines.writeJson(range, json) }),
  };
}

function releaseAll(buffers: readonly ArrayBufferLike[]): void {
  for (const buffer of buffers) {
    releaseOwn(buffer);
  }
}

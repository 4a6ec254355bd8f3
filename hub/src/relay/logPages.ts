import type { StatementSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { viewEvents, type ChunkEvents } from '../store/logs/logChunk.ts';
import { LogDirectory, type ChunkHead, type NamedGroup } from '../store/logs/logDirectory.ts';
import { LogSnapshot } from '../store/logs/logSnapshot.ts';
import { putLimits } from '../store/logs/putLogEvents.ts';
import type { LogBatchAbout } from './logsSender.ts';
import type { Item } from './outcome.ts';

/** What is taken of a group at once: more makes fuller batches. */
const pageEvents = 40_000;
const pageBytes = 4_000_000;

export interface LogPage {
  readonly group: number;
  /** The sequence number behind its last event. */
  readonly until: number;
  readonly batches: readonly LogBatch[];
  /** Events of streams that have been deleted. */
  readonly dropped: number;
}

export interface LogBatch {
  readonly stream: number;
  readonly events: number;
  readonly item: Item;
}

interface LogLine {
  readonly timestamp: number;
  readonly message: string;
  /** As AWS counts it: UTF-8 and an overhead. */
  readonly size: number;
}

/** Reads what waits of log groups, a page of one group at a time, as batches within PutLogEvents' limits. */
export class LogPages {
  readonly #snapshot: LogSnapshot;
  readonly #directory = new LogDirectory();
  readonly #cursor: StatementSync;
  #lastGroup = 0;

  constructor(dataDir: string) {
    this.#snapshot = new LogSnapshot(dataDir);
    this.#cursor = this.#snapshot.database.prepare('select seq from relay_log where grp = ?');
  }

  /**
   * The next page, of the groups in turn; `undefined` where nothing waits. The page of a group up to `until`, once begun, is cut into the same
   * batches again.
   */
  next(begun?: { readonly group: number; readonly until: number }): LogPage | undefined {
    this.#snapshot.begin();
    try {
      this.#directory.refresh(this.#snapshot);
      const known = this.#directory.groups.toSorted((a, b) => a.id - b.id);
      const inTurn = [
        ...known.filter(({ id }) => id > this.#lastGroup),
        ...known.filter(({ id }) => id <= this.#lastGroup),
      ];
      for (const group of begun === undefined ? inTurn : known.filter(({ id }) => id === begun.group)) {
        const page = this.#read(group, begun?.until);
        if (page !== undefined) {
          this.#lastGroup = group.id;
          return page;
        }
      }
      return undefined;
    } finally {
      this.#snapshot.end();
    }
  }

  close(): void {
    this.#snapshot.close();
  }

  #read(group: NamedGroup, begunUntil: number | undefined): LogPage | undefined {
    const from = (this.#cursor.get(group.id) as { seq: number } | undefined)?.seq ?? 0;
    const end = begunUntil ?? Infinity;
    const lines = new Map<number, LogLine[]>();
    let until = from;
    let events = 0;
    let bytes = 0;
    for (const chunk of this.#directory.chunksOf(group.id)) {
      if (chunk.sequence + chunk.count <= from || chunk.sequence >= end) {
        continue;
      }
      if (begunUntil === undefined && (events >= pageEvents || bytes >= pageBytes)) {
        break;
      }
      events += this.#readChunk(chunk, { from, end, lines });
      bytes += chunk.size;
      until = Math.min(end, chunk.sequence + chunk.count);
    }
    if (until === from) {
      return undefined;
    }
    const batches: LogBatch[] = [];
    let dropped = 0;
    for (const [stream, of] of lines) {
      const name = this.#directory.stream(stream)?.name;
      if (name === undefined) {
        dropped += of.length;
      } else {
        batches.push(...toBatches(group, { id: stream, name }, of));
      }
    }
    return { group: group.id, until: begunUntil ?? until, batches, dropped };
  }

  /** Adds the lines of a chunk to those of their streams; answers how many. */
  #readChunk(
    chunk: ChunkHead,
    { from, end, lines }: { from: number; end: number; lines: Map<number, LogLine[]> },
  ): number {
    const body = this.#snapshot.body(chunk.id);
    if (body === undefined) {
      return 0;
    }
    const events = viewEvents(zstdDecompressSync(body, { chunkSize: Math.max(1024, chunk.size + 64) }), chunk.count);
    let at = 0;
    let read = 0;
    for (const { stream, count } of chunk.parts) {
      const of = lines.get(stream) ?? [];
      for (const last = at + count; at < last; at += 1) {
        const sequence = chunk.sequence + at;
        if (sequence >= from && sequence < end) {
          of.push(lineAt(events, at));
          read += 1;
        }
      }
      if (of.length > 0) {
        lines.set(stream, of);
      }
    }
    return read;
  }
}

function lineAt({ times, ends, text }: ChunkEvents, at: number): LogLine {
  const from = at === 0 ? 0 : (ends[at - 1] as number);
  const to = ends[at] as number;
  return {
    timestamp: times[at] as number,
    message: text.toString('utf8', from, to),
    size: to - from + putLimits.eventOverhead,
  };
}

/** In the order of time, which within one moment is the order they came in; each batch within AWS's limits. */
function toBatches(
  { name: group, retentionDays }: NamedGroup,
  stream: { readonly id: number; readonly name: string },
  lines: LogLine[],
): LogBatch[] {
  const batches: LogLine[][] = [];
  let bytes = 0;
  let first = 0;
  for (const line of lines.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const { size } = line;
    const last = batches.at(-1);
    bytes += size;
    if (
      last === undefined ||
      last.length === putLimits.events ||
      bytes > putLimits.bytes ||
      line.timestamp - first >= putLimits.spanMillis
    ) {
      batches.push([line]);
      bytes = size;
      first = line.timestamp;
    } else {
      last.push(line);
    }
  }
  return batches.map((events) => {
    const about: LogBatchAbout = {
      group,
      stream: stream.name,
      ...(retentionDays !== undefined && { retentionDays }),
      events: events.length,
      bytes: events.reduce((sum, { size }) => sum + size - putLimits.eventOverhead, 0),
    };
    const item = { about: JSON.stringify(about), body: Buffer.from(jsonOf(events)) };
    return { stream: stream.id, events: events.length, item };
  });
}

function jsonOf(lines: readonly LogLine[]): string {
  return `[${lines.map(({ timestamp, message }) => `{"timestamp":${timestamp},"message":${JSON.stringify(message)}}`).join(',')}]`;
}

import { InsightsRun, type InsightsResult } from '@sightline/telemetry/language/insightsRun';
import { parseInsights } from '@sightline/telemetry/language/insights';
import type { InsightsEvent } from '@sightline/telemetry/language/insightsRow';
import type { InsightsError } from '@sightline/telemetry/language/insightsTree';
import { toEventPointer } from './eventPointer.ts';
import type { ChunkEvents, ChunkPart } from './logChunk.ts';
import type { ChunkHead, LogDirectory, NamedGroup } from './logDirectory.ts';
import { LogRefusal } from './logFailure.ts';
import type { LogSource } from './logSource.ts';

const dayMillis = 24 * 3_600_000;
/** The account that everything here belongs to, as AWS writes it before a group's name in `@log`. */
export const localAccount = '000000000000';

export interface InsightsSearch {
  readonly groups: readonly string[];
  readonly query: string;
  /** Milliseconds since the Unix epoch, both included. */
  readonly from: number;
  readonly to: number;
  readonly limit?: number;
}

/** Runs a Logs Insights query over the events of some groups. Throws `LogRefusal` where the query is none. */
export async function searchInsights(
  { directory, cache, snapshot }: LogSource,
  search: InsightsSearch,
  signal?: AbortSignal,
): Promise<InsightsResult> {
  const parsed = parseInsights(search.query);
  if (!parsed.ok) {
    throw malformedQuery(parsed.error);
  }
  const now = Date.now();
  const { from, to, limit } = search;
  const run = new InsightsRun(parsed.query, {
    now,
    startTime: from,
    endTime: to,
    ...(limit !== undefined && { limit }),
  });
  const groups = new Map(search.groups.map((name) => [directory.group(name).id, directory.group(name)]));
  const chunks = [...groups.keys()]
    .flatMap((id) => [...directory.chunksOf(id)])
    .filter((chunk) => chunk.last >= from && chunk.first <= to);
  // Rows that are results hold on to their events; only those of a query that counts are gone with their chunk.
  const isCounting = parsed.query.commands[0]?.kind === 'stats';
  for await (const { chunk, events } of cache.read(snapshot, chunks)) {
    signal?.throwIfAborted();
    addAll(run, chunk, events, { directory, group: groups.get(chunk.group) as NamedGroup, isCounting, now });
  }
  return run.result();
}

/** What AWS says to a query that cannot be read, with the place in it. */
export function malformedQuery({ message, column, length }: InsightsError): LogRefusal {
  const location = { startCharOffset: column - 1, endCharOffset: column - 1 + length };
  return new LogRefusal('MalformedQueryException', message, { queryCompileError: { location, message } });
}

interface EventSource {
  readonly directory: LogDirectory;
  readonly group: NamedGroup;
  readonly isCounting: boolean;
  readonly now: number;
}

function addAll(run: InsightsRun, chunk: ChunkHead, events: ChunkEvents, source: EventSource): void {
  const { directory, group, isCounting, now } = source;
  const oldest = group.retentionDays === undefined ? -Infinity : now - group.retentionDays * dayMillis;
  const log = `${localAccount}:${group.name}`;
  let at = 0;
  for (const part of chunk.parts) {
    const end = at + part.count;
    const logStream = directory.stream(part.stream)?.name;
    for (; at < end; at += 1) {
      if (logStream !== undefined && (events.times[at] as number) >= oldest) {
        const event = new ChunkEvent(chunk, events, at, part, logStream, log);
        run.add(isCounting ? event : event.detached());
      }
    }
  }
}

/** An event that reads its message when it is asked for. */
class ChunkEvent implements InsightsEvent {
  readonly #chunk: ChunkHead;
  readonly #events: ChunkEvents;
  readonly #at: number;
  readonly #part: ChunkPart;
  readonly logStream: string;
  readonly log: string;
  #message: string | undefined;

  constructor(chunk: ChunkHead, events: ChunkEvents, at: number, part: ChunkPart, logStream: string, log: string) {
    this.#chunk = chunk;
    this.#events = events;
    this.#at = at;
    this.#part = part;
    this.logStream = logStream;
    this.log = log;
  }

  get timestamp(): number {
    return this.#events.times[this.#at] as number;
  }

  get ingestionTime(): number {
    return this.#part.ingested;
  }

  get bytes(): number {
    return (this.#events.ends[this.#at] as number) - this.#start;
  }

  get message(): string {
    this.#message ??= this.#events.text.toString('utf8', this.#start, this.#events.ends[this.#at]);
    return this.#message;
  }

  get ptr(): string {
    return toEventPointer({ group: this.#chunk.group, sequence: this.#chunk.sequence + this.#at });
  }

  get #start(): number {
    return this.#at === 0 ? 0 : (this.#events.ends[this.#at - 1] as number);
  }

  /** The same without the chunk behind it. */
  detached(): InsightsEvent {
    const { timestamp, ingestionTime, bytes, message, logStream, log, ptr } = this;
    return { timestamp, ingestionTime, bytes, message, logStream, log, ptr };
  }
}

import { compileMatcher } from './eventMatcher.ts';
import type { EventPointer } from './eventPointer.ts';
import { comparePositions, type StoredEvent } from './eventQuery.ts';
import type { ChunkEvents } from './logChunk.ts';
import type { ChunkHead, LogDirectory } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';

export interface NewEventsQuery {
  readonly groups: readonly string[];
  /** For each group the number that the last answer gave; without them nothing is new yet. */
  readonly after?: readonly number[];
  readonly streams?: readonly string[];
  readonly streamPrefixes?: readonly string[];
  readonly pattern?: string;
  readonly limit: number;
}

export interface NewEvents {
  /** The newest ones where there were more than the limit. */
  readonly events: readonly StoredEvent[];
  readonly left: number;
  /** For the next question. */
  readonly after: readonly number[];
}

/** What came since the last question, whatever the times of the events. Throws `LogRefusal` for a group that is not there. */
export async function selectNew(source: LogSource, query: NewEventsQuery): Promise<NewEvents> {
  const { directory, cache, snapshot } = source;
  const matcher = compileMatcher(query.pattern, undefined);
  const events: StoredEvent[] = [];
  let left = 0;
  // Before anything is awaited: the directory goes on to what other questions see.
  const groups = query.groups.map((name, index) => freshOf(directory, name, query.after?.[index]));
  for (const { name, from, chunks } of groups) {
    for await (const { chunk, events: found } of cache.read(snapshot, chunks)) {
      for (const at of matcher.find(found)) {
        const event = chunk.sequence + at >= from ? eventAt(directory, name, chunk, found, at) : undefined;
        if (event !== undefined && isOfStreams(event.stream, query)) {
          events.push(event);
        }
      }
      if (events.length > query.limit * 2) {
        left += events.splice(0, events.length - query.limit).length;
      }
    }
  }
  left += Math.max(0, events.length - query.limit);
  const newest = events.slice(-query.limit).toSorted((a, b) => comparePositions(a.position, b.position));
  return { events: newest, left, after: groups.map(({ next }) => next) };
}

interface Fresh {
  readonly name: string;
  readonly from: number;
  readonly next: number;
  readonly chunks: readonly ChunkHead[];
}

/** The chunks of a group from a sequence number on; none of them where it is not known yet. */
function freshOf(directory: LogDirectory, name: string, after: number | undefined): Fresh {
  const chunks = directory.chunksOf(directory.group(name).id);
  const last = chunks.at(-1);
  const end = last === undefined ? 0 : last.sequence + last.count;
  const from = after ?? end;
  const fresh = chunks.filter((chunk) => chunk.sequence + chunk.count > from);
  return { name, from, next: Math.max(end, from), chunks: fresh };
}

/** One event; `undefined` where it is no more. */
export async function readAt(
  { directory, cache, snapshot }: LogSource,
  { group, sequence }: EventPointer,
): Promise<StoredEvent | undefined> {
  const named = directory.groups.find(({ id }) => id === group);
  const chunk = directory
    .chunksOf(group)
    .find((each) => each.sequence <= sequence && sequence < each.sequence + each.count);
  if (named === undefined || chunk === undefined) {
    return undefined;
  }
  for await (const { events } of cache.read(snapshot, [chunk])) {
    return eventAt(directory, named.name, chunk, events, sequence - chunk.sequence);
  }
  return undefined;
}

function eventAt(
  directory: LogDirectory,
  group: string,
  chunk: ChunkHead,
  { times, ends, text }: ChunkEvents,
  at: number,
): StoredEvent | undefined {
  let end = 0;
  const part = chunk.parts.find(({ count }) => at < (end += count));
  const stream = part === undefined ? undefined : directory.stream(part.stream)?.name;
  if (part === undefined || stream === undefined) {
    return undefined;
  }
  const time = times[at] as number;
  return {
    group,
    stream,
    time,
    ingested: part.ingested,
    message: text.toString('utf8', at === 0 ? 0 : ends[at - 1], ends[at]),
    position: { time, group: chunk.group, sequence: chunk.sequence + at },
  };
}

function isOfStreams(stream: string, { streams, streamPrefixes }: NewEventsQuery): boolean {
  return (
    (streams === undefined || streams.includes(stream)) &&
    (streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix)))
  );
}

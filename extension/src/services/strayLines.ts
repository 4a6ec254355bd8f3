import type { LogRowJson } from '@sightline/hub/client/logsApi';

/** A stream of log lines whose traces did not arrive: its program sends logs here, and its spans elsewhere. */
export interface StrayLines {
  readonly group: string;
  readonly stream: string;
  /** How many of its newest traces were looked for in vain. */
  readonly traces: number;
}

/** In how many of its newest traces a stream is judged: one may have been left out, or be late, and a program that was mended is to be well soon. */
const newestTraces = 5;
/** Streams that are judged at a time, those that were written last. */
const mostStreams = 10;

/** The first stream none of whose newest traces is known; `events` newest first, none so new that its spans may still be under way. */
export async function findStrayLines(
  events: readonly LogRowJson[],
  isKnown: (traceId: string) => Promise<boolean>,
): Promise<StrayLines | undefined> {
  for (const { group, stream, traceIds } of newestTracesOf(events).slice(0, mostStreams)) {
    // oxlint-disable-next-line no-await-in-loop -- in order, to ask as little as there is to ask.
    if (traceIds.size === newestTraces && !(await isAnyKnown(traceIds, isKnown))) {
      return { group, stream, traces: traceIds.size };
    }
  }
  return undefined;
}

/** One after the other: of a program that is well, the first is known. */
async function isAnyKnown(
  traceIds: ReadonlySet<string>,
  isKnown: (traceId: string) => Promise<boolean>,
): Promise<boolean> {
  for (const traceId of traceIds) {
    // oxlint-disable-next-line no-await-in-loop -- in order, to ask as little as there is to ask.
    if (await isKnown(traceId)) {
      return true;
    }
  }
  return false;
}

interface StreamTraces {
  readonly group: string;
  readonly stream: string;
  readonly traceIds: Set<string>;
}

function newestTracesOf(events: readonly LogRowJson[]): readonly StreamTraces[] {
  const streams = new Map<string, StreamTraces>();
  for (const { group, stream, traceId } of events) {
    if (traceId === undefined) {
      continue;
    }
    const key = JSON.stringify([group, stream]);
    const found = streams.get(key) ?? { group, stream, traceIds: new Set<string>() };
    streams.set(key, found);
    if (found.traceIds.size < newestTraces) {
      found.traceIds.add(traceId);
    }
  }
  return [...streams.values()];
}

import type { TraceRow } from '@sightline/hub/client/api';
import type { LogEventListQuery } from '@sightline/hub/client/hubClient';
import type { LogRowJson } from '@sightline/hub/client/logsApi';
import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';
import type { BesideLogLine, BesideLogLines, BesideSource, PlacedLine, TraceExtent } from './besideSource.ts';
import { HubSource } from './hubSource.ts';
import { ServiceStreams, isOfService, type LogPlace } from './serviceStreams.ts';

/** Log lines and errors that a trace shows at most. */
const maxLines = 200;
const maxErrors = 20;
/** Guesses are for traces with few lines of their own, so a few are enough. */
const maxGuesses = 50;
/** Streams that are looked through for lines without an id. */
const maxPlaces = 5;
/** A server writes the line about a request when it has answered, which may be after its span has ended. */
const lateNanos = 50_000_000n;
/** Traces that are looked through for the one of a line. */
const maxTraces = 1000;
/** CloudWatch Logs' times have no finer part, so a line may seem to be before its request. */
const millisecond = 1_000_000n;
/** Lines before and shortly after another tell who writes there. */
const aroundNanos = 10_000_000_000n;

/** What the local hub knows beside the spans of a trace. */
export class HubBesideSource extends HubSource implements BesideSource {
  readonly #streams = new ServiceStreams();

  async listLogLines(extent: TraceExtent, signal?: AbortSignal): Promise<BesideLogLines> {
    const named = await this.#lines({ trace: extent.traceId, limit: maxLines }, signal);
    for (const line of named.lines) {
      this.#streams.note(extent.service, line);
    }
    const guessed = (await this.#guessed(extent, signal)).filter(({ traceId }) => traceId === undefined);
    const known = new Set(named.lines.map(({ id }) => id));
    const lines: BesideLogLine[] = [
      ...named.lines.map((line) => ({ ...line, isGuess: false })),
      ...guessed.filter(({ id }) => !known.has(id)).map((line) => ({ ...line, isGuess: true })),
    ];
    return { lines: lines.toSorted(byTime), hasMore: named.hasMore };
  }

  async guessTraces({ group, stream, time }: PlacedLine, signal?: AbortSignal): Promise<readonly TraceRow[]> {
    const query = { group, streams: [stream], to: String(BigInt(time) + aroundNanos), limit: maxLines };
    const [{ traces }, { lines }] = await Promise.all([
      this.ask((client) => client.listTraces({ limit: maxTraces, health: 'exclude' }, signal)),
      this.#lines(query, signal),
    ]);
    // Who writes to that stream, is told by its other lines.
    const named = new Set(lines.map(({ traceId }) => traceId));
    const services = new Set(traces.filter(({ id }) => named.has(id)).map(({ service }) => service));
    return traces.filter(
      (row) => isUnderWay(row, time) && (services.has(row.service) || isOfService(group, row.service)),
    );
  }

  async listErrors(traceId: string, signal?: AbortSignal): Promise<readonly OccurrenceJson[]> {
    const page = await this.ask((client) => client.listOccurrencesOfTrace(traceId, maxErrors, signal));
    return page.occurrences.toReversed();
  }

  async #guessed({ service, startTime, endTime }: TraceExtent, signal?: AbortSignal): Promise<readonly LogRowJson[]> {
    const places = await this.#placesOf(service, signal);
    const from = String(BigInt(startTime) - millisecond);
    const to = String(BigInt(endTime) + lateNanos);
    const pages = await Promise.all(
      places.map(({ group, stream }) =>
        this.#lines({ group, ...(stream !== undefined && { streams: [stream] }), from, to, limit: maxGuesses }, signal),
      ),
    );
    return pages.flatMap(({ lines }) => lines);
  }

  /** Where a service writes: the streams in which lines of its traces were, else the groups that are called like it. */
  async #placesOf(service: string, signal?: AbortSignal): Promise<readonly LogPlace[]> {
    const known = this.#streams.of(service);
    if (known.length > 0) {
      return known.slice(-maxPlaces);
    }
    const { groups } = await this.ask((client) => client.listLogGroups('', signal));
    return groups
      .filter(({ name }) => isOfService(name, service))
      .map(({ name }) => ({ group: name, stream: undefined }))
      .slice(0, maxPlaces);
  }

  async #lines(
    query: LogEventListQuery,
    signal?: AbortSignal,
  ): Promise<{ readonly lines: readonly LogRowJson[]; readonly hasMore: boolean }> {
    const page = await this.ask((client) => client.listLogEvents(query, signal));
    return { lines: page?.events ?? [], hasMore: page?.next !== undefined };
  }
}

function isUnderWay({ startTime, durationNanos }: TraceRow, time: string): boolean {
  const start = BigInt(startTime);
  return BigInt(time) >= start - millisecond && BigInt(time) <= start + BigInt(durationNanos) + lateNanos;
}

function byTime(one: LogRowJson, other: LogRowJson): number {
  const [earlier, later] = [BigInt(one.time), BigInt(other.time)];
  return earlier === later ? 0 : earlier < later ? -1 : 1;
}

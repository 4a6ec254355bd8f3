import { parseTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import type { Span } from '@sightline/telemetry/model/span';
import type { EpochNanos } from '@sightline/telemetry/model/units';
import type { ServiceMap } from '@sightline/telemetry/view/serviceMap';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import type { Counters } from '../memory/counters.ts';
import type { GroupReader } from '../read/groupReader.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import { parseTraceCursor, toTraceCursor } from '../read/traceCursor.ts';
import type { FoundTraces, TracePage, TraceSelection } from '../traceAnalysis.ts';
import type { AnalysisQuestion } from './analysisQuestion.ts';
import { collectFilterFacts } from './filterFacts.ts';
import { MapCounter } from './mapCounter.ts';
import { RecentTraces } from './recentTraces.ts';
import { startOf } from './selectionWindow.ts';
import { SummaryTexts } from './summaryTexts.ts';
import { TraceDecoder } from './traceDecoder.ts';
import { TraceFinder } from './traceFinder.ts';
import { timeSeriesOf } from './timeSeries.ts';
import type { DigestChunk } from './traceDigests.ts';
import { stepsPerPage, tracesPerStep } from './traceWalk.ts';

/** A page ends after this long, with what has been found and summarized until then. */
const pageMillis = 35;
/** Digests that nobody has asked for in this time are let go. */
const idleMillis = 300_000;

type FoundTrace = FoundTraces['traces'][number];

/** Answers questions over many traces, in the reader thread. */
export class TraceAnalyst {
  readonly #index: SharedIndex;
  readonly #counters: Counters;
  readonly #decoder: TraceDecoder;
  readonly #recent: RecentTraces;
  #kept: TraceFinder | undefined;
  #summaries = new SummaryTexts();
  #idle: NodeJS.Timeout | undefined;

  constructor(index: SharedIndex, counters: Counters, groups: () => GroupReader) {
    this.#index = index;
    this.#counters = counters;
    this.#decoder = new TraceDecoder(index, groups);
    this.#recent = new RecentTraces(index);
  }

  /** The answer, or the steps that lead to it. */
  answer(question: AnalysisQuestion): unknown {
    switch (question.name) {
      case 'findTraces':
        return this.#find(question.selection, question.page);
      case 'loadSpans':
        return this.#loadSpans(question.traceId);
      case 'serviceMap':
        return this.#map(question.selection);
      case 'serviceMapOfTraces':
        return this.#mapOf(question.traceIds);
      case 'timeSeries':
        return timeSeriesOf(this.finder, question);
      case 'filterFacts':
        return collectFilterFacts(this.#index, this.finder, this.#decoder);
      case 'countRecent':
        return this.#recent.count(question.now);
    }
  }

  /** What is remembered between questions; forgotten once nobody has asked for a while. */
  get finder(): TraceFinder {
    this.#kept ??= new TraceFinder(this.#index, this.#counters, this.#decoder);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#kept = undefined;
      this.#summaries = new SummaryTexts();
    }, idleMillis).unref();
    return this.#kept;
  }

  close(): void {
    clearTimeout(this.#idle);
  }

  *#find(
    selection: TraceSelection,
    { limit, after, summarizedShare = 0 }: TracePage,
  ): Generator<undefined, FoundTraces> {
    const until = performance.now() + pageMillis;
    const traces: FoundTrace[] = [];
    const cursor = after === undefined ? undefined : parseTraceCursor(after);
    const { finder } = this;
    const walk = finder.walk(selection, cursor);
    const onFound = (slot: number, chunk: DigestChunk): void => {
      const found = this.#found(slot, chunk, walk.momentOf(slot, chunk), selection);
      const summary =
        found !== undefined && isInShare(found.id, summarizedShare)
          ? this.#summaries.of(slot, found, finder)
          : undefined;
      if (found !== undefined) {
        traces.push({ ...found, ...(summary === undefined ? {} : { summary }) });
      }
    };
    for (let steps = 1; !walk.isAtEnd; steps += 1) {
      walk.next(selection.plan === undefined ? 1 : tracesPerStep, until, onFound);
      if (traces.length >= limit || (steps >= stepsPerPage && performance.now() >= until)) {
        break;
      }
      yield;
    }
    return { traces, processed: walk.looked, ...(walk.isAtEnd ? {} : { next: toTraceCursor(walk.last) }) };
  }

  #found(
    slot: number,
    digests: DigestChunk,
    moment: EpochNanos | undefined,
    { timeRangeType = 'TraceId' }: TraceSelection,
  ): FoundTrace | undefined {
    const chunk = this.#index.chunkOf(slot);
    const at = slot % tracesPerChunk;
    return chunk === undefined
      ? undefined
      : {
          id: traceIdAt(chunk, at),
          startTime: startOf(digests, at),
          revision: chunk.columns.revision[at] as number,
          ...(timeRangeType === 'Event' && moment !== undefined ? { matchedEventTime: moment } : {}),
        };
  }

  #loadSpans(text: string): readonly Span[] | undefined {
    const traceId = parseTraceId(text);
    const slot = traceId === undefined ? -1 : this.#index.slotOf(traceId);
    // A page of summaries asks for traces that came together.
    const spans = slot === -1 ? [] : this.#decoder.spansNear(slot);
    return spans.length === 0 ? undefined : spans;
  }

  *#map(selection: TraceSelection): Generator<undefined, ServiceMap> {
    const { finder } = this;
    const counter = new MapCounter(finder.digests);
    const walk = finder.walk(selection);
    while (!walk.isAtEnd) {
      walk.next(tracesPerStep, Number.POSITIVE_INFINITY, (slot, chunk) => counter.add(slot, chunk));
      yield;
    }
    return counter.build();
  }

  *#mapOf(traceIds: readonly string[]): Generator<undefined, ServiceMap> {
    const { digests } = this.finder;
    const counter = new MapCounter(digests);
    const slots = new Set<number>();
    for (const text of traceIds) {
      const traceId: TraceId | undefined = parseTraceId(text);
      slots.add(traceId === undefined ? -1 : this.#index.slotOf(traceId));
      yield;
    }
    for (const slot of slots) {
      const chunk = slot === -1 ? undefined : digests.chunkOf(slot);
      if (chunk !== undefined) {
        counter.add(slot, chunk);
      }
      yield;
    }
    return counter.build();
  }
}

/** The end of an id is random, in X-Ray's ids too. */
function isInShare(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < share * 2 ** 32;
}

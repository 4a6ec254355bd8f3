import { matchesTrace, type FilterableTrace } from '@sightline/telemetry/language/filterExpressionMatch';
import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { sampleOf, StatisticsAccumulator } from '@sightline/telemetry/view/requestStatistics';
import { requestsOfTrace, type TraceCall, type TraceRequest } from '@sightline/telemetry/view/traceRequests';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { TimeSeriesEntity, TimeSeriesPoint, TraceSelection } from '../traceAnalysis.ts';
import type { AnalysisQuestion } from './analysisQuestion.ts';
import { entryBits, type EntryColumns } from './digestColumns.ts';
import { startOf } from './selectionWindow.ts';
import type { TraceFinder } from './traceFinder.ts';
import type { DigestChunk } from './traceDigests.ts';
import { entryTestOf } from './tracePlan.ts';
import { tracesPerStep } from './traceWalk.ts';
import { verdict } from './verdict.ts';

/** What comes in from outside, whoever takes it: without a choice of service or edge, this is what a trace stands for. */
const entrances: TimeSeriesEntity = { kind: 'edge', source: { type: 'client' }, destination: {} };

const maxPoints = 100_000;

/** Statistics by period of the requests to a service or the calls on an edge, each counted when it began. */
export function* timeSeriesOf(
  finder: TraceFinder,
  { selection, periodSeconds, entity = entrances }: Extract<AnalysisQuestion, { readonly name: 'timeSeries' }>,
): Generator<undefined, TimeSeriesPoint[]> {
  const series = new Series(finder, selection, periodSeconds, entity);
  const walk = finder.walk(selection);
  while (!walk.isAtEnd) {
    walk.next(tracesPerStep, Number.POSITIVE_INFINITY, (slot, chunk) => series.add(slot, chunk));
    yield;
  }
  return series.points();
}

class Series {
  readonly #finder: TraceFinder;
  readonly #entity: TimeSeriesEntity;
  readonly #test: ReturnType<typeof entryTestOf>;
  readonly #from: bigint;
  readonly #period: bigint;
  readonly #points: StatisticsAccumulator[];

  constructor(finder: TraceFinder, { from, to }: TraceSelection, periodSeconds: number, entity: TimeSeriesEntity) {
    this.#finder = finder;
    this.#entity = entity;
    this.#test = entryTestOf(entity, finder.texts);
    this.#from = from;
    this.#period = BigInt(Math.round(periodSeconds * 1e9));
    const count = this.#period <= 0n ? 0 : Number((to - from) / this.#period) + 1;
    if (count < 1 || count > maxPoints) {
      throw new RangeError(`A time series has 1 to ${maxPoints} points, not ${count}.`);
    }
    this.#points = Array.from({ length: count }, () => new StatisticsAccumulator());
  }

  add(slot: number, chunk: DigestChunk): void {
    const at = slot % tracesPerChunk;
    const firstCall = (chunk.from[at] as number) + (chunk.requests[at] as number);
    const [from, to] =
      this.#entity.kind === 'service'
        ? [chunk.from[at] as number, firstCall]
        : [firstCall, firstCall + (chunk.calls[at] as number)];
    const passed: number[] = [];
    for (let entry = from; entry < to; entry += 1) {
      const one = this.#test(chunk.entries, entry, slot);
      if (one === verdict.maybe) {
        this.#addDecoded(slot);
        return;
      }
      if (one === verdict.yes) {
        passed.push(entry);
      }
    }
    for (const entry of passed) {
      this.#addEntry(chunk.entries, entry, startOf(chunk, at));
    }
  }

  points(): TimeSeriesPoint[] {
    return this.#points.map((point, index) => ({
      from: epochNanos(this.#from + BigInt(index) * this.#period),
      statistics: point.statistics(),
      responseTimes: point.responseTimes(),
    }));
  }

  #addEntry(entries: EntryColumns, entry: number, start: EpochNanos): void {
    const response = entries.response[entry] as number;
    if (Number.isNaN(response)) {
      return;
    }
    const bits = entries.bits[entry] as number;
    this.#pointAt(start + BigInt(entries.start[entry] as number))?.add({
      outcome:
        (bits & entryBits.throttle) !== 0
          ? 'throttle'
          : (bits & entryBits.error) !== 0
            ? 'error'
            : (bits & entryBits.fault) !== 0
              ? 'fault'
              : 'ok',
      responseNanos: response,
    });
  }

  /** Where columns do not say enough: each request or call for itself, as the only one of a trace. */
  #addDecoded(slot: number): void {
    const trace = requestsOfTrace(this.#finder.decoder.spansNear(slot));
    const candidates: readonly (TraceRequest | TraceCall)[] =
      this.#entity.kind === 'service' ? trace.requests : trace.calls;
    for (const candidate of candidates) {
      const alone: FilterableTrace =
        'source' in candidate
          ? { ...trace, requests: [], calls: [candidate] }
          : { ...trace, requests: [candidate], calls: [] };
      const sample = matchesTrace(this.#entity, alone) ? sampleOf(candidate) : undefined;
      if (sample !== undefined) {
        this.#pointAt(candidate.startTime)?.add(sample);
      }
    }
  }

  #pointAt(moment: bigint): StatisticsAccumulator | undefined {
    return moment < this.#from ? undefined : this.#points[Number((moment - this.#from) / this.#period)];
  }
}

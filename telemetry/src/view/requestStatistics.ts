import type { FilterableRequest } from '../language/filterExpressionMatch.ts';
import { bucketOfNanos, Histogram } from './histogram.ts';
import type { HistogramEntry, RequestStatistics } from './serviceMap.ts';

/** How a request ended, in the order in which X-Ray asks: one that was throttled is no other error. */
export type RequestOutcome = 'throttle' | 'error' | 'fault' | 'ok';

/** One request for the statistics. */
export interface RequestSample {
  readonly outcome: RequestOutcome;
  readonly responseNanos: number;
  /** Absent: as long as the response took. */
  readonly durationNanos?: number;
}

export function outcomeOf({
  isThrottle,
  isError,
  isFault,
}: Pick<FilterableRequest, 'isThrottle' | 'isError' | 'isFault'>): RequestOutcome {
  return isThrottle ? 'throttle' : isError ? 'error' : isFault ? 'fault' : 'ok';
}

/** What a request counts as; `undefined` while it has no response. */
export function sampleOf(request: FilterableRequest): RequestSample | undefined {
  const { responseTime, duration } = request;
  return responseTime === undefined
    ? undefined
    : {
        outcome: outcomeOf(request),
        responseNanos: Number(responseTime),
        ...(duration === undefined ? {} : { durationNanos: Number(duration) }),
      };
}

/** Counts requests that have ended. */
export class StatisticsAccumulator {
  readonly #counts: Record<RequestOutcome, number> = { ok: 0, throttle: 0, error: 0, fault: 0 };
  readonly #responseTimes = new Histogram();
  readonly #durations = new Histogram();
  #responseSeconds = 0;

  add({ outcome, responseNanos, durationNanos = responseNanos }: RequestSample): void {
    this.#counts[outcome] += 1;
    this.#responseSeconds += Math.max(0, responseNanos) / 1e9;
    this.#responseTimes.add(bucketOfNanos(responseNanos));
    this.#durations.add(bucketOfNanos(durationNanos));
  }

  /** Adds what was counted elsewhere. */
  addCounted(
    statistics: RequestStatistics,
    responseTimes: readonly HistogramEntry[],
    durations: readonly HistogramEntry[],
  ): void {
    for (const outcome of ['ok', 'throttle', 'error', 'fault'] as const) {
      this.#counts[outcome] += statistics[outcome];
    }
    this.#responseSeconds += statistics.totalResponseSeconds;
    this.#responseTimes.addEntries(responseTimes);
    this.#durations.addEntries(durations);
  }

  statistics(): RequestStatistics {
    const { ok, throttle, error, fault } = this.#counts;
    const total = ok + throttle + error + fault;
    return { ok, throttle, error, fault, total, totalResponseSeconds: this.#responseSeconds };
  }

  responseTimes(): HistogramEntry[] {
    return this.#responseTimes.entries();
  }

  durations(): HistogramEntry[] {
    return this.#durations.entries();
  }
}

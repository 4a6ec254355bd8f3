import type { TraceId } from '@sightline/telemetry/model/ids';
import type { EpochNanos } from '@sightline/telemetry/model/units';
import { toTraceSummary } from '@sightline/telemetry/view/xraySummary';
import type { TraceFinder } from './traceFinder.ts';

/** Summaries that are remembered: who looks at traces asks for the newest again and again. */
const keptSummaries = 500;

interface FoundTrace {
  readonly id: string;
  readonly revision: number;
  readonly matchedEventTime?: EpochNanos;
}

/**
 * Makes the summaries of traces where they are decoded, as JSON: a text goes from thread to thread in a fraction of the time that the
 * spans or the summary would take.
 */
export class SummaryTexts {
  readonly #kept = new Map<number, { readonly revision: number; readonly text: string }>();

  /** `undefined` where the trace has just gone. */
  of(slot: number, found: FoundTrace, finder: TraceFinder): string | undefined {
    const known = this.#kept.get(slot);
    if (known?.revision === found.revision && found.matchedEventTime === undefined) {
      return known.text;
    }
    const trace = finder.requestsOf(slot);
    if (trace.requests.length === 0 && trace.calls.length === 0 && trace.startTime === 0n) {
      return undefined;
    }
    const text = JSON.stringify(toTraceSummary(found.id as TraceId, trace, found));
    if (found.matchedEventTime === undefined) {
      this.#keep(slot, found.revision, text);
    }
    return text;
  }

  #keep(slot: number, revision: number, text: string): void {
    this.#kept.delete(slot);
    this.#kept.set(slot, { revision, text });
    if (this.#kept.size > keptSummaries) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as number);
    }
  }
}

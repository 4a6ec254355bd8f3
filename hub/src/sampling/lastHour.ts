import { dryRun, type DryRun } from '@sightline/telemetry/sampling/dryRun';
import type { DryRunJson } from '../client/samplingApi.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { loadObservedRequests, type ObservedPattern } from './observedRequests.ts';
import type { Sampling } from './sampling.ts';
import { samplingNotes } from './samplingNotes.ts';

/** Kinds of requests in an answer. */
const mostRequests = 200;
const reportedSeconds = 600;

/** What the rules, as they are now, would do with the requests of the last hour. `now` is epoch milliseconds. */
export async function dryRunLastHour(
  sampling: Sampling,
  store: TelemetryStore,
  now: number,
  signal?: AbortSignal,
): Promise<DryRunJson> {
  const [records, observed] = await Promise.all([sampling.rules.list(), loadObservedRequests(store, now, signal)]);
  const rules = records.map(({ rule }) => rule);
  const run = dryRun(rules, observed.patterns);
  const sdks = [...new Set(observed.patterns.map(({ sdk }) => sdk))];
  const used = new Set(run.requests.map(({ rule }) => rule));
  const reported = new Map(
    rules.flatMap(({ RuleName }) => {
      const { requests, sampled, borrowed } = sampling.activityOf(RuleName, reportedSeconds);
      const leftOut = requests - sampled - borrowed;
      return leftOut > 0 ? [[RuleName, leftOut]] : [];
    }),
  );
  const seen = leftOutByRule(observed.patterns, run);
  const requests = run.requests.toSorted((one, other) => other.count - one.count);
  return {
    from: String(observed.from),
    to: String(observed.to),
    traces: observed.traces,
    isPartial: observed.isPartial,
    decidedByCaller: observed.decidedByCaller,
    requests: requests
      .slice(0, mostRequests)
      .map(({ pattern: { request, sdk }, ...forecast }) => ({ request, sdk, ...forecast })),
    omitted: Math.max(0, requests.length - mostRequests),
    // What SDKs report of a rule is reason enough for it; what it left out then is no trace.
    rules: run.rules.map(({ missed, ...forecast }) =>
      missed === undefined || reported.has(forecast.rule) ? forecast : { ...forecast, missed },
    ),
    notes: [
      ...samplingNotes(
        sampling,
        sdks,
        rules.filter(({ RuleName }) => used.has(RuleName)),
      ),
      ...leftOutNotes(reported, leftOutByRule(observed.patterns, run, now / 1_000 - reportedSeconds)),
      ...(seen.size === 0 ? [] : [otherTracesNote(sumOf(seen))]),
    ],
  };
}

/** What OpenTelemetry alone reports of each rule's requests, of all seconds or from one on. */
function leftOutByRule(patterns: readonly ObservedPattern[], run: DryRun, from = 0): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  run.requests.forEach(({ rule = '' }, index) => {
    for (const [second, count] of patterns[index]?.leftOut ?? []) {
      if (second >= from) {
        counts.set(rule, (counts.get(rule) ?? 0) + count);
      }
    }
  });
  return counts;
}

/** What SDKs report to have left out, as far as OpenTelemetry does not know of it either. */
function leftOutNotes(reported: ReadonlyMap<string, number>, seen: ReadonlyMap<string, number>): readonly string[] {
  return [...reported].flatMap(([rule, leftOut]) => {
    const missing = leftOut - (seen.get(rule) ?? 0);
    return missing > 0
      ? [`${rule} left out ${missing} in the last ${reportedSeconds / 60} minutes, as SDKs report; they are not here.`]
      : [];
  });
}

function otherTracesNote(count: number): string {
  return `${count} of these requests ${count === 1 ? 'was' : 'were'} left out by the X-Ray SDK and ${count === 1 ? 'is' : 'are'} known by OpenTelemetry, whose own traces are kept whatever the rules say: the Traces view shows them all the same.`;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

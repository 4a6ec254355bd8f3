import { dryRun } from '@sightline/telemetry/sampling/dryRun';
import type { DryRunJson } from '../client/samplingApi.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { loadObservedRequests } from './observedRequests.ts';
import type { Sampling } from './sampling.ts';
import { samplingNotes } from './samplingNotes.ts';

/** Kinds of requests in an answer. */
const mostRequests = 200;

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
    rules: run.rules,
    notes: samplingNotes(
      sampling,
      sdks,
      rules.filter(({ RuleName }) => used.has(RuleName)),
    ),
  };
}

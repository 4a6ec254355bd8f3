import { dryRun } from '@sightline/telemetry/sampling/dryRun';
import type { DryRunJson } from '../client/samplingApi.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { loadObservedRequests } from './observedRequests.ts';
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
      ...[...reported].map(
        ([rule, leftOut]) =>
          `${rule} left out ${leftOut} in the last ${reportedSeconds / 60} minutes, as SDKs report; they are not here.`,
      ),
    ],
  };
}

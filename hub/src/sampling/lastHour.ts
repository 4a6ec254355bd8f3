import { dryRunOf } from '../client/dryRunOf.ts';
import { loadObservedRequests, type RecentTraces } from '../client/observedRequests.ts';
import type { DryRunJson } from '../client/samplingApi.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import type { Sampling } from './sampling.ts';
import { samplingNotes } from './samplingNotes.ts';

const reportedSeconds = 600;
const limits = { pageSize: 500, mostTraces: 5_000, mostMillis: 3_000, atATime: 16 };

/** What the rules, as they are now, would do with the requests of the last hour. `now` is epoch milliseconds. */
export async function dryRunLastHour(
  sampling: Sampling,
  store: TelemetryStore,
  now: number,
  signal?: AbortSignal,
): Promise<DryRunJson> {
  const [records, observed] = await Promise.all([
    sampling.rules.list(),
    loadObservedRequests(recentTracesOf(store), now, signal),
  ]);
  const rules = records.map(({ rule }) => rule);
  const leftOut = new Map(
    rules.flatMap(({ RuleName }) => {
      const { requests, sampled, borrowed } = sampling.activityOf(RuleName, reportedSeconds);
      const count = requests - sampled - borrowed;
      return count > 0 ? [[RuleName, count]] : [];
    }),
  );
  return dryRunOf(rules, observed, {
    now,
    reported: { seconds: reportedSeconds, leftOut },
    notes: (sdks, used) => samplingNotes(sampling, sdks, used),
  });
}

/** The traces of the store, a few loaded at a time, so that views are answered in between. */
export function recentTracesOf(store: Pick<TelemetryStore, 'listTraces' | 'loadTrace'>): RecentTraces {
  return {
    limits,
    listTraces: (query, signal) => store.listTraces(query, signal),
    loadSpans: async (ids, signal) => {
      const details = await Promise.all(ids.map((id) => store.loadTrace(id, signal)));
      return details.map((detail) => detail?.spans ?? []);
    },
  };
}

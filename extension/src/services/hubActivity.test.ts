import type { StatsReply } from '@sightline/hub/client/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { HubActivity } from './hubActivity.ts';
import type { HubState } from './hubState.ts';

const running: HubState = {
  kind: 'running',
  hub: { pid: 1, version: '1', dataDir: '', endpoints: { api: '' }, startedAt: new Date(0), origin: 'started' },
};

/** The activity of a hub that has so many traces; `set` is what its session says of it, `change` what its change feed does. */
function watch(): {
  activity: HubActivity;
  set: (state: HubState) => void;
  change: () => void;
  traces: { count: number };
} {
  const changed = new Emitter<HubState>();
  const session = { state: running, onDidChange: changed.event };
  const traces = { count: 3 };
  let change: (() => void) | undefined;
  const activity = new HubActivity(session, {
    stats: () => Promise.resolve({ traces: traces.count } as StatsReply),
    listTraces: () => Promise.resolve({ traces: [] }),
    listLogEvents: () => Promise.resolve(undefined),
    loadTreeRows: () => Promise.resolve(undefined),
    listSamplingRules: () => Promise.reject(new Error('nobody asks')),
    subscribe: (listener) => {
      change = (): void =>
        listener.onChange?.({ revision: 1, traces: [], logs: false, problems: false, removed: false });
      return () => undefined;
    },
  });
  onTestFinished(() => activity.dispose());
  const set = (state: HubState): void => {
    session.state = state;
    changed.fire(state);
  };
  return { activity, set, change: () => change?.(), traces };
}

async function check(activity: HubActivity, expected: number | undefined): Promise<void> {
  await vi.waitFor(() => expect(activity.stats?.traces).toBe(expected), { timeout: 20_000 });
}

test('the counts are looked up again after the hub was lost in the middle of a change', async () => {
  const { activity, set, change, traces } = watch();
  await check(activity, 3);
  change();
  set({ kind: 'lost', message: 'killed' });
  await check(activity, undefined);
  traces.count = 4;
  set(running);
  await check(activity, 4);
});

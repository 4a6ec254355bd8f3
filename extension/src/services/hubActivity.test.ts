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
  traces: { count: number; counted: number };
} {
  const changed = new Emitter<HubState>();
  const session = { state: running, onDidChange: changed.event };
  const traces = { count: 3, counted: 0 };
  let change: (() => void) | undefined;
  const activity = new HubActivity(session, {
    stats: () => Promise.resolve({ traces: traces.count } as StatsReply),
    countRecentTraces: () => {
      traces.counted += 1;
      return Promise.resolve({ lastMinute: traces.count, failedInFive: 1 });
    },
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

test('what came lately is not asked for while nothing comes', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { change, traces } = watch();
  await vi.advanceTimersByTimeAsync(405_000);
  const { counted } = traces;
  expect(counted).toBeGreaterThan(1);
  await vi.advanceTimersByTimeAsync(400_000);
  expect(traces.counted).toBe(counted);
  change();
  await vi.advanceTimersByTimeAsync(500);
  expect(traces.counted).toBe(counted + 1);
});

test('while much comes, it is asked for every two seconds', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { change, traces } = watch();
  for (let changes = 0; changes < 195; changes += 1) {
    change();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(traces.counted).toBe(10);
});

test('what came lately is what the hub counted; a hub that is lost has no numbers', async () => {
  const { activity, set } = watch();
  await check(activity, 3);
  expect(activity.activity).toEqual({ tracesPerMinute: 3, recentErrors: 1 });
  set({ kind: 'lost', message: 'killed' });
  expect(activity.activity).toEqual({ tracesPerMinute: 0, recentErrors: 0 });
});

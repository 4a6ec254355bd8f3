import { expect, test } from 'vitest';
import { noActivity, type Activity } from './activity.ts';
import type { HubState } from './hubState.ts';
import { statusTextOf } from './statusText.ts';

const running = { kind: 'running' } as HubState;

function check(hub: HubState, activity: Partial<Activity>, expected: string | undefined): void {
  expect(statusTextOf(hub, { ...noActivity, ...activity })?.text).toBe(expected);
}

test('while the hub runs, the rate and the errors are shown; no errors are not', () => {
  check(running, { tracesPerMinute: 12 }, '$(pulse) 12/min');
  check(running, { tracesPerMinute: 200, isMore: true, recentErrors: 3 }, '$(pulse) 200+/min $(error) 3');
});

test('while the hub does not run, its state is shown, or nothing when nobody wants it', () => {
  check({ kind: 'off' }, {}, undefined);
  check({ kind: 'stopped' }, {}, undefined);
  check({ kind: 'starting' }, {}, '$(loading~spin) Sightline');
  check({ kind: 'lost', message: '' }, {}, '$(warning) Sightline: hub lost');
  check({ kind: 'failed', message: '' }, {}, '$(warning) Sightline: hub failed');
});

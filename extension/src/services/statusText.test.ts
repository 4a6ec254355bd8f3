import { expect, test } from 'vitest';
import { noActivity, type Activity } from './activity.ts';
import type { HubState } from './hubState.ts';
import { statusTextOf, type Worries } from './statusText.ts';

const running = { kind: 'running' } as HubState;

function check(
  hub: HubState,
  activity: Partial<Activity>,
  expected: string | undefined,
  worries: Partial<Worries> = {},
): void {
  const text = statusTextOf(hub, { ...noActivity, ...activity }, { unseenProblems: 0, ended: [], ...worries });
  expect(text?.text).toBe(expected);
}

test('while the hub runs, the rate and the errors are shown; no errors are not', () => {
  check(running, { tracesPerMinute: 12 }, '$(pulse) 12/min');
  check(running, { tracesPerMinute: 160_000, recentErrors: 3184 }, '$(pulse) 160,000/min $(error) 3,184');
});

test('the tooltip says of whom and of when the numbers are', () => {
  expect(statusTextOf(running, { tracesPerMinute: 160_000, recentErrors: 3184 })?.tooltip).toBe(
    "Sightline's hub: 160,000 traces in the last minute, 3,184 with errors in the last five.",
  );
  expect(statusTextOf(running, { tracesPerMinute: 1, recentErrors: 0 })?.tooltip).toBe(
    "Sightline's hub: 1 trace in the last minute, 0 with errors in the last five.",
  );
});

test('while the hub does not run, its state is shown, or nothing when nobody wants it', () => {
  check({ kind: 'off' }, {}, undefined);
  check({ kind: 'stopped' }, {}, undefined);
  check({ kind: 'starting' }, {}, '$(loading~spin) Sightline');
  check({ kind: 'lost', message: '' }, {}, '$(warning) Sightline: hub lost');
  check({ kind: 'failed', message: '' }, {}, '$(warning) Sightline: hub failed');
});

test('problems that nobody has looked at are counted, and a click shows them', () => {
  check(running, { recentErrors: 1 }, '$(pulse) 0/min $(error) 1 $(warning) 3', { unseenProblems: 3 });
  expect(statusTextOf(running, noActivity, { unseenProblems: 1, ended: [] })).toMatchObject({
    tooltip: expect.stringContaining('1 problem with received data'),
    command: 'sightline.showProblems',
  });
});

test('a service that ended by itself is a warning with its sentence, unless the hub itself is gone', () => {
  const ended = [{ name: 'backend', sentence: 'The backend was ended by SIGKILL.' }];
  check(running, {}, '$(warning) Sightline: backend ended', { ended });
  check({ kind: 'failed', message: '' }, {}, '$(warning) Sightline: hub failed', { ended });
  expect(statusTextOf(running, noActivity, { unseenProblems: 0, ended })).toMatchObject({
    tooltip: 'The backend was ended by SIGKILL.',
    isWarning: true,
  });
});

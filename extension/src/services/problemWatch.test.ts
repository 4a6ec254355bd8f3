import type { ProblemJson, StatsReply } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { ProblemWatch } from './problemWatch.ts';

/** A hub with so many problems after each other, a person who has seen some, and what is unseen then. */
function watch(seenBefore: number) {
  const changed = new Emitter<void>();
  let stats: StatsReply | undefined;
  let seen = seenBefore;
  const problem = { id: 1, time: '0', receiver: 'otlpHttp', place: 'body', message: 'cut off' } satisfies ProblemJson;
  const made = new ProblemWatch({
    activity: {
      get stats() {
        return stats;
      },
      onDidChange: changed.event,
    },
    client: { listProblems: async () => ({ problems: [problem] }) },
    seen: { get: () => seen, set: (count) => (seen = count) },
  });
  const unseenAt = (problems: number | undefined): number => {
    stats = problems === undefined ? undefined : ({ problems } as StatsReply);
    changed.fire();
    return made.unseen;
  };
  return { made, unseenAt };
}

test('problems are unseen until they are looked at, over a restart of the hub too', () => {
  const { made, unseenAt } = watch(2);
  expect([unseenAt(2), unseenAt(5), unseenAt(undefined)]).toEqual([0, 3, 3]);
  made.noteSeen();
  expect([made.unseen, unseenAt(6)]).toEqual([0, 1]);
});

test('after the list was cleared, the first is new again', () => {
  const { unseenAt } = watch(7);
  expect([unseenAt(7), unseenAt(0), unseenAt(1)]).toEqual([0, 0, 1]);
});

test('the newest is asked for when their number changes', async () => {
  const { made, unseenAt } = watch(0);
  unseenAt(1);
  await expect.poll(() => made.newest?.message).toBe('cut off');
});

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalFile } from './logJournal.ts';
import { LogLife, LogWorld } from './testing/logLives.ts';

/** What each of a series of runs puts: a page of five batches in two streams, one of them refused, and a page of one. */
async function putTwoPages(world: LogWorld, run: number): Promise<void> {
  const [one, two] = [`one-${run}`, `two-${run}`];
  await world.makeStreams(one, 'a', 'b');
  await world.makeStreams(two, 'c');
  await world.put(one, 'b', 6, 'b1');
  await world.put(one, 'a', 6, 'a1', 'a2');
  await world.put(one, 'a', 4, 'refused', 'a3');
  await world.put(one, 'a', 2, 'a4');
  await world.put(one, 'b', 4, 'b2', 'b3', 'b4');
  await world.put(two, 'c', 0, 'c1');
}

const allBatches = ['a: a1|a2', 'a: a4', 'b: b1', 'b: b2|b3|b4', 'c: c1'];
const lines = 8;

/** Kills a hub at these steps of its lives, lets the next one end the work, and compares what arrived and what was counted. */
async function check(world: LogWorld, run: number, kills: readonly number[]): Promise<void> {
  world.arrived.length = 0;
  const before = await world.account();
  await putTwoPages(world, run);
  const ends: string[] = [];
  for (const kill of kills) {
    // oxlint-disable-next-line no-await-in-loop -- life after life.
    ends.push(await new LogLife(world, kill).run());
  }
  expect(ends[0]).toBe('killed');
  const killed = ends.filter((end) => end === 'killed').length;
  expect(await new LogLife(world).run()).toBe('idle');
  const after = await world.account();
  const where = `killed at ${kills.join(' and ')}`;
  const once = world.arrived.filter((batch, at) => world.arrived.indexOf(batch) === at);
  expect([where, ...once]).toEqual([where, ...allBatches]);
  const [repeated, doubled] = [after.repeated - before.repeated, world.arrived.length - once.length];
  const counts = { sent: after.sent - before.sent, refused: after.refused - before.refused, waiting: after.waiting };
  expect([where, counts]).toEqual([where, { sent: lines, refused: 2, waiting: 0 }]);
  expect(after.dropped - before.dropped).toBe(0);
  expect([where, doubled <= repeated && repeated <= killed]).toEqual([where, true]);
}

/** So many steps has a life that ends by itself. */
async function stepsOf(world: LogWorld): Promise<number> {
  await putTwoPages(world, 0);
  const life = new LogLife(world);
  expect(await life.run()).toBe('idle');
  return life.steps;
}

test('killed at whatever step, it sends at most one batch again and counts it, and all else once', async () => {
  const world = await LogWorld.make();
  const steps = await stepsOf(world);
  expect(steps).toBeGreaterThan(30);
  for (let kill = 1; kill <= steps; kill += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other on one store.
    await check(world, kill, [kill]);
  }
});

test('killed in two lives one after the other, at most one a kill', async () => {
  const world = await LogWorld.make();
  const steps = await stepsOf(world);
  for (let kill = 1; kill <= steps; kill += 1) {
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await check(world, kill, [kill, 1 + ((kill * 5) % 13)]);
  }
});

/** Sends until a batch with that line is under way; it stays so until the life is stopped. */
async function untilUnderWay(world: LogWorld, line: string): Promise<{ life: LogLife; ended: Promise<unknown> }> {
  const life = new LogLife(world);
  const reached = Promise.withResolvers<undefined>();
  life.beforeAnswer = async () => {
    if (world.arrived.at(-1)?.includes(line) === true) {
      reached.resolve(undefined);
      await life.stopped;
    }
  };
  const ended = life.run().catch((error: unknown) => (error as Error).message);
  await reached.promise;
  return { life, ended };
}

test('a lane that is ended has counted what it sent, and the next one goes on behind it', async () => {
  const world = await LogWorld.make();
  await putTwoPages(world, 1);
  const { life, ended } = await untilUnderWay(world, 'b1');
  life.stop();
  expect(await ended).toBe('stopped');
  expect(await world.accountText()).toBe('sent 3 waiting 10 refused 2 repeated 0 dropped 0');
  expect(await new LogLife(world).run()).toBe('idle');
  expect(await world.accountText()).toBe('sent 8 waiting 0 refused 2 repeated 1 dropped 0');
  expect(world.arrived).toEqual(['a: a1|a2', 'a: a4', 'b: b1', 'b: b1', 'b: b2|b3|b4', 'c: c1']);
});

test('a settlement that fails is made up for without sending anything again', async () => {
  const world = await LogWorld.make();
  await putTwoPages(world, 1);
  const life = new LogLife(world);
  life.beforeAnswer = () => {
    life.settleTrouble = world.arrived.at(-1)?.includes('b4') === true ? new Error('the disk is full') : undefined;
    return Promise.resolve();
  };
  await expect(life.run()).rejects.toThrow('the disk is full');
  expect(await life.run()).toBe('idle');
  expect(await world.accountText()).toBe('sent 8 waiting 0 refused 2 repeated 0 dropped 0');
  expect(world.arrived).toEqual(allBatches);
});

test('what was begun before the destination was switched off and on again is of no account', async () => {
  const world = await LogWorld.make();
  await putTwoPages(world, 1);
  await untilUnderWay(world, 'b1');
  await world.store.relay.setEnabled('logs', false);
  await world.store.relay.setEnabled('logs', true);
  await world.put('one-1', 'a', 0, 'new');
  world.arrived.length = 0;
  expect(await new LogLife(world).run()).toBe('idle');
  expect(world.arrived).toEqual(['a: new']);
  expect((await world.account()).repeated).toBe(0);
});

test('a journal of another database is of no account', async () => {
  const [world, other] = await Promise.all([LogWorld.make(), LogWorld.make()]);
  await putTwoPages(other, 1);
  await untilUnderWay(other, 'b2');
  await putTwoPages(world, 1);
  copyFileSync(join(other.dataDir, journalFile), join(world.dataDir, journalFile));
  expect(await new LogLife(world).run()).toBe('idle');
  expect(world.arrived).toEqual(allBatches);
  expect(await world.accountText()).toBe('sent 8 waiting 0 refused 2 repeated 0 dropped 0');
});

test('where the journal cannot be read, the page that was begun is sent again', async () => {
  const world = await LogWorld.make();
  await putTwoPages(world, 1);
  await untilUnderWay(world, 'b1');
  writeFileSync(join(world.dataDir, journalFile), '1 00000000 {"mark":"torn');
  world.arrived.length = 0;
  expect(await new LogLife(world).run()).toBe('idle');
  expect(world.arrived).toEqual(allBatches);
  // The batch that is refused had been settled.
  expect((await world.account()).waiting).toBe(0);
});

test('streams and groups that are deleted meanwhile take only their own lines with them', async () => {
  const world = await LogWorld.make();
  await putTwoPages(world, 1);
  await untilUnderWay(world, 'a4');
  await world.store.logs.change({ name: 'deleteStream', group: 'one-1', stream: 'a' });
  expect(await new LogLife(world).run()).toBe('idle');
  expect(world.arrived).toEqual(['a: a1|a2', 'a: a4', 'b: b1', 'b: b2|b3|b4', 'c: c1']);
  await putTwoPages(world, 2);
  world.arrived.length = 0;
  await untilUnderWay(world, 'a1');
  await world.store.logs.change({ name: 'deleteGroup', group: 'one-2' });
  expect(await new LogLife(world).run()).toBe('idle');
  expect(world.arrived).toEqual(['a: a1|a2', 'c: c1']);
  expect((await world.account()).waiting).toBe(0);
});

test('more than a page goes out in full batches, each line once, in order, and as it came', async () => {
  const world = await LogWorld.make();
  await world.makeStreams('g', 'a', 'b');
  const filling = '"Grüße"\n'.repeat(100);
  const sent = { a: [] as string[], b: [] as string[] };
  for (let call = 0; call < 24; call += 1) {
    const stream = call % 2 === 0 ? 'a' : 'b';
    const messages = Array.from({ length: 700 }, (_, at) => `${call}.${at} ${filling}`);
    sent[stream].push(...messages);
    // oxlint-disable-next-line no-await-in-loop -- in this order.
    await world.put('g', stream, 0, ...messages);
  }
  expect(await new LogLife(world).run()).toBe('idle');
  const there = { a: [] as string[], b: [] as string[] };
  for (const batch of world.arrived) {
    there[batch.slice(0, 1) as 'a' | 'b'].push(...batch.slice(3).split('|'));
  }
  expect(there.a.length + there.b.length).toBe(16_800);
  expect(there.a.every((line, at) => line === sent.a[at]) && there.b.every((line, at) => line === sent.b[at])).toBe(
    true,
  );
  // Of 17 MB in two pages.
  expect(world.arrived.length).toBeLessThan(24);
  expect(await world.accountText()).toBe('sent 16800 waiting 0 refused 0 repeated 0 dropped 0');
});

import type { ErrorGroupJson } from '@sightline/hub/client/errorsApi';
import { expect, test } from 'vitest';
import { ErrorNotices, type ErrorNotice } from './errorNotices.ts';
import { RecordingErrorSource, secondsAgo, testGroup } from './errorsTestSource.ts';
import { ManualClock } from './tracesTestSource.ts';

/** Compares the messages that were shown, each with whether it offers the error's code. */
function check(screen: RecordingScreen, expected: readonly string[]): void {
  expect(screen.shown.map(({ text, counter }) => (counter === undefined ? text : `${text} → ${counter}`))).toEqual(
    expected,
  );
}

const old = { firstSeen: secondsAgo(3600) };

test('a new error is told of once, however often it happens', async () => {
  const { source, screen } = await watched();
  source.put(testGroup(2));
  await source.settled();
  check(screen, ['New error: TypeError: number 2 → 2']);
  await screen.close();
  source.put(testGroup(2, { count: 2 }));
  source.put(testGroup(1, { ...old, count: 9 }));
  await source.settled();
  check(screen, ['New error: TypeError: number 2 → 2']);
});

test('errors of before the window opened are not told of, whenever the hub answers', async () => {
  const { source, screen, notices } = setUp();
  source.setState({ kind: 'connecting' });
  source.put(testGroup(1, old));
  notices.switchOn();
  await source.settled();
  source.setState({ kind: 'ready' });
  source.put(testGroup(2, { firstSeen: secondsAgo(-1) }));
  await source.settled();
  check(screen, ['New error: TypeError: number 2 → 2']);
});

test('a resolved error that happens again counts as new, each time', async () => {
  const { source, screen } = await watched();
  for (const count of [5, 6]) {
    source.put(testGroup(1, { ...old, count, status: 'resolved' }));
    await source.settled();
    source.put(testGroup(1, { ...old, count: count + 1, reactivated: true }));
    await source.settled();
    await screen.close();
  }
  const again = 'Resolved, but happened again: TypeError: number 1 → 1';
  check(screen, [again, again]);
});

test('one message at a time: what comes meanwhile is one message with their number', async () => {
  const { source, screen } = await watched();
  for (const counter of [2, 3, 4, 5]) {
    source.put(testGroup(counter));
    await source.settled();
  }
  check(screen, ['New error: TypeError: number 2 → 2']);
  await screen.close();
  check(screen, [
    'New error: TypeError: number 2 → 2',
    '3 new errors: TypeError: number 3, TypeError: number 4 and 1 more',
  ]);
  await screen.close();
  source.put(testGroup(6, { level: 'warning', title: 'Hello World' }));
  await source.settled();
  expect(screen.shown.at(-1)).toEqual({ text: 'New warning: Hello World', severity: 'warning', counter: 6 });
});

test('muted errors and mere notes are not told of', async () => {
  const { source, screen } = await watched();
  source.put(testGroup(2, { status: 'muted' }));
  source.put(testGroup(3, { level: 'info' }));
  source.put(testGroup(4, { level: 'debug' }));
  await source.settled();
  check(screen, []);
});

test('switched off, nothing is asked and nothing is told, nor when it is switched on again', async () => {
  const { source, screen, notices, log, clock } = await watched();
  notices.switchOff();
  log.length = 0;
  source.put(testGroup(2));
  await source.settled();
  expect(log).toEqual([]);
  clock.pass(2000);
  notices.switchOn();
  await source.settled();
  check(screen, []);
});

test('a hub that fails to answer is asked again at the next change', async () => {
  const { source, screen } = await watched();
  source.fail(new Error('gone'));
  source.put(testGroup(2));
  await source.settled();
  source.fail(undefined);
  source.put(testGroup(3));
  await source.settled();
  check(screen, ['2 new errors: TypeError: number 2 and TypeError: number 3']);
});

test('what another window tells of is not told of here', async () => {
  const { source, screen, elsewhere } = await watched();
  elsewhere.add(2);
  source.put(testGroup(2));
  await source.settled();
  source.put(testGroup(3));
  await source.settled();
  check(screen, ['New error: TypeError: number 3 → 3']);
});

/** Shows one message until it is closed. */
class RecordingScreen {
  readonly shown: ErrorNotice[] = [];
  #closing = Promise.withResolvers<void>();

  async show(notice: ErrorNotice): Promise<void> {
    this.shown.push(notice);
    await this.#closing.promise;
  }

  async close(): Promise<void> {
    const closing = this.#closing;
    this.#closing = Promise.withResolvers();
    closing.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }
}

function setUp() {
  const log: string[] = [];
  const source = new RecordingErrorSource(log);
  const screen = new RecordingScreen();
  const clock = new ManualClock();
  const elsewhere = new Set<number>();
  const right = {
    claim: (groups: readonly ErrorGroupJson[]) =>
      Promise.resolve(groups.filter(({ counter }) => !elsewhere.has(counter))),
  };
  return { source, screen, clock, log, elsewhere, notices: new ErrorNotices(source, screen, right, clock) };
}

/** Switched on while one old error is there. */
async function watched() {
  const all = setUp();
  all.source.put(testGroup(1, old));
  all.notices.switchOn();
  await all.source.settled();
  return all;
}

import { expect, test } from 'vitest';
import { UserError } from '../userError.ts';
import { ErrorsController } from './errorsController.ts';
import { errorsMessageOf } from './errorsMessage.ts';
import { occurrencesOf } from './errorsModel.ts';
import { errorNodeIdOf } from './errorsNodes.ts';
import { RecordingErrorSource, secondsAgo, testGroup } from './errorsTestSource.ts';
import { ManualClock } from './tracesTestSource.ts';

/** Compares what happened, in order: questions to the source, and what was drawn anew. */
function check(log: readonly string[], expected: readonly string[]): void {
  expect(log).toEqual(expected);
}

test('nothing is asked before the view is shown, nor while it is hidden', async () => {
  const { controller, source, log, clock } = setUp();
  source.put(testGroup(1));
  await source.settled();
  check(log, []);
  controller.setVisible(true);
  await controller.whenCurrent();
  check(log.splice(0), ['groups active 100', 'draw all']);
  controller.setVisible(false);
  source.put(testGroup(2));
  clock.pass(3_600_000);
  await source.settled();
  check(log.splice(0), []);
  controller.setVisible(true);
  await source.settled();
  check(log, ['draw error/1', 'groups active 100', 'draw all']);
});

test('only what concerns errors is asked about', async () => {
  const { source, log } = await shown();
  source.somethingElseChanged();
  await source.settled();
  check(log, []);
});

test('an error that happens again draws its own row, and changes during a question are one more question', async () => {
  const { source, log } = await shown();
  const answer = source.hold();
  source.put(testGroup(1, { count: 2 }));
  source.put(testGroup(1, { count: 3 }));
  source.put(testGroup(1, { count: 4 }));
  answer();
  await source.settled();
  check(log, ['groups active 100', 'draw error/1', 'groups active 100']);
});

test('ages are drawn anew where their text has changed; the curves are asked for again after a minute', async () => {
  const { source, log, clock } = await shown();
  clock.pass(5000);
  check(log.splice(0), ['draw error/1']);
  clock.pass(55_000);
  await source.settled();
  check(log, ['draw error/1', 'groups active 100']);
});

test('of another source nothing of the former one is left, and it is asked at once', async () => {
  const { controller, source, log } = await shown();
  await controller.loadOccurrences(1);
  source.label = 'Rollbar';
  log.splice(0);
  const answer = source.hold();
  source.setState({ kind: 'ready' });
  await source.settled();
  expect(controller.state.rows).toEqual([]);
  expect(occurrencesOf(controller.state, 1)).toEqual([]);
  answer();
  await source.settled();
  check(log, ['draw all', 'groups active 100', 'draw all']);
});

test('a question that takes long can be given up, and the rows stay', async () => {
  const { controller, source } = await shown();
  const { rows } = controller.state;
  const cancel = new AbortController();
  const answer = source.hold();
  const refreshed = controller.refresh(cancel.signal);
  await source.settled();
  cancel.abort();
  source.fail(new Error('given up'));
  answer();
  await refreshed;
  expect(controller.state.rows).toBe(rows);
  expect(controller.state.failure).toBeUndefined();
});

test('occurrences are asked for when a group is opened, and again once it has happened again', async () => {
  const { controller, source, log } = await shown();
  await Promise.all([controller.loadOccurrences(1), controller.loadOccurrences(1)]);
  await controller.loadOccurrences(1);
  source.put(testGroup(1, { count: 2 }));
  await source.settled();
  await controller.loadOccurrences(1);
  check(log, ['occurrences of 1', 'groups active 100', 'draw error/1', 'occurrences of 1', 'draw error/1']);
  expect(occurrencesOf(controller.state, 1).map(({ id }) => id)).toEqual(['o2', 'o1']);
});

test('older occurrences follow the newest without a gap', async () => {
  const { controller, source } = await shown();
  source.put(testGroup(1, { count: 25 }));
  await source.settled();
  await controller.loadOccurrences(1);
  await controller.loadOlderOccurrences(1);
  await controller.loadOlderOccurrences(1);
  await controller.loadOlderOccurrences(1);
  const ids = occurrencesOf(controller.state, 1).map(({ id }) => id);
  expect([ids.length, ids[0], ids[10], ids.at(-1)]).toEqual([25, 'o25', 'o15', 'o1']);
});

test('older groups follow the newest, and a refresh asks for all that are shown', async () => {
  const { controller, source, log } = setUp();
  for (let counter = 1; counter <= 150; counter += 1) {
    source.put(testGroup(counter, { lastSeen: secondsAgo(200 - counter) }));
  }
  controller.setVisible(true);
  await controller.whenCurrent();
  await controller.loadOlder();
  expect(controller.state.rows.length).toBe(150);
  log.length = 0;
  source.put(testGroup(150, { count: 2 }));
  await source.settled();
  check(log, ['groups active 150', 'draw error/150']);
});

test('an error that is resolved leaves the active ones, and is shown among the resolved', async () => {
  const { controller } = await shown();
  await controller.setStatus(1, 'resolved');
  expect([controller.state.rows.length, errorsMessageOf(controller.state)]).toEqual([0, undefined]);
  controller.filter('resolved');
  await controller.whenCurrent();
  expect([controller.state.rows.length, errorsMessageOf(controller.state)]).toEqual([1, 'Resolved errors only']);
});

test('an answer about what is no longer asked for is left out', async () => {
  const { controller, source } = await shown();
  const answer = source.hold();
  source.put(testGroup(2));
  controller.filter('muted');
  answer();
  await source.settled();
  expect([controller.state.rows.length, errorsMessageOf(controller.state)]).toEqual([0, 'No error is muted.']);
});

test('trouble is told in the view’s message, and the rows stay', async () => {
  const { controller, source } = await shown();
  source.fail(new UserError('The hub has no room left.'));
  source.put(testGroup(2));
  await source.settled();
  expect([controller.state.rows.length, errorsMessageOf(controller.state)]).toEqual([1, 'The hub has no room left.']);
  source.fail(undefined);
  source.setState({ kind: 'failed', message: 'The hub does not answer.' });
  expect(errorsMessageOf(controller.state)).toBe('The hub does not answer.');
  source.setState({ kind: 'stopped' });
  expect(errorsMessageOf(controller.state)).toBe('The hub has stopped; these are the errors of before.');
  source.setState({ kind: 'ready' });
  await source.settled();
  expect([controller.state.rows.length, errorsMessageOf(controller.state)]).toEqual([2, undefined]);
});

function setUp() {
  const log: string[] = [];
  const source = new RecordingErrorSource(log);
  const clock = new ManualClock();
  const controller = new ErrorsController(source, clock, {});
  controller.onDidChange((change) => {
    if (change.kind === 'structure') {
      log.push('draw all');
    } else if (change.nodes.length > 0) {
      log.push(`draw ${change.nodes.map(errorNodeIdOf).join(' ')}`);
    }
  });
  return { controller, source, clock, log };
}

/** A visible view with one error, its first questions answered and out of the log. */
async function shown() {
  const all = setUp();
  all.source.put(testGroup(1));
  all.controller.setVisible(true);
  await all.controller.whenCurrent();
  all.log.length = 0;
  return all;
}

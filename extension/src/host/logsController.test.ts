import { expect, test } from 'vitest';
import { UserError } from '../userError.ts';
import { LogsController } from './logsController.ts';
import { logsMessageOf } from './logsMessage.ts';
import { logsNodeIdOf } from './logsNodes.ts';
import { renderLogsTree } from './logsRows.ts';
import { RecordingLogSource } from './logsTestSource.ts';
import { testNow } from './tracesTestRows.ts';
import { ManualClock } from './tracesTestSource.ts';

/** Compares what happened, in order: questions to the source, and what was drawn anew. */
function check(log: readonly string[], expected: readonly string[]): void {
  expect(log).toEqual(expected);
}

test('nothing is asked before the view is shown', async () => {
  const { source, log } = setUp();
  source.add({ message: 'one' });
  await source.settled();
  check(log, []);
});

test('showing the view asks for the groups once, and for nothing below them', async () => {
  const { controller, source, log } = setUp();
  source.add({ message: 'one' });
  controller.setVisible(true);
  await controller.whenCurrent();
  check(log, ['groups', 'draw all']);
});

test('a group that was opened has its streams, and an opened stream its newest lines, newest first', async () => {
  const { controller, tree } = await shown([
    { message: 'server listens', level: 'info', ageSeconds: 5 },
    { message: 'TypeError: x is undefined\n    at home.ts:4', level: 'error', traceId: 'a'.repeat(32) },
  ]);
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  expect(tree()).toMatchInlineSnapshot(`
    "(folder-library) cruddur  2 lines · now
      (output) web  2 lines · now
        (error) 2026-11-23 13:59:59.000  TypeError: x is undefined at home.ts:4
        (info) 2026-11-23 13:59:55.000  server listens"
  `);
});

test('a change asks for the groups, and draws the one that has more lines', async () => {
  const { controller, source, log } = await shown([{ message: 'one' }, { group: 'other', message: 'two' }]);
  await controller.loadStreams('cruddur');
  log.length = 0;
  source.add({ message: 'three' });
  await source.settled();
  check(log.splice(0), ['groups', 'draw group/cruddur']);
  // The editor asks for the children of what is drawn.
  await controller.loadStreams('cruddur');
  await controller.loadStreams('other');
  await controller.loadStreams('cruddur');
  check(log, ['streams of cruddur', 'streams of other']);
});

test('lines are asked for again only where their stream has new ones', async () => {
  const { controller, source, log } = await shown([{ message: 'one' }, { stream: 'worker', message: 'two' }]);
  const open = async () => {
    await controller.loadStreams('cruddur');
    await controller.loadLines('cruddur', 'web');
    await controller.loadLines('cruddur', 'worker');
  };
  await open();
  source.add({ stream: 'worker', message: 'three' });
  await source.settled();
  log.length = 0;
  await open();
  check(log, ['streams of cruddur', 'lines of cruddur:worker 100']);
});

test('changes during a question are one more question after it', async () => {
  const { source, log } = await shown([{ message: 'one' }]);
  const answer = source.hold();
  source.add({ message: 'two' });
  source.add({ message: 'three' });
  source.add({ message: 'four' });
  answer();
  await source.settled();
  check(log, ['groups', 'draw group/cruddur', 'groups']);
});

test('a hidden view asks for nothing, and once it is shown again asks for what it missed', async () => {
  const { controller, source, log, clock } = await shown([{ message: 'one' }]);
  controller.setVisible(false);
  source.add({ message: 'two' });
  clock.pass(60_000);
  await source.settled();
  check(log.splice(0), []);
  controller.setVisible(true);
  await source.settled();
  check(
    log.filter((line) => !line.startsWith('draw')),
    ['groups'],
  );
});

test('older lines follow without a gap and stay when new ones come', async () => {
  const { controller, source, tree } = await shown(
    Array.from({ length: 250 }, (_item, index) => ({ message: `line ${index + 1}` })),
  );
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  await controller.loadOlder('cruddur', 'web');
  source.add({ message: 'line 251' });
  await source.settled();
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  const messages = [...tree().matchAll(/line (\d+)$/gm)].map(([, number]) => Number(number));
  expect(messages).toEqual(Array.from({ length: 201 }, (_item, index) => 251 - index));
  expect(tree()).toContain('(history) Load older…');
});

test('a burst that does not reach the loaded lines leaves none of them, for there would be a gap', async () => {
  const { controller, source, tree } = await shown([{ message: 'the first one' }]);
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  source.addAll(Array.from({ length: 300 }, (_item, index) => ({ message: `line ${index}` })));
  await source.settled();
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  expect(tree()).not.toContain('the first one');
  expect(tree()).toContain('Load older…');
});

test('a filter shows what matches, however far back it is', async () => {
  const { controller, source, tree, log } = await shown([
    { message: 'ERROR first' },
    ...Array.from({ length: 250 }, () => ({ message: 'fine' })),
  ]);
  source.pageLimit = 100;
  controller.filterBy('ERROR');
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  expect(tree().split('\n').slice(2)).toEqual(['    (info) 2026-11-23 13:59:59.000  ERROR first']);
  expect(logsMessageOf(controller.state)).toBe('Filter: ERROR');
  check(log.slice(-3), [
    'lines of cruddur:web 100',
    'lines of cruddur:web 100 before 00000152',
    'lines of cruddur:web 100 before 00000052',
  ]);
});

test('a filter that nothing matches says so', async () => {
  const { controller, tree } = await shown([{ message: 'fine' }]);
  controller.filterBy('ERROR');
  await controller.loadStreams('cruddur');
  await controller.loadLines('cruddur', 'web');
  expect(tree()).toContain('(info) No line matches the filter');
});

test('a failed question leaves the rows and says why', async () => {
  const { controller, source } = await shown([{ message: 'one' }]);
  source.fail(new UserError('The hub has no room left.'));
  source.add({ message: 'two' });
  await source.settled();
  expect(controller.state.groups.length).toBe(1);
  expect(logsMessageOf(controller.state)).toBe('The hub has no room left.');
});

test('streams and lines that cannot be had leave a row that says why, and are asked for again', async () => {
  const { controller, source, tree } = await shown([{ message: 'one' }]);
  source.fail(new UserError('The hub does not answer.'));
  await controller.loadStreams('cruddur');
  expect(tree()).toContain('(info) The hub does not answer.');
  source.fail(undefined);
  await controller.loadStreams('cruddur');
  expect(tree()).toContain('(output) web');
});

test('a hub that comes back is asked for the groups again', async () => {
  const { source, log } = await shown([{ message: 'one' }]);
  source.setState({ kind: 'failed', message: 'The hub does not answer.' });
  source.setState({ kind: 'ready' });
  await source.settled();
  check(log, ['draw all', 'draw all', 'groups']);
});

test('after its end it neither asks nor listens', async () => {
  const { controller, source, log, clock } = await shown([{ message: 'one' }]);
  controller.dispose();
  source.add({ message: 'two' });
  clock.pass(10_000);
  await source.settled();
  check(log, []);
});

function setUp() {
  const log: string[] = [];
  const source = new RecordingLogSource(log);
  const clock = new ManualClock();
  const controller = new LogsController(source, clock);
  controller.onDidChange((change) => {
    if (change.kind === 'structure') {
      log.push('draw all');
    } else if (change.nodes.length > 0) {
      log.push(`draw ${change.nodes.map(logsNodeIdOf).join(' ')}`);
    }
  });
  const tree = (): string => renderLogsTree(controller.state, testNow, () => true);
  return { source, clock, controller, log, tree };
}

/** A view that shows the groups of these lines, the last one newest, with an empty log. */
async function shown(lines: Parameters<RecordingLogSource['addAll']>[0]) {
  const all = setUp();
  all.source.addAll(lines);
  all.controller.setVisible(true);
  await all.controller.whenCurrent();
  all.log.length = 0;
  return all;
}

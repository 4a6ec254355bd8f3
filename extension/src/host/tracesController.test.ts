import { expect, test } from 'vitest';
import { UserError } from '../userError.ts';
import { TracesController } from './tracesController.ts';
import { childNodesOf, nodeIdOf, type TracesNode } from './tracesNodes.ts';
import { testNow, testTraceId } from './tracesTestRows.ts';
import { ManualClock, RecordingSource } from './tracesTestSource.ts';

/** Compares what happened, in order: questions to the source, and what was drawn anew. */
function check(log: readonly string[], expected: readonly string[]): void {
  expect(log).toEqual(expected);
}

test('nothing is asked before the view is shown', async () => {
  const { source, log } = setUp();
  await source.settled();
  check(log, []);
});

test('showing the view asks for the newest page once', async () => {
  const { controller, source, log } = setUp();
  source.add(1);
  controller.setVisible(true);
  await controller.whenCurrent();
  check(log, ['list 100', 'draw all']);
});

test('a change asks for the newest page, and draws only what is new', async () => {
  const { controller, source, log } = await shown([1, 2]);
  source.change(1, { logCount: 3 });
  await source.settled();
  check(log.splice(0), ['list 100', 'draw 1']);
  source.add(3);
  await source.settled();
  check(log, ['list 100', 'draw all']);
  expect(controller.state.rows.length).toBe(3);
});

test('changes during a question are one more question after it', async () => {
  const { source, log } = await shown([1]);
  const answer = source.hold();
  source.add(2);
  source.add(3);
  source.add(4);
  answer();
  await source.settled();
  check(log, ['list 100', 'draw all', 'list 100']);
});

test('a hidden view asks for nothing, and once it is shown again asks for what it missed', async () => {
  const { controller, source, log, clock } = await shown([1]);
  controller.setVisible(false);
  source.add(2);
  clock.pass(60_000);
  await source.settled();
  check(log.splice(0), []);
  controller.setVisible(true);
  await source.settled();
  check(
    log.filter((line) => line !== 'draw 1'),
    ['list 100', 'draw all'],
  );
});

test('somebody who needs the rows of a hidden view gets them, and the view stays hidden', async () => {
  const { controller, source, log } = setUp();
  source.add(1);
  await controller.whenCurrent();
  source.add(2);
  await source.settled();
  check(log, ['list 100', 'draw all']);
});

test('a view that missed nothing asks for nothing when it is shown again', async () => {
  const { controller, source, log } = await shown([1]);
  controller.setVisible(false);
  controller.setVisible(true);
  await source.settled();
  check(log, []);
});

test('ages are drawn anew where their text has changed, without asking', async () => {
  const { log, clock } = await shown([
    { number: 1, ageSeconds: 4000 },
    { number: 2, ageSeconds: 10 },
  ]);
  clock.pass(5000);
  check(log, ['draw 2']);
});

test('a hub that comes back is asked for all rows again', async () => {
  const { controller, source, log } = await shown([1]);
  source.setState({ kind: 'failed', message: 'The hub does not answer.' });
  source.setState({ kind: 'ready' });
  await source.settled();
  check(log, ['draw all', 'draw all', 'list 100']);
  expect(controller.state.rows.length).toBe(1);
});

test('a failed question leaves the rows and says why', async () => {
  const { controller, source } = await shown([1]);
  source.fail(new UserError('The hub has no room left.'));
  source.add(2);
  await source.settled();
  expect([controller.state.failure, controller.state.rows.length]).toEqual(['The hub has no room left.', 1]);
});

test('a change below the newest page asks for all rows that are shown', async () => {
  const { controller, source, log } = await shown(Array.from({ length: 150 }, (_item, index) => index + 1));
  await controller.loadOlder();
  expect(controller.state.rows.length).toBe(150);
  log.length = 0;
  source.change(3, { logCount: 1 });
  await source.settled();
  check(log, ['list 150', 'draw 3']);
});

test('a tree is loaded once, with what its failed spans raised', async () => {
  const { controller, log } = await shown([1]);
  await Promise.all([controller.loadTree(testTraceId(1)), controller.loadTree(testTraceId(1))]);
  await controller.loadTree(testTraceId(1));
  check(
    log.filter((line) => !line.startsWith('draw')),
    ['tree 1', 'span b'],
  );
  expect(drawn(controller, 1)).toEqual(['b/exception/0', 'c']);
});

test('exceptions that cannot be had are no pop-up: the message says why', async () => {
  const { controller, source } = await shown([1]);
  await controller.loadTree(testTraceId(1));
  source.fail(new UserError('The hub does not answer.'));
  await controller.loadExceptions(testTraceId(1), 'c');
  expect(controller.state.failure).toBe('The hub does not answer.');
});

test('a tree that changed is loaded again when it is asked for', async () => {
  const { controller, source, log } = await shown([1]);
  await controller.loadTree(testTraceId(1));
  log.length = 0;
  source.change(1, { spanCount: 4 });
  await source.settled();
  await controller.loadTree(testTraceId(1));
  check(log, ['draw 1', 'list 100', 'draw 1', 'tree 1', 'span b']);
});

test('a change that overtakes the answer about a tree makes that tree stale', async () => {
  const { controller, source } = await shown([1]);
  const answer = source.hold();
  const loading = controller.loadTree(testTraceId(1));
  source.change(1, { spanCount: 4 });
  answer();
  await loading;
  const tree = controller.state.trees.get(testTraceId(1));
  expect(tree?.kind === 'loaded' && tree.isStale).toBe(true);
});

test('a paused view still counts what arrives, and shows it when it goes on', async () => {
  const { controller, source } = await shown([1]);
  controller.pause();
  source.add(2);
  source.add(3);
  await source.settled();
  expect([controller.state.rows.length, controller.state.pause?.waiting]).toEqual([1, 2]);
  controller.resume();
  expect(controller.state.rows.length).toBe(3);
});

test('refreshing a paused view shows all there is and stays paused', async () => {
  const { controller, source } = await shown([1]);
  controller.pause();
  source.add(2);
  await controller.refresh();
  expect([controller.state.rows.length, controller.state.pause?.waiting]).toEqual([2, 0]);
});

test('a trace that is further down is found by loading older ones', async () => {
  const { controller } = await shown(Array.from({ length: 350 }, (_item, index) => index + 1));
  expect(await controller.bringIntoRows(testTraceId(20))).toBe(true);
  expect(await controller.bringIntoRows(testTraceId(999))).toBe(false);
});

test('hidden health checks are counted, and shown when asked for', async () => {
  const { controller, source } = await shown([1]);
  source.add(2, { name: 'GET /health' });
  await source.settled();
  expect([controller.state.rows.length, controller.state.hiddenHealthChecks.newest]).toEqual([1, 1]);
  controller.showHealthChecks('shown');
  await source.settled();
  expect([controller.state.rows.length, controller.state.hiddenHealthChecks.newest]).toEqual([2, 0]);
});

test('pinning what has gone says so, and the row is right again', async () => {
  const { controller, source } = await shown([1]);
  await expect(controller.setPinned(testTraceId(7), true)).rejects.toThrow('no longer kept');
  await controller.setPinned(testTraceId(1), true);
  await source.settled();
  expect(controller.state.rows.map(({ pinned }) => pinned)).toEqual([true]);
});

test('after its end it neither asks nor listens', async () => {
  const { controller, source, log, clock } = await shown([1]);
  controller.dispose();
  source.add(2);
  clock.pass(10_000);
  await source.settled();
  check(log, []);
});

function setUp() {
  const log: string[] = [];
  const source = new RecordingSource(log);
  const clock = new ManualClock();
  const controller = new TracesController(source, clock, {});
  controller.onDidChange((change) => {
    if (change.kind === 'structure') {
      log.push('draw all');
    } else if (change.nodes.length > 0) {
      log.push(`draw ${change.nodes.map(numberOf).join(' ')}`);
    }
  });
  return { source, clock, controller, log };
}

/** A view that shows these traces, the last one newest, with an empty log. */
async function shown(traces: readonly (number | { readonly number: number; readonly ageSeconds: number })[]) {
  const all = setUp();
  for (const trace of traces) {
    const { number, ageSeconds } = typeof trace === 'number' ? { number: trace, ageSeconds: 1 } : trace;
    all.source.add(number, {}, ageSeconds);
  }
  all.controller.setVisible(true);
  await all.controller.whenCurrent();
  all.log.length = 0;
  return all;
}

function drawn(controller: TracesController, number: number): string[] {
  const node: TracesNode = { kind: 'span', traceId: testTraceId(number), spanKey: 'b', spanId: 'b' };
  return childNodesOf(controller.state, node, testNow).map((child) => nodeIdOf(child).slice(33));
}

function numberOf(node: TracesNode): string {
  return 'traceId' in node ? String(Number.parseInt(node.traceId, 16)) : node.kind;
}

import { expect, test } from 'vitest';
import { TracesController } from './tracesController.ts';
import { renderTracesTree } from './traceRows.ts';
import { ManualClock, RecordingSource } from './tracesTestSource.ts';

/** Compares what the source was asked, and the rows that are shown then, with the one that continues them. */
function check({ log, controller }: SetUp, asked: readonly string[], rows: readonly string[]): void {
  expect(log.splice(0)).toEqual(asked);
  const text = renderTracesTree(controller.state, controller.now(), () => false);
  expect(text === '' ? [] : text.split('\n').map((line) => line.replace(/ {2}.*| · .*/, ''))).toEqual(rows);
}

test('only what fulfils the filter is shown, and everything again without one', async () => {
  const set = await shown('GET /a', 'GET /b', 'GET /a');
  set.controller.filterBy(' /b ');
  await set.source.settled();
  check(set, ['list 100 filter /b'], ['(pass) GET /b']);
  set.controller.filterBy('');
  await set.source.settled();
  check(set, ['list 100'], ['(pass) GET /a', '(pass) GET /b', '(pass) GET /a']);
});

test('the same filter again asks nothing', async () => {
  const set = await shown('GET /a');
  set.controller.filterBy('');
  await set.source.settled();
  check(set, [], ['(pass) GET /a']);
});

test('a page that ends for its time is followed by the next, until enough is found', async () => {
  const set = await shown('GET /b', 'GET /a', 'GET /a', 'GET /a', 'GET /b');
  set.source.looksThrough = 2;
  set.controller.filterBy('/b');
  await set.source.settled();
  check(
    set,
    ['list 100 filter /b', 'list 99 before 2 filter /b', 'list 99 before 4 filter /b'],
    ['(pass) GET /b', '(pass) GET /b'],
  );
});

test('what is found first is shown while looking goes on, and it can be stopped and continued', async () => {
  const set = await shown('GET /b', 'GET /a', 'GET /a', 'GET /b', 'GET /a');
  set.source.looksThrough = 2;
  set.controller.filterBy('/b');
  // The first page has come, and the answer to the second is kept back.
  set.source.onAsked('before 2', () => set.source.hold());
  await set.source.settled();
  check(
    set,
    ['list 100 filter /b', 'list 99 before 2 filter /b'],
    ['(pass) GET /b', '(loading~spin) Searching… Click to stop'],
  );
  set.controller.stopSearch();
  set.source.release();
  await set.source.settled();
  check(set, [], ['(pass) GET /b', '(history) Search older…']);
  await set.controller.loadOlder();
  check(set, ['list 100 before 2 filter /b', 'list 99 before 4 filter /b'], ['(pass) GET /b', '(pass) GET /b']);
});

test('a search that was stopped before it found anything goes on where it was', async () => {
  const set = await shown('GET /a', 'GET /a', 'GET /a', 'GET /b');
  set.source.looksThrough = 1;
  set.controller.filterBy('/b');
  set.source.onAsked('before 2', () => set.source.hold());
  await set.source.settled();
  set.controller.stopSearch();
  set.source.release();
  await set.source.settled();
  check(
    set,
    ['list 100 filter /b', 'list 100 before 1 filter /b', 'list 100 before 2 filter /b'],
    ['(history) Search older…'],
  );
  await set.controller.loadOlder();
  check(set, ['list 100 before 2 filter /b', 'list 100 before 3 filter /b'], ['(pass) GET /b']);
});

test('another filter gives up the search for the first, and its late answer is not shown', async () => {
  const set = await shown('GET /a', 'GET /b');
  set.source.hold();
  set.controller.filterBy('/a');
  set.controller.filterBy('/b');
  set.source.release();
  await set.source.settled();
  check(set, ['list 100 filter /a', 'list 100 filter /b'], ['(pass) GET /b']);
});

test('a new trace that fulfils the filter appears, after one page, and others do not', async () => {
  const set = await shown('GET /b', 'GET /a', 'GET /a', 'GET /a');
  set.source.looksThrough = 2;
  set.controller.filterBy('/b');
  await set.source.settled();
  set.log.splice(0);
  set.source.add(10, { name: 'GET /b/new' });
  await set.source.settled();
  check(set, ['list 100 filter /b'], ['(pass) GET /b/new', '(pass) GET /b']);
  set.source.add(11, { name: 'GET /a' });
  set.source.add(12, { name: 'GET /a' });
  await set.source.settled();
  check(set, ['list 100 filter /b', 'list 100 filter /b'], ['(pass) GET /b/new', '(pass) GET /b']);
});

test('where nothing had been found in all there is, a first match has nothing older to search', async () => {
  const set = await shown('GET /a', 'GET /a', 'GET /a', 'GET /a');
  set.source.looksThrough = 2;
  set.controller.filterBy('/b');
  await set.source.settled();
  set.log.splice(0);
  set.source.add(10, { name: 'GET /b' });
  await set.source.settled();
  check(set, ['list 100 filter /b'], ['(pass) GET /b']);
});

test('a trace that no longer fulfils the filter leaves', async () => {
  const set = await shown('GET /b', 'GET /b');
  set.controller.filterBy('/b');
  await set.source.settled();
  set.source.change(1, { name: 'GET /a' });
  await set.source.settled();
  check(set, ['list 100 filter /b', 'list 100 filter /b'], ['(pass) GET /b']);
});

test('while paused a filter is applied all the same, and then the view stands still', async () => {
  const set = await shown('GET /a', 'GET /b');
  set.controller.pause();
  set.controller.filterBy('/b');
  await set.source.settled();
  set.source.add(10, { name: 'GET /b/new' });
  await set.source.settled();
  check(set, ['list 100 filter /b', 'list 100 filter /b'], ['(pass) GET /b']);
  expect(set.controller.state.pause?.waiting).toBe(1);
});

interface SetUp {
  readonly controller: TracesController;
  readonly source: RecordingSource;
  readonly log: string[];
}

/** A view that shows traces of these names, the first one at the top. */
async function shown(...names: string[]): Promise<SetUp> {
  const log: string[] = [];
  const source = new RecordingSource(log);
  for (const [index, name] of names.toReversed().entries()) {
    source.add(index + 1, { name });
  }
  const controller = new TracesController(source, new ManualClock(), {});
  controller.setVisible(true);
  await controller.whenCurrent();
  log.splice(0);
  return { controller, source, log };
}

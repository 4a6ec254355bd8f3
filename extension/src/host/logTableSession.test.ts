import { expect, test } from 'vitest';
import type { LogTableView } from '../contracts/logTable.ts';
import { UserError } from '../userError.ts';
import { LogTableSession, type LogTableDesk } from './logTableSession.ts';
import { RecordingLogSource } from './logsTestSource.ts';

const never = new AbortController().signal;

/** Compares what a view has: how many lines, and its newest ones. */
function check(view: LogTableView, count: string, newest: readonly string[]): void {
  const { rows, isExact } = view.count;
  expect(`${rows}${isExact ? '' : '+'}`).toBe(count);
  expect(view.rows.slice(0, newest.length).map(({ message }) => message)).toEqual(newest);
}

test('a table opens with the newest lines and knows how many there are', async () => {
  const { session, log } = setUp(5000);
  const { title, view, isFollowing } = await begin(session);
  check(view, '5000', ['line 5000', 'line 4999']);
  expect([title, isFollowing]).toEqual(['cruddur / web', true]);
  expect(log).toEqual(['streams of cruddur', 'lines of cruddur:web 200']);
});

test('what was read ahead is what the table begins with, and a choice meanwhile asks anew', async () => {
  const { session, source, log } = setUp(5000);
  await session.readAhead();
  source.add({ message: 'line 5001' });
  check((await begin(session)).view, '5000', ['line 5000']);
  expect(log).toEqual(['streams of cruddur', 'lines of cruddur:web 200']);
  await session.readAhead();
  check(await session.answers.choose({ pattern: 'line 4' }, never), '1000+', ['line 4999']);
});

test('lines that come between the reading and the table are shown as soon as it has begun', async () => {
  const { session, source, pass, told } = setUp(10);
  await session.readAhead();
  source.add({ message: 'line 11' });
  check((await begin(session)).view, '10', ['line 10']);
  await pass();
  expect(told).toEqual(['viewChanged line 11 (11 lines, 0 passed)', 'trouble none']);
});

test('new lines are shown while it follows, once for many changes', async () => {
  const { session, source, pass, told } = setUp(10);
  await begin(session);
  source.add({ message: 'line 11' });
  source.add({ message: 'line 12' });
  await pass();
  expect(told).toEqual(['viewChanged line 12 (12 lines, 0 passed)', 'trouble none']);
});

test('what comes faster than can be drawn is counted', async () => {
  const { session, source, pass, told } = setUp(10);
  await begin(session);
  source.addAll(Array.from({ length: 1000 }, (_item, index) => ({ message: `burst ${index}` })));
  await pass();
  expect(told[0]).toBe('viewChanged burst 999 (1010 lines, 800 passed)');
});

test('a table that stands still counts what waits, and shows it when it goes on', async () => {
  const { session, source, pass, told } = setUp(10);
  const { view } = await begin(session);
  await session.answers.follow({ isFollowing: false }, never);
  source.add({ message: 'line 11' });
  await pass();
  expect(told).toEqual(['waiting 1', 'trouble none']);
  const { rows } = await session.answers.rows({ view: view.view, start: 0, count: 1 }, never);
  expect(rows[0]?.message).toBe('line 10');
  check(await session.answers.follow({ isFollowing: true }, never), '11', ['line 11']);
});

test('with a filter the count is only as far as has been looked', async () => {
  const { session, source, pass, told } = setUp(5000);
  await begin(session);
  check(await session.answers.choose({ pattern: 'line 4' }, never), '1000+', ['line 4999', 'line 4998']);
  await session.answers.follow({ isFollowing: false }, never);
  source.add({ message: 'line 4 again' });
  source.add({ message: 'something else' });
  await pass();
  expect(told[0]).toBe('waiting 1');
});

test('an answer about lines that are no longer shown is refused', async () => {
  const { session } = setUp(10);
  const { view } = await begin(session);
  await session.answers.choose({ pattern: 'line 1' }, never);
  await expect(session.answers.rows({ view: view.view, start: 0, count: 1 }, never)).rejects.toThrow('Other lines');
});

test('a hidden table asks for nothing', async () => {
  const { session, source, pass, log } = setUp(10);
  await begin(session);
  session.setVisible(false);
  log.length = 0;
  source.add({ message: 'line 11' });
  await pass();
  expect(log).toEqual([]);
});

test('a long message comes cut, and whole when it is asked for', async () => {
  const { session, source } = setUp(1);
  source.add({ message: 'x'.repeat(100_000) });
  const { view } = await begin(session);
  expect([view.rows[0]?.message.length, view.rows[0]?.isCut]).toEqual([8000, true]);
  expect((await session.answers.message({ view: view.view, index: 0 }, never)).length).toBe(100_000);
});

test('one line is copied as it was written, several as they were read, oldest first', async () => {
  const { session, copied } = setUp(10);
  const { view } = await begin(session);
  await session.answers.copy({ view: view.view, start: 0, count: 1 }, never);
  await session.answers.copy({ view: view.view, start: 0, count: 2 }, never);
  expect(copied).toEqual(['line 10', '2026-11-23 13:59:59.000 INFO line 9\n2026-11-23 13:59:59.000 INFO line 10']);
});

test('a text is found in lines that are not in the table', async () => {
  const { session } = setUp(5000);
  const { view } = await begin(session);
  const question = { view: view.view, text: 'LINE 1234', from: 0, direction: 'older' } as const;
  expect(await session.answers.find(question, never)).toEqual({ index: 3766 });
});

test('a line of the tree is selected, and the table stands still at it', async () => {
  const { session } = setUp(10);
  await session.show({ pattern: '' }, '00000007');
  const { selected, isFollowing } = await begin(session);
  expect([selected, isFollowing]).toEqual([3, false]);
});

test('why nothing new comes is told, and when it comes again', async () => {
  const { session, source, pass, told } = setUp(10);
  await begin(session);
  source.fail(new UserError('The hub does not answer.'));
  source.add({ message: 'line 11' });
  await pass();
  source.fail(undefined);
  source.add({ message: 'line 12' });
  await pass();
  expect(told).toEqual([
    'trouble The hub does not answer.',
    'viewChanged line 12 (12 lines, 0 passed)',
    'trouble none',
  ]);
});

test('a table that is restored before its hub runs says why it waits, and begins anew as soon as the hub runs', async () => {
  const { session, source, pass, told } = setUp(10);
  source.setState({ kind: 'connecting' });
  source.fail(new UserError('The hub is not running.'));
  await session.readAhead();
  await expect(begin(session)).rejects.toThrow('Connecting; the lines come as soon as there is an answer.');
  told.length = 0;
  source.fail(undefined);
  source.setState({ kind: 'ready' });
  await pass();
  expect(told).toEqual(['trouble none', 'restarted none']);
  check((await begin(session)).view, '10', ['line 10']);
  source.add({ message: 'line 11' });
  await pass();
  expect(told.slice(2)).toEqual(['viewChanged line 11 (11 lines, 0 passed)', 'trouble none']);
});

function setUp(lines: number) {
  const log: string[] = [];
  const told: string[] = [];
  const copied: string[] = [];
  const waiting = new Set<() => void>();
  const source = new RecordingLogSource(log);
  source.addAll(Array.from({ length: lines }, (_item, index) => ({ message: `line ${index + 1}` })));
  const desk: LogTableDesk = {
    tell: (name, news) => told.push(`${name} ${textOf(news)}`),
    copy: async (text) => void copied.push(text),
    save: async () => false,
    openTrace: async () => undefined,
    after: (_millis, callback) => {
      waiting.add(callback);
      return { dispose: () => waiting.delete(callback) };
    },
  };
  const session = new LogTableSession(source, { group: 'cruddur', streams: ['web'] }, desk, {
    choice: { pattern: '' },
    firstView: 1,
  });
  session.setVisible(true);
  /** Lets time pass until what was waiting for it is done. */
  const pass = async (): Promise<void> => {
    const due = [...waiting];
    waiting.clear();
    for (const callback of due) {
      callback();
    }
    await source.settled();
  };
  return { session, source, log, told, copied, pass };
}

function textOf(news: unknown): string {
  const { rows, count, passed, lines, message } = (news ?? {}) as Partial<LogTableView> & {
    lines?: number;
    message?: string;
  };
  if (rows !== undefined) {
    return `${rows[0]?.message} (${count?.rows} lines, ${passed} passed)`;
  }
  return String(lines ?? message ?? 'none');
}

async function begin(session: LogTableSession) {
  return await session.answers.begin(undefined, never);
}

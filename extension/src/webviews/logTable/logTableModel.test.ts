import { expect, test } from 'vitest';
import type { LogTableNews, LogTableQuestions, LogTableRow, LogTableView } from '../../contracts/logTable.ts';
import { Peer, type Answers, type Wire } from '../../contracts/peer.ts';
import { LogTableModel } from './logTableModel.ts';

/** Compares what the table shows: how it stands, what is selected, and what it says. */
function check(model: LogTableModel, expected: string): void {
  const { isFollowing, waiting, selection, said, trouble, cache } = model;
  const parts = [
    isFollowing ? 'live' : 'still',
    `${cache.count.rows} lines`,
    cache.rowAt(0)?.message,
    waiting,
    selection === undefined ? undefined : `at ${selection.current}`,
    said,
    trouble,
  ];
  expect(parts.filter((part) => part !== undefined && part !== '').join(', ')).toBe(expected);
}

test('it opens on the newest lines and follows', async () => {
  const { model, arrive } = await opened();
  check(model, 'live, 500 lines, line 500');
  await arrive(3);
  check(model, 'live, 503 lines, line 503');
});

test('who selects a line reads, so nothing moves', async () => {
  const { model, arrive, asked } = await opened();
  model.act({ kind: 'move', by: 1, extends: false });
  await settled();
  await arrive(3);
  check(model, 'still, 500 lines, line 500, 3 new, at 0');
  expect(asked).toContain('follow {"isFollowing":false}');
});

test('who asks for the newest lines gets them, and it follows again', async () => {
  const { model, arrive } = await opened();
  model.act({ kind: 'move', by: 1, extends: false });
  await settled();
  await arrive(3);
  await model.follow(true);
  check(model, 'live, 503 lines, line 503');
});

test('a search goes from the selected line on, and selects what it finds', async () => {
  const { model } = await opened();
  model.find = 'line 42';
  await model.findNext('older');
  check(model, 'still, 500 lines, line 500, at 458');
  await model.findNext('older');
  check(model, 'still, 500 lines, line 500, at 458, No older line has "line 42".');
});

test('lines are copied by where they are, also those that are not here', async () => {
  const { model, asked } = await opened();
  await model.copy();
  check(model, 'live, 500 lines, line 500, Select lines first.');
  model.act({ kind: 'selectAll' });
  await model.copy();
  check(model, 'still, 500 lines, line 500, at 499, Copied 500 lines');
  expect(asked.at(-1)).toBe('copy {"view":1,"start":0,"count":500}');
});

test('a line without a trace says so instead of opening one', async () => {
  const { model } = await opened();
  await model.openTrace(0);
  check(model, 'live, 500 lines, line 500, This line does not say to which trace it belongs.');
});

test('what the editor refuses is shown in its words', async () => {
  const { model } = await opened();
  await model.choose({ pattern: 'refuse' });
  check(model, 'live, 500 lines, line 500, The hub does not answer.');
});

test('a choice shows its lines from the newest on', async () => {
  const { model } = await opened();
  model.viewport.height = 100;
  model.viewport.moveTo(2000);
  await model.choose({ pattern: 'line 1' });
  check(model, 'live, 1 lines, line 1');
  expect(model.viewport.topIndex).toBe(0);
});

test('streams get a column only where lines of more than one were seen', async () => {
  const { model, arrive } = await opened();
  expect(model.hasStreams).toBe(false);
  await arrive(1, 'worker');
  expect(model.hasStreams).toBe(true);
});

async function opened() {
  const asked: string[] = [];
  const [tableSide, editorSide] = wires(asked);
  let lines = 500;
  let newestStream = 'web';
  let view = 1;
  const viewOf = (): LogTableView => ({
    view,
    count: { rows: lines, isExact: true },
    rows: rowsUpTo(lines, newestStream).slice(0, 200),
    passed: 0,
  });
  const isFollowing = { value: true };
  const answers: Answers<LogTableQuestions> = {
    begin: () => ({ title: 'web', choice: { pattern: '' }, view: viewOf(), isFollowing: true }),
    choose: ({ pattern }) => {
      if (pattern === 'refuse') {
        throw new Error('The hub does not answer.');
      }
      return { ...viewOf(), view: 2, count: { rows: 1, isExact: true }, rows: rowsUpTo(1) };
    },
    rows: ({ start, count }) => ({ ...viewOf(), start, rows: rowsUpTo(lines).slice(start, start + count) }),
    message: () => '',
    find: ({ from }) => (from <= 458 ? { index: 458 } : {}),
    copy: ({ count }) => count,
    save: () => true,
    openTrace: () => undefined,
    follow: (asks) => {
      isFollowing.value = asks.isFollowing;
      return viewOf();
    },
  };
  const editor = new Peer<LogTableQuestions, LogTableNews>(editorSide, answers);
  const model = new LogTableModel(tableSide, { pattern: '' }, () => undefined);
  await settled();
  /** More lines are written. */
  const arrive = async (count: number, stream = 'web'): Promise<void> => {
    newestStream = stream;
    if (isFollowing.value) {
      lines += count;
      view += 1;
      await editor.ask('viewChanged', viewOf());
    } else {
      await editor.ask('waiting', { lines: count, isMore: false });
      lines += count;
    }
  };
  return { model, asked, arrive };
}

/** Lets all that was sent arrive. */
async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 0);
  await promise;
}

function rowsUpTo(number: number, newestStream = 'web'): LogTableRow[] {
  return Array.from({ length: number }, (_item, index) => ({
    id: String(number - index),
    stream: index === 0 ? newestStream : 'web',
    time: '0',
    level: 'info',
    message: `line ${number - index}`,
  }));
}

/** The table's end and the editor's; what the table asks is noted. */
function wires(asked: string[]): [Wire, Wire] {
  const toTable = new Set<(message: unknown) => void>();
  const toEditor = new Set<(message: unknown) => void>();
  const wire = (own: typeof toTable, others: typeof toTable): Wire => ({
    send: (message) => {
      const { kind, name, asks } = message as { kind: string; name?: string; asks?: unknown };
      if (kind === 'ask' && own === toTable) {
        asked.push(`${name} ${JSON.stringify(asks)}`);
      }
      queueMicrotask(() => others.forEach((listener) => listener(message)));
    },
    receive: (listener) => {
      own.add(listener);
      return () => own.delete(listener);
    },
  });
  return [wire(toTable, toEditor), wire(toEditor, toTable)];
}

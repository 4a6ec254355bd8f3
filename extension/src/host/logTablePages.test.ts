import { expect, test } from 'vitest';
import { LogTablePages } from './logTablePages.ts';
import { RecordingLogSource } from './logsTestSource.ts';

const never = new AbortController().signal;

/** Compares what is at some indexes, newest first, as messages. */
async function check(pages: LogTablePages, start: number, count: number, expected: readonly string[]): Promise<void> {
  const rows = await pages.read(start, count, never);
  expect(rows.map(({ message }) => message)).toEqual(expected);
}

test('the newest rows take one small question', async () => {
  const { pages, log } = linesUpTo(5000);
  await check(pages, 0, 2, ['line 5000', 'line 4999']);
  expect(log).toEqual(['lines of cruddur 200']);
});

test('a row far back is found by its index, and where pages begin is remembered', async () => {
  const { pages, log } = linesUpTo(5000);
  await check(pages, 4990, 20, [
    'line 10',
    'line 9',
    'line 8',
    'line 7',
    'line 6',
    'line 5',
    'line 4',
    'line 3',
    'line 2',
    'line 1',
  ]);
  expect(log.length).toBe(6);
  await check(pages, 1199, 2, ['line 3801', 'line 3800']);
  expect(log.length).toBe(6);
  expect(pages.count).toEqual({ rows: 5000, isExact: true });
});

test('a row very far back is found without the pages before it', async () => {
  const { pages, source, log } = linesUpTo(25_500);
  source.hasMarks = true;
  await check(pages, 25_498, 5, ['line 2', 'line 1']);
  expect(log.map((line) => line.replace(/ before .*/, ' before'))).toEqual([
    'lines of cruddur 200',
    'marks of cruddur 1000 before',
    'marks of cruddur 1000 before',
    'marks of cruddur 1000 before',
    'lines of cruddur 300 before',
  ]);
  await check(pages, 12_000, 2, ['line 13500', 'line 13499']);
  expect(pages.count).toEqual({ rows: 25_500, isExact: true });
});

test('of a long list only some pages are held, and the others asked for again', async () => {
  const { pages, log } = linesUpTo(20_000);
  await pages.read(19_999, 1, never);
  log.length = 0;
  await check(pages, 0, 1, ['line 20000']);
  expect(log).toEqual(['lines of cruddur 200']);
});

test('the count is what somebody else expects until the end was seen', async () => {
  const { pages } = linesUpTo(1500, { expected: 1490 });
  await pages.read(0, 1, never);
  expect(pages.count).toEqual({ rows: 1490, isExact: true });
  await pages.read(1499, 1, never);
  expect(pages.count).toEqual({ rows: 1500, isExact: true });
});

test('pages in which nothing matches are passed over', async () => {
  const { pages, log } = linesUpTo(5000, { pattern: 'line 42' });
  await check(pages, 0, 3, ['line 4299', 'line 4298', 'line 4297']);
  expect(log[0]).toBe('lines of cruddur 200');
  expect((await pages.read(110, 5, never)).map(({ message }) => message)).toEqual(['line 42']);
});

test('a text is found in both directions, the row it begins with included', async () => {
  const { pages } = linesUpTo(3000);
  expect(await pages.find(1, 'older', isHundredth, never)).toBe(100);
  expect(await pages.find(100, 'older', isHundredth, never)).toBe(100);
  expect(await pages.find(2750, 'newer', isHundredth, never)).toBe(2700);
  expect(await pages.find(2901, 'older', isHundredth, never)).toBeUndefined();
});

test('a question that is cancelled stops the walk, and the next one goes on from there', async () => {
  const { pages, source, log } = linesUpTo(5000);
  const abort = new AbortController();
  const answer = source.hold();
  const reading = pages.read(4000, 1, abort.signal);
  abort.abort(new Error('no longer wanted'));
  answer();
  await expect(reading).rejects.toThrow('no longer wanted');
  const asked = log.length;
  await check(pages, 4999, 1, ['line 1']);
  expect(log.length - asked).toBe(asked === 0 ? 6 : 5);
});

function isHundredth({ message }: { readonly message: string }): boolean {
  return message.endsWith('00');
}

function linesUpTo(number: number, { expected, pattern }: { expected?: number; pattern?: string } = {}) {
  const log: string[] = [];
  const source = new RecordingLogSource(log);
  source.addAll(Array.from({ length: number }, (_item, index) => ({ message: `line ${index + 1}` })));
  const pages = new LogTablePages(source, { group: 'cruddur', ...(pattern !== undefined && { pattern }) });
  pages.expect(expected);
  return { pages, source, log };
}

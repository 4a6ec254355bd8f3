import { expect, test } from 'vitest';
import type { LogScope } from '../sources/logSource.ts';
import { parseLogDocumentPath, renderLogDocument, toLogDocumentPath } from './logsDocumentText.ts';
import { RecordingLogSource } from './logsTestSource.ts';

const never = new AbortController().signal;

/** Compares the document of some lines, oldest first. */
async function check(source: RecordingLogSource, scope: LogScope, expected: readonly string[]): Promise<void> {
  expect((await renderLogDocument(source, scope, never)).split('\n')).toEqual([...expected, '']);
}

test('a document has time, level and message of each line, oldest first', async () => {
  const source = new RecordingLogSource([]);
  source.add({ message: 'server listens', ageSeconds: 5 });
  source.add({ message: 'no such table\n', level: 'error' });
  source.add({ message: 'plain', level: 'unset' });
  await check(source, { group: 'cruddur' }, [
    '2026-11-23 13:59:55.000 INFO server listens',
    '2026-11-23 13:59:59.000 ERROR no such table',
    '2026-11-23 13:59:59.000 plain',
  ]);
});

test('what does not fit is left out at the old end, and said so', async () => {
  const source = new RecordingLogSource([]);
  source.addAll(Array.from({ length: 20_500 }, (_item, index) => ({ message: `line ${index + 1}` })));
  const lines = (await renderLogDocument(source, { group: 'cruddur' }, never)).split('\n');
  expect([lines[0], lines[1]?.slice(24), lines.at(-2)?.slice(24)]).toEqual([
    '… older lines are left out: these are the newest 20,000 lines.',
    'INFO line 501',
    'INFO line 20500',
  ]);
});

test('the address of a document names its lines, whatever is in their names', () => {
  const scope = { group: '/aws/lambda/a#b', streams: ['2026/11/23/[$LATEST]ab'], pattern: '{ $.a = "x/y" }' };
  const path = toLogDocumentPath(scope);
  expect(path.split('/').length).toBe(3);
  expect(parseLogDocumentPath(path)).toEqual(scope);
  expect([parseLogDocumentPath('/etc/passwd'), parseLogDocumentPath('/%7B/a.log')]).toEqual([undefined, undefined]);
});

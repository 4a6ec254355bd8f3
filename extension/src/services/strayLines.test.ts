import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { expect, test } from 'vitest';
import { findStrayLines } from './strayLines.ts';

/** Lines as text, newest first: `stream trace`, the trace left out of a line that names none. */
async function check(lines: readonly string[], known: readonly string[], expected: string | undefined): Promise<void> {
  const events = lines.map((line, index): LogRowJson => {
    const [stream = '', traceId] = line.split(' ');
    const base = { id: String(index), group: 'cruddur', stream, time: '1', ingestionTime: '1', message: '' };
    return { ...base, level: 'info', ...(traceId !== undefined && { traceId }) };
  });
  const found = await findStrayLines(events, (id) => Promise.resolve(known.includes(id)));
  expect(found && `${found.group} ${found.stream} ${found.traces}`).toBe(expected);
}

test('a stream whose newest traces never came is found, whatever came before', async () => {
  await check(['a 1', 'a 2', 'a 2', 'a', 'a 3', 'a 4', 'a 5', 'a 6'], ['6'], 'cruddur a 5');
});

test('one of its newest traces is enough to be well', async () => {
  await check(['a 1', 'a 2', 'a 3', 'a 4', 'a 5'], ['1'], undefined);
  await check(['a 1', 'a 2', 'a 3', 'a 4', 'a 5'], ['5'], undefined);
});

test('a few traces are no reason to say anything', async () => {
  await check(['a 1', 'a 1', 'a 2', 'a 3', 'b 4', 'a', 'a', 'b 5', 'a 6'], [], undefined);
});

test('a stream that is well does not hide another', async () => {
  await check(['a 1', 'b 6', 'a 2', 'b 7', 'a 3', 'b 8', 'a 4', 'b 9', 'a 5', 'b 10'], ['1'], 'cruddur b 5');
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogTablePages } from './logTablePages.ts';
import { saveLog, type LogFileFormat } from './logTableSave.ts';
import { RecordingLogSource } from './logsTestSource.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sightline-save-test-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Saves as many lines and compares some of the file's lines, by their number. */
async function check(lines: number, format: LogFileFormat, expected: Readonly<Record<number, string>>): Promise<void> {
  const file = path.join(folder, 'saved');
  const seen: number[] = [];
  const signal = new AbortController().signal;
  expect(await saveLog(file, format, linesUpTo(lines).chunks(signal), (count) => seen.push(count), signal)).toBe(lines);
  const written = (await readFile(file, 'utf8')).split('\n');
  expect(written.length - 1).toBe(lines);
  for (const [number, line] of Object.entries(expected)) {
    expect(written[Number(number) - 1]).toContain(line);
  }
  expect(seen.at(-1) ?? 0).toBe(lines);
}

test('lines are saved oldest first, however many pages they come in', async () => {
  await check(3456, 'text', { 1: 'INFO line 1', 2256: 'INFO line 2256', 3456: 'INFO line 3456' });
});

test('as JSON, each line is an object with all that is known', async () => {
  await check(2, 'json', { 1: '"message":"line 1"', 2: '"group":"cruddur","stream":"web"' });
});

test('nothing to save makes an empty file', async () => {
  await check(0, 'text', {});
});

test('a person who cancels keeps the file of before', async () => {
  const file = path.join(folder, 'saved');
  await writeFile(file, 'of before');
  const abort = new AbortController();
  const saving = saveLog(
    file,
    'text',
    linesUpTo(3000).chunks(abort.signal),
    () => abort.abort(new Error('stop')),
    abort.signal,
  );
  await expect(saving).rejects.toThrow('stop');
  expect(await readFile(file, 'utf8')).toBe('of before');
});

test('a source that fails on the way leaves the file of before', async () => {
  const file = path.join(folder, 'saved');
  await writeFile(file, 'of before');
  const saving = saveLog(file, 'text', failing(), () => undefined, new AbortController().signal);
  await expect(saving).rejects.toThrow('does not answer');
  expect(await readFile(file, 'utf8')).toBe('of before');
});

async function* failing(): AsyncGenerator<readonly LogRowJson[]> {
  yield [];
  throw new Error('The hub does not answer.');
}

function linesUpTo(number: number): LogTablePages {
  const source = new RecordingLogSource([]);
  source.addAll(Array.from({ length: number }, (_item, index) => ({ message: `line ${index + 1}` })));
  return new LogTablePages(source, { group: 'cruddur' });
}

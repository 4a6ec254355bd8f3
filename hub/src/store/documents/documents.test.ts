import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/hubUnderTest.ts';
import type { TelemetryStore } from '../telemetryStore.ts';
import { testTrace } from '../testing/testSpans.ts';
import { appendSpans, openTestStore } from '../testing/testStore.ts';

async function check(store: TelemetryStore, kind: string, documents: Record<string, unknown>): Promise<void> {
  expect(Object.fromEntries(await store.documents.all(kind))).toEqual(documents);
}

test('documents are told apart by kind and key; a later one takes the place of the one before', async () => {
  const { store } = await openTestStore();
  await store.documents.put('group', 'b', { filter: 'fault' });
  await store.documents.put('group', 'a', ['text', 1, null, true]);
  await store.documents.put('rule', 'a', 'another kind');
  await store.documents.put('group', 'b', { filter: 'error' });
  await check(store, 'group', { a: ['text', 1, null, true], b: { filter: 'error' } });
  expect([...(await store.documents.all('group')).keys()]).toEqual(['a', 'b']);
  await check(store, 'rule', { a: 'another kind' });
  await check(store, 'tag', {});
});

test('undefined removes a document, also one that was never there', async () => {
  const { store } = await openTestStore();
  await store.documents.put('group', 'a', 1);
  await store.documents.put('group', 'a', undefined);
  await store.documents.put('group', 'b', undefined);
  await check(store, 'group', {});
});

test('a value that is no JSON is refused and changes nothing', async () => {
  const { store } = await openTestStore();
  await store.documents.put('group', 'a', 1);
  await expect(store.documents.put('group', 'a', 1n)).rejects.toThrow(TypeError);
  await check(store, 'group', { a: 1 });
});

test('any text is a key: letters outside ASCII, quotation marks, NUL', async () => {
  const { store } = await openTestStore();
  const keys = ['Ä “x”', `'; drop table document; --`, 'a\u0000b', ''];
  for (const key of keys) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is asked for.
    await store.documents.put('group', key, key);
  }
  await check(store, 'group', Object.fromEntries(keys.map((key) => [key, key])));
});

test('documents survive clear, retention and a clean stop', async () => {
  const { store, dataDir } = await openTestStore({ maxBytes: 1 });
  await store.documents.put('group', 'a', { filter: 'ok' });
  await appendSpans(store, testTrace(1));
  await appendSpans(store, testTrace(2));
  await store.clear();
  await check(store, 'group', { a: { filter: 'ok' } });
  await store.close();
  const { store: again } = await openTestStore({ dataDir });
  await check(again, 'group', { a: { filter: 'ok' } });
});

test('what was stored survives kill -9 the moment after', async () => {
  const dataDir = temporaryFolder();
  const program = fileURLToPath(new URL('../testing/putUntilKilled.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let last = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last === 40) {
      child.kill('SIGKILL');
    }
  }
  await ended;
  const { store } = await openTestStore({ dataDir });
  const stored = await store.documents.all('numbered');
  const wanted = Array.from({ length: last }, (_, at) => String(at + 1));
  expect(wanted.filter((number) => !stored.has(number))).toEqual([]);
  expect(stored.get('40')).toEqual({ number: 40 });
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../e2e/ports.ts';
import { loadPorts } from './startPorts.ts';

async function listenAnywhere(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

function stateFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-ports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const say = (): void => undefined;

test('a usual port that is taken is replaced by a free one, which is said, and comes back once it is free', async () => {
  const folder = stateFolder();
  const { server, port } = await listenAnywhere();
  const wanted = { backend: port, page: await freePort() };
  const said: string[] = [];
  const chosen = await loadPorts(folder, (sentence) => said.push(sentence), wanted);
  expect(chosen.page).toBe(wanted.page);
  expect(chosen.backend).not.toBe(port);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(new RegExp(`^Port ${port} is taken by .+: the sample's backend gets ${chosen.backend}\\.$`));
  server.close();
  await once(server, 'close');
  expect(await loadPorts(folder, (sentence) => said.push(sentence), wanted)).toEqual({
    ...wanted,
    editor: chosen.editor,
  });
  expect(said).toHaveLength(1);
});

test('the editor has the port that it had the last time', async () => {
  const folder = stateFolder();
  const { editor } = await loadPorts(folder, say);
  expect((await loadPorts(folder, say)).editor).toBe(editor);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ReadyLine } from '../client/api.ts';
import { parseCommandLine } from '../commandLine.ts';
import { prepareDataDirectory } from '../dataDirectory.ts';
import { Hub } from '../hub.ts';
import { InMemoryStore } from './inMemoryStore.ts';

export interface HubUnderTest {
  readonly hub: Hub;
  readonly ready: ReadyLine;
  readonly endpoints: Required<ReadyLine['endpoints']>;
  readonly store: InMemoryStore;
  readonly token: string;
}

/** A folder of the test's own, removed when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-hub-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A hub in this process on free ports, in front of an in-memory store; stopped when the test has ended. */
export async function startHubUnderTest(...args: string[]): Promise<HubUnderTest> {
  const store = new InMemoryStore();
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', '0'];
  const commandLine = parseCommandLine(['--data-dir', temporaryFolder(), ...ports, ...args]);
  if (commandLine.kind !== 'serve') {
    throw new Error(`Not a command line that serves: ${JSON.stringify(commandLine)}`);
  }
  prepareDataDirectory(commandLine.options.dataDir);
  const { hub, ready } = await Hub.start(commandLine.options, () => Promise.resolve(store));
  onTestFinished(() => hub.stop());
  return {
    hub,
    ready,
    endpoints: { xrayUdp: '', xrayTcp: '', otlpHttp: '', otlpGrpc: '', ...ready.endpoints },
    store,
    token: readFileSync(ready.tokenFile, 'utf8').trim(),
  };
}

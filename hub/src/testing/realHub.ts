import { onTestFinished } from 'vitest';
import type { ReadyLine } from '../client/api.ts';
import { HubClient } from '../client/hubClient.ts';
import { parseCommandLine } from '../commandLine.ts';
import { prepareDataDirectory } from '../dataDirectory.ts';
import { Hub } from '../hub.ts';
import { openTelemetryStore } from '../store/openTelemetryStore.ts';
import { freePorts } from './hubProcess.ts';
import { temporaryFolder } from './hubUnderTest.ts';

export interface RealHub {
  readonly ready: ReadyLine;
  readonly dataDir: string;
  readonly client: HubClient;
}

/** A hub in this process on free ports with the store of the product; stopped when the test has ended. */
export async function startRealHub(...args: string[]): Promise<RealHub> {
  const dataDir = temporaryFolder();
  const commandLine = parseCommandLine(['--data-dir', dataDir, ...freePorts, ...args]);
  if (commandLine.kind !== 'serve') {
    throw new Error(`Not a command line that serves: ${JSON.stringify(commandLine)}`);
  }
  prepareDataDirectory(dataDir);
  const { hub, ready } = await Hub.start(commandLine.options, openTelemetryStore);
  const client = new HubClient({ dataDir });
  onTestFinished(async () => {
    client.dispose();
    await hub.stop();
  });
  return { ready, dataDir, client };
}

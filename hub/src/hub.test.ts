import { expect, onTestFinished, test } from 'vitest';
import { parseCommandLine } from './commandLine.ts';
import { prepareDataDirectory } from './dataDirectory.ts';
import { Hub } from './hub.ts';
import { openTelemetryStore } from './store/openTelemetryStore.ts';
import type { TelemetryStore } from './store/telemetryStore.ts';
import { temporaryFolder } from './testing/hubUnderTest.ts';
import { UserError } from './userError.ts';

/** Starts a hub in front of the real store, lets something happen to the store, and answers what ended the hub. */
async function check(happen: (store: TelemetryStore) => void): Promise<unknown> {
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', '0'];
  const commandLine = parseCommandLine(['--data-dir', temporaryFolder(), ...ports]);
  if (commandLine.kind !== 'serve') {
    throw new Error(`Not a command line that serves: ${JSON.stringify(commandLine)}`);
  }
  prepareDataDirectory(commandLine.options.dataDir);
  const stores: TelemetryStore[] = [];
  const { hub } = await Hub.start(commandLine.options, async (options) => {
    const store = await openTelemetryStore(options);
    stores.push(store);
    return store;
  });
  onTestFinished(() => hub.stop());
  stores.forEach(happen);
  return await hub.ended.then(
    () => 'nothing',
    (error: unknown) => error,
  );
}

test('the hub ends with a sentence where a thread of its store has died', async () => {
  const reason = await check((store) => store.openDatagramPort().postMessage(undefined));
  expect(reason).toBeInstanceOf(UserError);
  expect((reason as UserError).message).toMatch(
    /^The thread that writes the store has failed: .*\. What was acknowledged is kept; start the hub again\.$/,
  );
});

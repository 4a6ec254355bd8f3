import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartError } from '../startError.ts';

/** The embedded Postgres, started as a child of this process. */
export interface DatabaseProcess {
  readonly url: string;
  close(): Promise<void>;
}

interface ReadyMessage {
  readonly event: 'ready';
  readonly endpoints: { readonly postgres: string };
}

/** Throws a `StartError` when it ends before it listens; it has then said why on standard error. */
export async function startDatabaseProcess(dataDir: string): Promise<DatabaseProcess> {
  const program = fileURLToPath(new URL('../database.ts', import.meta.url));
  const child = fork(program, ['--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await readyUrl(child);
  let isClosing = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (!isClosing) {
        console.error(`The embedded database ended with code ${code}: restart the sample.`);
      }
      resolve();
    });
  });
  return {
    url,
    close: async () => {
      isClosing = true;
      // The closed channel is what it waits for: Windows has no signal that a process could catch.
      child.disconnect();
      await ended;
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve((message as ReadyMessage).endpoints.postgres));
    child.once('exit', () => reject(new StartError('The embedded database did not start.')));
    child.once('error', reject);
  });
}

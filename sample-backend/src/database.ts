/**
 * The embedded Postgres as a process of its own: `node src/database.ts [--port 0] [--data-dir DIR]`. Prints one JSON line once it listens.
 * A process of its own, since a query here is computed on the calling thread and would hold up every other request of the backend.
 */
import { parseArgs } from 'node:util';
import { startDatabase } from './embedded/postgres.ts';
import { dataDirOf, parsePort } from './settings.ts';
import { StartError } from './startError.ts';
import { onStopSignal } from './stopSignal.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, 'data-dir': { type: 'string' } } });

// Started by the backend it ends when the backend lets go of it, even by a crash and even while it is starting. Signals are then left to the
// backend: Ctrl-C reaches every process of a terminal, and the last requests still need the database.
const isChild = process.connected;
const askedToStop = new Promise<void>((resolve) => {
  process.once('disconnect', resolve);
  onStopSignal(() => {
    if (!isChild) {
      resolve();
    }
  });
});

try {
  const database = await startDatabase({
    port: parsePort(values.port ?? process.env['DATABASE_PORT'] ?? '0', '--port'),
    dataDir: values['data-dir'] ?? dataDirOf(process.env),
  });
  const ready = { event: 'ready', endpoints: { postgres: database.url } };
  console.log(JSON.stringify(ready));
  if (process.connected) {
    process.send?.(ready);
  }
  await askedToStop;
  await database.close();
  process.exit(0);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}

/**
 * The embedded Postgres as a process of its own: `node src/database.ts [--port 0] [--data-dir DIR]`. Prints one JSON line once it listens.
 * A process of its own, since a query here is computed on the calling thread and would hold up every other request of the backend.
 */
import { parseArgs } from 'node:util';
import { startDatabase } from './embedded/postgres.ts';
import { dataDirOf, parsePort } from './settings.ts';
import { StartError } from './startError.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, 'data-dir': { type: 'string' } } });

try {
  const database = await startDatabase({
    port: parsePort(values.port ?? process.env['DATABASE_PORT'] ?? '0', '--port'),
    dataDir: values['data-dir'] ?? dataDirOf(process.env),
  });
  const stop = async (): Promise<never> => {
    await database.close();
    process.exit(0);
  };
  if (process.connected) {
    // Started by the backend: it ends when the backend lets go of it, even by a crash. Ctrl-C reaches every process of a terminal, and
    // the backend still needs the database for its last requests.
    process.once('disconnect', () => void stop());
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => undefined);
  } else {
    process.once('SIGINT', () => void stop());
    process.once('SIGTERM', () => void stop());
  }
  const ready = { event: 'ready', endpoints: { postgres: database.url } };
  console.log(JSON.stringify(ready));
  process.send?.(ready);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { StartError } from '../startError.ts';
import { lockFolder } from './folderLock.ts';

export interface Database {
  /** `postgres://postgres@127.0.0.1:5432/postgres`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A Postgres that needs no install (PGlite, WebAssembly), on a loopback port. Throws a `StartError` when folder or port cannot be had. */
export async function startDatabase(options: { readonly port: number; readonly dataDir: string }): Promise<Database> {
  const unlock = await lock(options.dataDir);
  const db = await openFolder(options.dataDir);
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: options.port, maxConnections: 10 });
  try {
    await server.start();
  } catch (error) {
    unlock();
    throw new StartError(`The database cannot listen on port ${options.port}: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres`,
    close: async () => {
      await server.stop();
      await db.close();
      unlock();
    },
  };
}

async function lock(dataDir: string): Promise<() => void> {
  try {
    mkdirSync(dataDir, { recursive: true });
    return await lockFolder(dataDir);
  } catch (error) {
    if (error instanceof StartError) {
      throw error;
    }
    throw new StartError(`The database folder ${dataDir} cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** What a crash left unreadable is moved aside rather than thrown away, and the sample starts anew: it is sample data. */
async function openFolder(dataDir: string): Promise<PGlite> {
  const folder = path.join(dataDir, 'data');
  const isNew = !existsSync(folder);
  try {
    return await PGlite.create(folder);
  } catch (error) {
    if (isNew) {
      throw error;
    }
    const aside = `${folder}-damaged-${Date.now()}`;
    renameSync(folder, aside);
    console.error(`The database could not be opened (${String(error)}). It was moved to ${aside}; a new one is made.`);
    return await PGlite.create(folder);
  }
}

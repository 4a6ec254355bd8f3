import { once } from 'node:events';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { StartError } from '../startError.ts';

interface Holder {
  readonly pid: number;
  readonly port: number;
}

/** Milliseconds that whoever holds a lock gets to say so. */
const patience = 1000;

/**
 * Two processes on one database folder would destroy it, and PGlite does not look. The holder answers on a loopback port that the lock file
 * names: a port closes with its process, however that ends, while a process id alone may belong to another program after a restart.
 * Resolves with the function that gives the folder free; throws a `StartError` that names the process in the way.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const file = path.join(folder, 'in-use-by.json');
  const server = net.createServer((socket) => socket.end(folder)).unref();
  // Who asks may be gone before the answer.
  server.on('connection', (socket) => socket.on('error', () => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  while (!tryToTake(file, { pid: process.pid, port })) {
    const holder = holderIn(file);
    if (holder !== undefined && (await answersFor(folder, holder))) {
      server.close();
      throw new StartError(
        `The database folder ${folder} is in use by process ${holder.pid}: end it, or set SAMPLE_DATA_DIR.`,
      );
    }
    rmSync(file, { force: true });
  }
  return () => {
    rmSync(file, { force: true });
    server.close();
  };
}

/** A link, unlike a write, appears with its whole content or not at all. */
function tryToTake(file: string, holder: Holder): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined when the file has just gone or is no lock. */
function holderIn(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    // Either way nobody is named who could hold it.
    return undefined;
  }
}

async function answersFor(folder: string, { port }: Holder): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1', timeout: patience });
  socket.on('timeout', () => socket.destroy(new Error('no answer')));
  try {
    return (await text(socket)) === folder;
  } catch {
    // Refused or silent: the process that wrote the file is gone.
    return false;
  }
}

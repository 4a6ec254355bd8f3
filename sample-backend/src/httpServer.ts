import type { Server } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { StartError } from './startError.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The environment variable that chooses the port, for the sentence that says it is taken. */
  readonly variable: string;
}

/**
 * Throws a `StartError` when somebody listens on the port. Asked before the slow parts of a start, so that a person reads it at once. By
 * connecting, since a listener of an instant would look like a started backend to whoever waits for one.
 */
export async function assertFree({ host, port, variable }: ListenOptions): Promise<void> {
  if (port === 0) {
    return;
  }
  const socket = net.connect({ host, port });
  const isTaken = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  if (isTaken) {
    throw new StartError(takenSentence(port, variable));
  }
}

/** Resolves with the port. Throws a `StartError` when it is taken or may not be used. */
export async function listen(server: Server, { host, port, variable }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new StartError(sentenceOf(error, host, port, variable), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Takes no new connection, gives the requests under way `graceMs` to finish, then cuts them off. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cutOff);
}

function sentenceOf(error: NodeJS.ErrnoException, host: string, port: number, variable: string): string {
  return error.code === 'EADDRINUSE'
    ? takenSentence(port, variable)
    : `${host}:${port} cannot be listened on (${error.code ?? error.message}): set ${variable} to another port.`;
}

function takenSentence(port: number, variable: string): string {
  return `Port ${port} is taken by another program: end it, or set ${variable} to another port (0 picks a free one).`;
}

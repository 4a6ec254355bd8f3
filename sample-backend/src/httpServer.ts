import { createServer } from 'node:http';
import type { Server } from 'node:http';
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
 * Throws a `StartError` when the port is taken. Asked before the slow parts of a start, so that a person reads it at once; `listen` has the
 * last word.
 */
export async function assertFree(options: ListenOptions): Promise<void> {
  const probe = createServer();
  await listen(probe, options);
  await closeServer(probe, 0);
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
    ? `Port ${port} is taken by another program: end it, or set ${variable} to another port (0 picks a free one).`
    : `${host}:${port} cannot be listened on (${error.code ?? error.message}): set ${variable} to another port.`;
}

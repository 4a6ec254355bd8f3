import type { Server } from 'node:net';
import { reasonOf } from './dataDirectory.ts';
import { describePortHolder } from './client/portHolder.ts';
import { UserError } from './userError.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What a port is for, and which option names it: the words of the sentence when it is taken. */
export interface PortPurpose {
  readonly what: string;
  readonly option: string;
}

/** Listens and answers the port that was given. Throws `UserError` when that cannot be. */
export function listen(server: Server, { host, port }: ListenAddress, purpose: PortPurpose): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(listenError(error, 'tcp', { host, port }, purpose));
    server.once('error', onError);
    server.listen({ host, port, backlog: 511 }, () => {
      server.removeListener('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Words a failed bind: who holds a taken port where that can be told, and which option to use. */
export function listenError(
  error: Error & { readonly code?: string },
  protocol: 'tcp' | 'udp',
  { host, port }: ListenAddress,
  { what, option }: PortPurpose,
): UserError {
  const place = `${protocol === 'udp' ? 'UDP port' : 'Port'} ${port} (${what})`;
  if (error.code === 'EADDRINUSE') {
    const holder = describePortHolder(protocol, port);
    const taken = holder === undefined ? 'is already taken' : `is already taken by ${holder}`;
    return new UserError(`${place} ${taken}; choose another one with ${option}.`, { cause: error });
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new UserError(`This machine has no address ${host} to listen on; choose another one with --host.`, {
      cause: error,
    });
  }
  return new UserError(`${place} cannot be opened on ${host}: ${reasonOf(error)}; choose another one with ${option}.`, {
    cause: error,
  });
}

/** An address as others can call it: a wildcard is called by loopback, IPv6 in brackets. */
export function callableHost(host: string): string {
  if (host === '0.0.0.0') {
    return '127.0.0.1';
  }
  if (host === '::') {
    return '[::1]';
  }
  return host.includes(':') ? `[${host}]` : host;
}

import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isLoopback } from '../guard.ts';

/**
 * Says in a sentence that an endpoint is this very hub, or `undefined`. `ports` are the hub's own; a name counts for all the addresses it has now.
 */
export async function ownEndpointTrouble(endpoint: string, ports: readonly number[]): Promise<string | undefined> {
  const url = new URL(endpoint);
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  if (!ports.includes(port)) {
    return undefined;
  }
  const name = url.hostname.replaceAll(/^\[|\]$/g, '');
  // A name that nobody knows now is found out when something is sent.
  const found = await lookup(name, { all: true }).catch(() => []);
  const own = new Set(Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []));
  const isOwn = found.some(
    ({ address }) => isLoopback(address) || own.has(address) || /^(0\.0\.0\.0|::)$/.test(address),
  );
  return isOwn
    ? `The endpoint ${url.host} is this hub itself: everything would come back for ever. Name the vendor's endpoint, or another hub's.`
    : undefined;
}

import { networkInterfaces } from 'node:os';
import { askHealth } from '@sightline/hub/client/hubLock';

/** Whether a hub of this machine answers on another of its addresses than loopback: only such a one is in reach of containers. */
export async function listensBeyondLoopback(api: string): Promise<boolean> {
  if (!URL.canParse(api)) {
    return false;
  }
  const { hostname, port } = new URL(api);
  if (hostname !== 'localhost' && !hostname.startsWith('127.')) {
    return true;
  }
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.internal === false && each.family === 'IPv4')?.address;
  // A machine without a network has nobody beyond loopback but its own engine.
  return address !== undefined && (await askHealth(`http://${address}:${port}`)) !== undefined;
}

import type { Server } from 'node:http';
import { listen, type ListenAddress } from '../listening.ts';
import type { XRayUdpReceiver } from './xrayUdp.ts';

const purpose = { what: 'X-Ray', option: '--xray-port' };
/** How often a free UDP port is looked for whose number is free for TCP too. */
const attempts = 20;

/**
 * Opens the two sides of the X-Ray daemon on one port number, since SDKs know only one address, and answers it; port 0 finds a
 * number that is free for both. Throws `UserError` when a port is taken.
 */
export async function openXRayPorts(
  { host, port }: ListenAddress,
  { udp, tcp }: { readonly udp: XRayUdpReceiver; readonly tcp: Server },
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const given = await udp.bind({ host, port });
    try {
      return await listen(tcp, { host, port: given }, purpose);
    } catch (error) {
      await udp.unbind();
      if (port !== 0 || attempt === attempts) {
        throw error;
      }
    }
  }
}

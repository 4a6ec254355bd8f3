import type { Server } from 'node:http';
import { listen, type ListenAddress } from '../listening.ts';
import { createXRayTcpServer, type XRayTcpOptions } from './xrayTcp.ts';
import { XRayUdpReceiver } from './xrayUdp.ts';

const purpose = { what: 'X-Ray', option: '--xray-port' };
/** How often a free UDP port is looked for whose number is free for TCP too. */
const attempts = 20;

/** The two sides of the X-Ray daemon, on one port number, since SDKs know only one address. */
export interface XRayPorts {
  readonly port: number;
  readonly udp: XRayUdpReceiver;
  close(): Promise<void>;
}

/** Opens UDP and TCP on one port; port 0 finds a number that is free for both. Throws `UserError` when a port is taken. */
export async function openXRayPorts(
  { host, port }: ListenAddress,
  options: XRayTcpOptions & { readonly onActivity: () => void },
): Promise<XRayPorts> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = await XRayUdpReceiver.open({ host, port }, options.store);
    const tcp = createXRayTcpServer(options);
    try {
      await listen(tcp, { host, port: udp.port }, purpose);
      return { port: udp.port, udp, close: () => closeBoth(udp, tcp) };
    } catch (error) {
      await udp.close();
      if (port !== 0 || attempt === attempts) {
        throw error;
      }
    }
  }
}

async function closeBoth(udp: XRayUdpReceiver, tcp: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    tcp.close(() => resolve());
  });
  tcp.closeAllConnections();
  await Promise.all([udp.close(), closed]);
}

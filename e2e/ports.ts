import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** What a started sample listens on: the editor's server, the hub's four, and the sample's two. */
export type Ports = Readonly<Record<'editor' | 'api' | 'otlpHttp' | 'otlpGrpc' | 'xray' | 'backend' | 'page', number>>;

/** 0 leaves the choice to the system. */
export const anyPorts: Ports = { editor: 0, api: 0, otlpHttp: 0, otlpGrpc: 0, xray: 0, backend: 0, page: 0 };

/** The wanted ports where they are free, else free ones. */
export async function choosePorts(wanted: Ports): Promise<Ports> {
  const chosen = { ...wanted };
  for (const name of Object.keys(anyPorts) as (keyof Ports)[]) {
    chosen[name] = await freePort(wanted[name], name === 'xray' ? 'tcp and udp' : 'tcp');
  }
  return chosen;
}

/** A port of 127.0.0.1 that was free a moment ago: the wanted one if possible. An X-Ray daemon has one number for UDP and TCP. */
export async function freePort(wanted = 0, protocols: 'tcp' | 'tcp and udp' = 'tcp'): Promise<number> {
  for (const candidate of [wanted, 0, 0, 0]) {
    const port = await listenOnce(candidate);
    if (port !== undefined && (protocols === 'tcp' || (await bindOnce(port)))) return port;
  }
  throw new Error('No free port was found.');
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function bindOnce(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

/** Ports of this clone's own, so that it meets neither another clone nor a hub that a person uses otherwise. */
export type Ports = Readonly<Record<keyof typeof preferred, number>>;

/** 0 leaves the choice to the system. The sample's two are the documented ones as long as nobody else has them. */
const preferred = { editor: 0, api: 0, otlpHttp: 0, otlpGrpc: 0, xray: 0, backend: 4567, page: 3000 };

/**
 * The same ports as the last time where they are free: the browser keeps settings and secrets by origin, and terminals stay right.
 */
export async function choosePorts(stateFolder: string): Promise<Ports> {
  const file = path.join(stateFolder, 'ports.json');
  const last: Partial<Ports> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const chosen = { ...preferred };
  for (const name of Object.keys(preferred) as (keyof Ports)[]) {
    const candidates = [last[name] ?? preferred[name], preferred[name]];
    chosen[name] = await firstFree(candidates, name === 'xray');
  }
  writeFileSync(file, `${JSON.stringify(chosen, null, 2)}\n`);
  return chosen;
}

/** An X-Ray daemon has one number for UDP and TCP. */
async function firstFree(candidates: readonly number[], withUdp: boolean): Promise<number> {
  for (const candidate of [...candidates, 0, 0, 0]) {
    const port = await listenOnce(candidate);
    if (port !== undefined && (!withUdp || (await bindOnce(port)))) return port;
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

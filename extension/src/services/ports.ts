import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** The hub's receivers that have a port of their own. */
export const receivers = ['api', 'otlpHttp', 'otlpGrpc', 'xray'] as const;
export type Receiver = (typeof receivers)[number];

/** A port as a setting names it; `undefined` leaves the choice to us. */
export type PortSettings = Readonly<Partial<Record<Receiver, number>>>;

/** The ports that the hub takes when nobody names one: design section 4. */
export const defaultPorts: Record<Receiver, number> = { api: 4319, otlpHttp: 4318, otlpGrpc: 4317, xray: 2000 };

/** Answers whether this process could listen there. The X-Ray receiver needs the number for UDP and TCP alike. */
export type PortProbe = (receiver: Receiver, port: number) => Promise<boolean>;

/**
 * A port for each receiver: the setting's, else the default, else, where another program holds that one, the default plus 10,000 (the same one every time, so
 * that terminals opened earlier stay right), else 0, which lets the hub pick any.
 */
export async function choosePorts(settings: PortSettings, isFree: PortProbe): Promise<Record<Receiver, number>> {
  const entries = receivers.map(async (receiver) => [receiver, await choosePort(receiver, settings, isFree)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<Receiver, number>;
}

/** The same for one receiver. */
export async function choosePort(receiver: Receiver, settings: PortSettings, isFree: PortProbe): Promise<number> {
  const named = settings[receiver];
  if (named !== undefined) {
    return named;
  }
  for (const port of [defaultPorts[receiver], defaultPorts[receiver] + 10_000]) {
    if (await isFree(receiver, port)) {
      return port;
    }
  }
  return 0;
}

/** A number that is free for UDP and TCP now, for a program that takes one number for both and cannot pick one. */
export async function freeXRayPort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await anyUdpPort();
    if ((await isPortFree('xray', port)) || attempt === attempts) {
      return port;
    }
  }
}

const attempts = 20;

/** Tries to listen on loopback, and stops at once. */
export async function isPortFree(receiver: Receiver, port: number): Promise<boolean> {
  const tcp = await canListen(port);
  return tcp && (receiver !== 'xray' || (await canBind(port)));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function anyUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ port: 0, address: '127.0.0.1' }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

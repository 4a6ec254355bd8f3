import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { findRunningHub, type HubRecord } from '@sightline/hub/client/hubLock';
import type { StartPorts } from './startPorts.ts';

export interface ReadinessOptions {
  readonly stateFolder: string;
  readonly ports: StartPorts;
  readonly noOpen: boolean;
  readonly signal: AbortSignal;
}

/** Tells as things come up, then what to do next. Settles when all is up, or when the signal is aborted. */
export async function reportReadiness({ stateFolder, ports, noOpen, signal }: ReadinessOptions): Promise<void> {
  console.log(
    noOpen
      ? 'Open the address above: its window starts the hub, the database and the backend.'
      : 'Waiting for the window, which starts the hub, the database and the backend ...',
  );
  const dataDir = path.join(stateFolder, 'hub');
  try {
    console.log(`  Hub      ${describeHub(await until(() => findRunningHub(dataDir), signal))}`);
    await until(() => isListening(ports.backend), signal);
    console.log(`  Backend  http://127.0.0.1:${ports.backend}/api/activities/home`);
    await until(() => isListening(ports.page), signal);
    console.log(`  Page     http://127.0.0.1:${ports.page}\n`);
    console.log('Click something on the page, and watch it arrive in the Sightline sidebar. Ctrl-C ends everything.');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Asked again and again: nobody tells another process when a port opens. */
async function until<T>(find: () => Promise<T | undefined | false>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await after(250, undefined, { signal });
  }
}

/** Where a hub takes what. A receiver that is off, or has the X-Ray daemon in front of it, is left out. */
function describeHub({ api, endpoints }: HubRecord): string {
  const { xrayUdp, otlpHttp, otlpGrpc } = endpoints ?? {};
  const receivers = Object.entries({ 'X-Ray': xrayUdp, 'OTLP/HTTP': otlpHttp, 'OTLP/gRPC': otlpGrpc });
  const open = receivers.flatMap(([name, at]) => (at === undefined ? [] : `${name} ${/\d+$/.exec(at)?.[0]}`));
  return open.length === 0 ? api : `${api} (${open.join(', ')})`;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import type { Ports } from '../../e2e/ports.ts';

export interface ReadinessOptions {
  readonly stateFolder: string;
  readonly ports: Ports;
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
  const isHubUp = async (): Promise<boolean> => (await findRunningHub(dataDir)) !== undefined;
  try {
    await until(isHubUp, signal);
    console.log(
      `  Hub      http://127.0.0.1:${ports.api} (X-Ray ${ports.xray}, OTLP ${ports.otlpHttp} and ${ports.otlpGrpc})`,
    );
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
async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) await after(250, undefined, { signal });
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

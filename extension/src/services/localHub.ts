import { setTimeout as sleep } from 'node:timers/promises';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { findRunningHub, readHubRecord } from '@sightline/hub/client/hubLock';
import { launchHub } from './hubProcess.ts';
import type { HubWorld } from './hubSession.ts';
import { findNodeRuntime, nodeSurroundings } from './nodeRuntime.ts';
import { choosePorts, isPortFree, type PortSettings } from './ports.ts';

export interface LocalHub {
  readonly dataDir: string;
  readonly ownVersion: string;
  /** The bundled hub's main file. */
  readonly program: string;
  readonly client: HubClient;
  /** Read anew at each start. */
  readonly settings: () => HubSettings;
  /** Whether an X-Ray daemon goes before the hub, so that the hub leaves its port alone. */
  readonly isXRayDaemonUsed: () => Promise<boolean>;
  readonly isOwn: (pid: number) => boolean;
  readonly rememberOwn: (pid: number) => void;
}

export interface HubSettings {
  readonly nodePath: string | undefined;
  readonly ports: PortSettings;
  /** As the hub's command line takes them: `2G`, `7d`. */
  readonly maxBytes: string;
  readonly maxAge: string;
  /** Rollbar items in a minute; null takes all. */
  readonly rollbarRate: number | null;
  /** Where it listens, as its command line takes it; none for loopback. */
  readonly listen: readonly string[];
}

/** The hub of this machine, by processes and sockets. */
export function localHub(local: LocalHub): HubWorld {
  const { dataDir, ownVersion, client, isOwn, rememberOwn } = local;
  return {
    dataDir,
    ownVersion,
    isOwn,
    rememberOwn,
    find: (signal) => findRunningHub(dataDir, signal),
    readRecord: () => readHubRecord(dataDir),
    launch: (signal) => launch(local, signal),
    follow: (onState) => client.subscribe({ onChange: () => undefined, onState }),
    shutdown: () => client.shutdown(AbortSignal.timeout(5_000)),
    sleep: (millis) => sleep(millis),
    now: () => performance.now(),
  };
}

async function launch(local: LocalHub, signal: AbortSignal | undefined): ReturnType<typeof launchHub> {
  // First: a daemon in a container decides where the hub has to listen.
  const isDaemonUsed = await local.isXRayDaemonUsed();
  const { nodePath, ports, maxBytes, maxAge, rollbarRate, listen } = local.settings();
  const runtime = await findNodeRuntime(nodePath, nodeSurroundings);
  const chosen = { ...(await choosePorts(ports, isPortFree)), ...(isDaemonUsed && { xray: 'none' as const }) };
  const rate = rollbarRate === null ? [] : ['--rollbar-rate', String(rollbarRate)];
  const limits = ['--max-bytes', maxBytes, '--max-age', maxAge, ...rate, ...listen];
  const { program, dataDir } = local;
  return await launchHub({ runtime, program, dataDir, ports: chosen, limits, env: process.env }, signal);
}

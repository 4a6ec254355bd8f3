import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { Emitter } from '../lifetime.ts';
import type { HubSession } from './hubSession.ts';
import { choosePort, freeXRayPort, isPortFree, type PortProbe } from './ports.ts';
import { ServiceProcess } from './serviceProcess.ts';
import { tiedCommand } from './tiedCommand.ts';
import type { XRayDaemonContainers, XRayDaemonRun, XRayDaemonWorld } from './xrayDaemon.ts';
import {
  chooseXRayDaemon,
  programSurroundings,
  type FindXRayDaemonService,
  type XRayDaemonSettings,
} from './xrayDaemonChoice.ts';
import { renderXRayDaemonConfig, xrayDaemonEnvironment, type XRayDaemonConfig } from './xrayDaemonConfig.ts';

export interface LocalXRayDaemon {
  readonly session: HubSession;
  readonly client: HubClient;
  readonly isTrusted: () => boolean;
  /** Where its configuration is written. */
  readonly folder: string;
  /** Read anew at each start. */
  readonly settings: () => XRayDaemonSettings & { readonly port?: number; readonly region: string };
  /** The daemons of the folder's compose file. */
  readonly containers: XRayDaemonContainers & {
    readonly find: FindXRayDaemonService;
    /** Whether a service is to publish the port on this machine. */
    publishes(port: number): boolean;
  };
}

const leaseName = 'xray-daemon';
/** A window that was killed is missed after three beats. */
const leaseMillis = 10_000;
const longestLine = 10_000;

/** The daemon of this machine, by processes, files and the hub's leases. */
export function localXRayDaemon(local: LocalXRayDaemon): XRayDaemonWorld {
  const { session, client, isTrusted, folder, settings, containers } = local;
  const holder = randomUUID();
  return {
    session,
    isTrusted,
    containers,
    choose: () => chooseXRayDaemon(settings(), programSurroundings, containers.find),
    chooseAddress: async () => `127.0.0.1:${await portFor(settings().port, (port) => containers.publishes(port))}`,
    run: (program, at) => runXRayDaemon(program, folder, { ...at, region: settings().region }),
    claim: (note, take) => client.claimLease(leaseName, { holder, millis: leaseMillis, note, take }),
    release: () => client.releaseLease(leaseName, holder),
    now: () => new Date(),
    every: (millis, work) => {
      const timer = setInterval(work, millis);
      return { dispose: () => clearInterval(timer) };
    },
    sleep: (millis) => sleep(millis, undefined, { ref: false }),
  };
}

/** A port that a setting names is taken as it is: the daemon says where it is held. */
async function portFor(named: number | undefined, isTaken: (port: number) => boolean): Promise<number> {
  const isFree: PortProbe = async (receiver, port) => !isTaken(port) && (await isPortFree(receiver, port));
  const port = await choosePort('xray', named === undefined ? {} : { xray: named }, isFree);
  return port === 0 ? await freeXRayPort() : port;
}

/** Writes the configuration and starts the program, which ends with us. Throws where the file cannot be written. */
export function runXRayDaemon(program: string, folder: string, config: XRayDaemonConfig): XRayDaemonRun {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `cfg-${config.address.split(':').at(-1)}.yaml`);
  // Made anew, since the mode counts only for a new file.
  rmSync(file, { force: true });
  writeFileSync(file, renderXRayDaemonConfig(config), { mode: 0o600 });
  const running = new ServiceProcess(
    tiedCommand({ command: program, args: ['-c', file], cwd: folder, env: xrayDaemonEnvironment(process.env) }),
  );
  const lines = new Emitter<string>();
  let rest = '';
  running.onOutput((text) => {
    const whole = (rest + text).split('\n');
    rest = (whole.pop() ?? '').slice(-longestLine);
    whole.forEach((line) => lines.fire(line.slice(0, longestLine)));
  });
  return {
    ...(running.pid !== undefined && { pid: running.pid }),
    onLine: lines.event,
    exited: running.exited.finally(() => rmSync(file, { force: true })),
    stop: (patienceMillis) => running.stop(patienceMillis),
  };
}

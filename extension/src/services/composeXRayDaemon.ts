import { Emitter, type Disposer } from '../lifetime.ts';
import type { ComposeContainer } from './composeContainers.ts';
import { xrayDaemonIn, xrayPort, type ComposeService } from './composeFile.ts';
import type { ComposeProject } from './composeProject.ts';
import type { ServiceExit } from './serviceProcess.ts';
import type { XRayDaemonRun } from './xrayDaemon.ts';
import type { XRayDaemonService } from './xrayDaemonChoice.ts';

/** The project as far as its daemon goes. */
export type DaemonProject = Pick<
  ComposeProject,
  'state' | 'isBeside' | 'look' | 'isRunning' | 'containersOf' | 'workOn' | 'followLogs' | 'stop' | 'onDidChange'
>;

/** Whether the daemon of the file, called `file` for a person, can be the one of this machine's programs. Asks the engine where nobody has yet. */
export async function findDaemonService(project: DaemonProject, file: string): Promise<XRayDaemonService | undefined> {
  if (project.state.kind === 'unknown') {
    await project.look();
  }
  const { state } = project;
  const daemon = state.kind === 'none' ? undefined : xrayDaemonIn(state.model);
  if (daemon === undefined || state.kind === 'none') {
    return undefined;
  }
  const service = daemon.name;
  const unusable = (why: string): XRayDaemonService => ({
    kind: 'unusable',
    reason: `the service \`${service}\` of \`${file}\` ${why}`,
  });
  if (state.kind === 'unavailable') {
    const answers = project.isBeside && state.answering.includes(service);
    return answers ? { kind: 'usable', service, file } : unusable(`cannot be started: ${state.message}`);
  }
  if (daemon.isOptional && !project.isRunning(service)) {
    return unusable('is started only with its profile');
  }
  if (!project.isBeside && udpPortOf(daemon) === undefined) {
    return unusable('publishes no UDP port, so that programs outside of its containers do not reach it');
  }
  return { kind: 'usable', service, file };
}

function udpPortOf({ ports }: ComposeService): ComposeService['ports'][number] | undefined {
  return ports.find(({ target, protocol }) => target === xrayPort && protocol === 'udp');
}

/**
 * Where programs here reach a daemon that runs, as `AWS_XRAY_DAEMON_ADDRESS` takes it: one address, or one for each protocol. Where the file publishes UDP alone, as
 * many do, the sampling calls go to the hub, which answers the daemon's as well. `undefined` while it does not run.
 */
export function daemonAddress(project: DaemonProject, service: string, hubApi: string): string | undefined {
  if (project.isBeside) {
    const answers = project.state.kind === 'unavailable' && project.state.answering.includes(service);
    return answers || project.isRunning(service) ? `${service}:${xrayPort}` : undefined;
  }
  const container = runningContainer(project, service);
  const port = (protocol: 'udp' | 'tcp'): number | undefined =>
    container?.ports.find((each) => each.target === xrayPort && each.protocol === protocol)?.published;
  const [udp, tcp] = [port('udp'), port('tcp')];
  if (udp === undefined) {
    return undefined;
  }
  const calls = tcp === undefined ? new URL(hubApi).host : `127.0.0.1:${tcp}`;
  return udp === tcp ? calls : `tcp:${calls} udp:127.0.0.1:${udp}`;
}

function runningContainer(project: DaemonProject, service: string): ComposeContainer | undefined {
  return project.containersOf(service).find(({ state }) => state === 'running');
}

const firstPauseMillis = 1_000;
const longestPauseMillis = 60_000;

/** A daemon in its container, as a run: its lines, and its end. It goes on when the window ends. */
export function composeDaemonRun(project: DaemonProject, service: string): XRayDaemonRun {
  const lines = new Emitter<string>();
  const exit = Promise.withResolvers<ServiceExit>();
  const log = followLog(project, service, (line) => lines.fire(line));
  const subscription = project.onDidChange(() => {
    // A restart takes it away for a moment.
    if (project.state.kind === 'known' && project.workOn(service) === undefined && !project.isRunning(service)) {
      end();
    }
  });
  const detach = (): void => {
    subscription.dispose();
    log.dispose();
  };
  const end = (): void => {
    detach();
    exit.resolve({ kind: 'code', code: project.containersOf(service)[0]?.exitCode ?? 0 });
  };
  return {
    onLine: lines.event,
    exited: exit.promise,
    stop: async () => {
      await project.stop([service]);
      end();
    },
    detach,
  };
}

/** A log ends with its container, and goes on with the next one; an engine that keeps none is asked more and more seldom. */
function followLog(project: DaemonProject, service: string, onLine: (line: string) => void): Disposer {
  let pause = firstPauseMillis;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let follower: Disposer | undefined;
  const follow = (): void => {
    follower = isOver
      ? undefined
      : project.followLogs(service, {
          line: (line) => {
            pause = firstPauseMillis;
            onLine(line);
          },
          end: () => {
            timer = setTimeout(follow, pause);
            timer.unref();
            pause = Math.min(2 * pause, longestPauseMillis);
          },
        });
  };
  follow();
  return {
    dispose: () => {
      isOver = true;
      clearTimeout(timer);
      follower?.dispose();
    },
  };
}

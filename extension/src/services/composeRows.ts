import type { ComposeContainer } from './composeContainers.ts';
import { diagnoseComposeModel } from './composeDiagnosis.ts';
import type { ComposeState, ComposeWork } from './composeProject.ts';
import { describeTool } from './composeTool.ts';
import { bad, busy, idle, noteworthy, running, type ServiceRow } from './serviceRow.ts';

/** What the Services view knows of a compose project. */
export interface ComposeSnapshot {
  readonly state: ComposeState;
  /** `compose.yaml` */
  readonly label: string;
  readonly work: (service: string) => ComposeWork | undefined;
  readonly failure: (service: string) => string | undefined;
  /** Services that were started with another environment than they would get now. */
  readonly stale: ReadonlySet<string>;
  readonly isInContainer: boolean;
}

/** The row of a folder's compose file, with one for each service; `undefined` where there is no file. */
export function composeRow(snapshot: ComposeSnapshot): ServiceRow | undefined {
  const { state, label } = snapshot;
  if (state.kind === 'none' || state.model.services.length === 0) {
    return undefined;
  }
  const row = { id: 'compose', label: 'Compose', context: 'compose' };
  const children = state.model.services.map(({ name }) => serviceRow(name, snapshot));
  switch (state.kind) {
    case 'unknown':
      return { ...row, ...idle, description: label, children };
    case 'unavailable':
      return {
        ...row,
        ...noteworthy,
        description: `${label} · ${state.message}`,
        tooltip: whyNot(snapshot, state.message),
        children,
      };
    case 'known': {
      const names = new Set(state.containers.filter((each) => each.state === 'running').map(({ service }) => service));
      const look = names.size === 0 ? idle : running;
      const description = `${label} · ${names.size} of ${state.model.services.length} running`;
      const tooltip = `By \`${describeTool(state.tool)}\``;
      return { ...row, ...look, description, tooltip, context: 'compose canCompose', children };
    }
  }
}

function whyNot({ isInContainer }: ComposeSnapshot, message: string): string {
  return isInContainer
    ? `The services beside this container cannot be started or stopped from here: ${message} Mount the engine's socket into this container to allow it. Whether they answer is asked of their ports.`
    : message;
}

function serviceRow(name: string, snapshot: ComposeSnapshot): ServiceRow {
  const row = { id: `compose.${name}`, label: name, composeService: name, children: [] };
  const work = snapshot.work(name);
  if (work !== undefined) {
    return { ...row, ...busy, description: work, context: 'composeService' };
  }
  const { state } = snapshot;
  if (state.kind === 'unavailable') {
    const isUp = state.answering.includes(name);
    const tooltip = whyNot(snapshot, state.message);
    return {
      ...row,
      ...(isUp ? running : idle),
      description: isUp ? 'answers' : 'not known',
      tooltip,
      context: 'composeService',
    };
  }
  if (state.kind !== 'known') {
    return { ...row, ...idle, description: '', context: 'composeService' };
  }
  const containers = state.containers.filter(({ service }) => service === name);
  const failure = snapshot.failure(name);
  const [first] = containers.toSorted((a, b) => severity(b) - severity(a));
  const isUp = containers.some((each) => each.state === 'running');
  if (failure !== undefined && !isUp) {
    return {
      ...row,
      ...bad,
      description: failure,
      tooltip: failure,
      context: 'composeService canComposeStart canRebuild',
    };
  }
  if (first === undefined) {
    return { ...row, ...idle, description: 'not started', context: 'composeService canComposeStart canRebuild' };
  }
  const buttons = isUp ? 'canComposeStop canComposeRestart' : 'canComposeStart';
  const context = `composeService ${buttons} canRebuild canLogs`;
  if (isUp && snapshot.stale.has(name)) {
    const tooltip = 'It would now be given another environment. Restarting makes its container anew.';
    return {
      ...row,
      ...noteworthy,
      description: `environment changed: restart · ${describe(containers, first)}`,
      tooltip,
      context,
    };
  }
  const [finding] = diagnoseComposeModel(state.model).filter(({ service }) => service === name);
  if (isUp && finding !== undefined) {
    const description = `${describe(containers, first)} · ${finding.problem}`;
    return { ...row, ...noteworthy, description, tooltip: `${finding.problem} ${finding.remedy}`, context };
  }
  return { ...row, ...lookOf(first), description: describe(containers, first), tooltip: first.name, context };
}

function describe(containers: readonly ComposeContainer[], first: ComposeContainer): string {
  const ports = first.ports.map(({ published, protocol }) => `:${published}${protocol === 'udp' ? '/udp' : ''}`);
  const parts = [stateText(first), ports.join(' '), containers.length > 1 ? `${containers.length} containers` : ''];
  return parts.filter((part) => part !== '').join(' · ');
}

function stateText({ state, health, exitCode }: ComposeContainer): string {
  switch (state) {
    case 'running':
      return health === 'none' ? 'running' : health === 'starting' ? 'running · health not known yet' : health;
    case 'exited':
    case 'dead':
      // 143 and 137 are SIGTERM and SIGKILL: how a stop ends most programs.
      return exitCode === 0 || exitCode === 143 || exitCode === 137 ? 'stopped' : `ended with exit code ${exitCode}`;
    case 'restarting':
      return `ended with exit code ${exitCode} · restarting`;
    case 'created':
    case 'paused':
    case 'removing':
      return state;
  }
}

function lookOf(container: ComposeContainer): Pick<ServiceRow, 'icon' | 'color'> {
  switch (severity(container)) {
    case 3:
      return bad;
    case 2:
      return noteworthy;
    case 1:
      return running;
    default:
      return idle;
  }
}

function severity({ state, health, exitCode }: ComposeContainer): number {
  if (state === 'restarting' || state === 'dead' || health === 'unhealthy') {
    return 3;
  }
  if (state === 'running') {
    return health === 'starting' ? 2 : 1;
  }
  return state === 'exited' && ![0, 137, 143].includes(exitCode) ? 3 : state === 'paused' ? 2 : 0;
}

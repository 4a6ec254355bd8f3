import { defaultPorts, type PortSettings } from './ports.ts';
import { bad, busy, clock, idle, noteworthy, running, type ServiceRow } from './serviceRow.ts';
import type { XRayDaemonChoice } from './xrayDaemonChoice.ts';
import { countsOf, summaryOf, type XRayDaemonMood } from './xrayDaemonHealth.ts';
import type { XRayDaemonState } from './xrayDaemonState.ts';

/** What the Services view knows of the daemon in front of the hub. */
export interface XRayDaemonSnapshot {
  readonly state: XRayDaemonState;
  /** Absent until it has been looked for. */
  readonly choice?: XRayDaemonChoice;
}

const row = { id: 'xrayDaemon', label: 'X-Ray daemon', service: 'xrayDaemon', children: [] } as const;

/** The row of an AWS X-Ray daemon that is a program of its own; `undefined` while the hub takes segments itself. */
export function xrayDaemonRow({ state, choice }: XRayDaemonSnapshot, ports: PortSettings): ServiceRow | undefined {
  switch (state.kind) {
    case 'off':
      return undefined;
    case 'missing':
      return {
        ...row,
        ...bad,
        description: 'none found · restart the hub to have it take segments itself',
        tooltip: `The hub was started to have an X-Ray daemon in front of it, and this window finds none: ${state.message}`,
        context: '',
      };
    case 'starting':
      return { ...row, ...busy, description: 'starting', tooltip: choiceText(choice), context: 'service canStop' };
    case 'running':
      return runningRow(state, choice, ports);
    case 'elsewhere':
      return state.address === undefined
        ? { ...row, ...idle, description: 'stopped in another window', context: 'service canStart' }
        : {
            ...row,
            ...running,
            description: `${segmentAddress(state.address)} · started by another window`,
            tooltip: 'Its state and output are there. When that window closes, this one starts the daemon again.',
            context: '',
          };
    case 'stopping':
      return { ...row, ...busy, description: 'stopping', context: 'service' };
    case 'stopped':
      return { ...row, ...idle, description: 'stopped', tooltip: choiceText(choice), context: 'service canStart' };
    case 'exited':
      return {
        ...row,
        ...bad,
        description: state.message,
        tooltip: `${state.message}\n\n${choiceText(choice)}`,
        command: { id: 'sightline.showOutput', title: 'Show Output', arguments: ['xrayDaemon'] },
        context: 'service canStart',
      };
  }
}

const looks: Record<XRayDaemonMood, Pick<ServiceRow, 'icon' | 'color'>> = { good: running, noteworthy, bad };

type Running = Extract<XRayDaemonState, { kind: 'running' }>;

function runningRow(
  { address, since, pid, health }: Running,
  choice: XRayDaemonChoice | undefined,
  ports: PortSettings,
): ServiceRow {
  const { text, mood } = summaryOf(health);
  const isMoved = choice?.kind === 'program' && ports.xray === undefined && !address.endsWith(`:${defaultPorts.xray}`);
  const facts = [
    choiceText(choice),
    `Since ${clock(since)}${pid === undefined ? '' : `, process ${pid}`}`,
    ...(isMoved ? [`Another program held port ${defaultPorts.xray}; the environment names this one.`] : []),
    ...countsOf(health),
  ];
  return {
    ...row,
    ...looks[isMoved && mood === 'good' ? 'noteworthy' : mood],
    description: `${segmentAddress(address)} · ${text}`,
    tooltip: facts.join('\n\n'),
    context: 'service canStop canRestart',
  };
}

/** Of an address for each protocol, the one that segments are sent to. */
function segmentAddress(address: string): string {
  return /\budp:(\S+)/.exec(address)?.[1] ?? address;
}

function choiceText(choice: XRayDaemonChoice | undefined): string {
  switch (choice?.kind) {
    case 'program':
      return `The AWS X-Ray daemon ${choice.version}, \`${choice.path}\`, ${choice.reason}. It hands segments and sampling calls to the hub.`;
    case 'compose':
      return `The service \`${choice.service}\` of \`${choice.file}\`: ${choice.reason}. It hands segments and sampling calls to the hub, and goes on when the window ends.`;
    case 'embedded':
    case undefined:
      return '';
  }
}

/** What the tooltip of the hub's own receiver says of why there is no daemon in front of it, and whether a person should look. */
export function embeddedText(choice: XRayDaemonChoice | undefined): {
  readonly text: string;
  readonly isWrong: boolean;
} {
  if (choice === undefined) {
    return { text: 'The hub takes segments itself.', isWrong: false };
  }
  if (choice.kind === 'compose') {
    const text = `The hub takes segments itself. Starting the services of \`${choice.file}\` puts \`${choice.service}\` in front of it: ${choice.reason}.`;
    return { text, isWrong: false };
  }
  if (choice.kind === 'program') {
    const text = `The hub takes segments itself. Restart it to put the AWS X-Ray daemon in front of it: \`${choice.path}\`, ${choice.reason}.`;
    return { text, isWrong: false };
  }
  return {
    text: `The hub takes segments itself: ${choice.reason}.${choice.problem === undefined ? '' : ` ${choice.problem}`}`,
    isWrong: choice.problem !== undefined,
  };
}

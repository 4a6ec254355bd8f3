import type { OtherAddress } from './processVariables.ts';
import { bad, busy, clock, hostOf, idle, noteworthy, running, type ServiceRow } from './serviceRow.ts';
import type { FolderServiceId, OtherWindow, ServiceState } from './serviceState.ts';

export interface FolderServiceSnapshot {
  readonly state: ServiceState;
  /** What is started: `npm: dev`. */
  readonly description: string | undefined;
  /** A person said that the folder has none. */
  readonly isDeclined: boolean;
  /** Why its setting cannot be understood. */
  readonly problem: string | undefined;
  /** Names of variables that it would get another value for if it were started now. */
  readonly staleNames: readonly string[];
  /** Where it sends its spans elsewhere than to the hub, as its own environment says. */
  readonly otherAddresses?: readonly OtherAddress[];
}

const serviceNames: Record<FolderServiceId, string> = { database: 'Database', backend: 'Backend' };

export function folderServiceRow(id: FolderServiceId, service: FolderServiceSnapshot): ServiceRow {
  const { state, description, isDeclined, problem } = service;
  const row = { id, label: serviceNames[id], service: id, children: [] };
  const isIdle = state.kind === 'unknown' || state.kind === 'stopped' || state.kind === 'exited';
  if (problem !== undefined && isIdle) {
    return { ...row, ...bad, description: problem, tooltip: problem, context: 'service canChoose' };
  }
  const what = description === undefined ? {} : { tooltip: `Starts \`${description}\`` };
  switch (state.kind) {
    case 'unknown':
      return { ...row, ...idle, description: isDeclined ? 'none' : 'not chosen', context: 'canChoose' };
    case 'stopped':
      return { ...row, ...what, ...idle, description: 'stopped', context: 'service canStart canRechoose' };
    case 'starting':
      return { ...row, ...what, ...busy, description: 'starting', context: 'service canStop' };
    case 'stopping':
      return { ...row, ...busy, description: 'stopping', context: 'service' };
    case 'running':
      return { ...row, ...runningService(id, state, service) };
    case 'elsewhere':
      return {
        ...row,
        ...(state.window === undefined
          ? startedElsewhere(state, service)
          : inOtherWindow(state, state.window, service)),
      };
    case 'exited':
      return {
        ...row,
        ...(state.isFailure ? bad : idle),
        description: state.message,
        command: { id: 'sightline.showOutput', title: 'Show Output', arguments: [id] },
        context: 'service canStart canRechoose',
      };
  }
}

type Look = Omit<ServiceRow, 'id' | 'label' | 'service' | 'children'>;
type Elsewhere = Extract<ServiceState, { kind: 'elsewhere' }>;

function startedElsewhere({ endpoints, pid }: Elsewhere, { otherAddresses = [] }: FolderServiceSnapshot): Look {
  const parts = ['started elsewhere', ...losses(otherAddresses), addressOf(endpoints)];
  const facts = [
    'Its port answers, but this window did not start it, so it can neither be stopped here nor given the environment.',
    ...(pid === undefined ? [] : [`It is process ${pid}.`]),
    ...remedies(otherAddresses).map(
      (remedy) => `It ${remedy}. A new terminal has the right ones, unless something in it sets them otherwise.`,
    ),
  ];
  return {
    ...noteworthy,
    description: parts.join(' · '),
    tooltip: facts.join('\n\n'),
    context: `service ${openable(endpoints)}canRechoose`,
  };
}

function inOtherWindow(
  { endpoints, pid }: Elsewhere,
  { since }: OtherWindow,
  { description: what, otherAddresses = [] }: FolderServiceSnapshot,
): Look {
  const parts = [
    since === undefined ? 'starting in another window' : 'running in another window',
    ...losses(otherAddresses),
    addressOf(endpoints),
    since === undefined ? '' : `since ${clock(since)}`,
  ];
  const facts = [
    what === undefined ? undefined : `Runs \`${what}\``,
    pid === undefined ? undefined : `process ${pid}`,
    ...remedies(otherAddresses),
    'started by another window on this folder, which has its output and ends it when it closes',
    'to stop or restart it here ends it there',
  ];
  return {
    ...(otherAddresses.length > 0 ? noteworthy : since === undefined ? busy : running),
    description: parts.filter((part) => part !== '').join(' · '),
    tooltip: facts.filter((fact) => fact !== undefined).join('; '),
    context: `service canStop canRestart ${openable(endpoints)}`.trim(),
  };
}

type Running = Extract<ServiceState, { kind: 'running' }>;

function runningService(
  id: FolderServiceId,
  { since, endpoints, pid }: Running,
  { staleNames, otherAddresses = [], description: what }: FolderServiceSnapshot,
): Look {
  const isStale = staleNames.length > 0;
  const isElsewhere = otherAddresses.length > 0;
  const facts = [
    what === undefined ? undefined : `Runs \`${what}\``,
    pid === undefined ? undefined : `process ${pid}`,
    ...remedies(otherAddresses).map(
      (remedy) => `${remedy}; what sets others is its script, task or launch configuration`,
    ),
    isStale ? `would now get other values of ${staleNames.join(', ')}` : undefined,
  ];
  const health = isStale ? ['environment changed: restart'] : isElsewhere ? losses(otherAddresses) : ['running'];
  const parts = [...health, addressOf(endpoints), `since ${clock(since)}`];
  return {
    ...(isStale || isElsewhere ? noteworthy : running),
    description: parts.filter((part) => part !== '').join(' · '),
    tooltip: facts.filter((fact) => fact !== undefined).join('; '),
    context: `service canStop canRestart canRechoose ${id === 'backend' ? openable(endpoints) : ''}`.trim(),
  };
}

/** What does not arrive here, and where it goes, where a process was started with other addresses. */
function losses(others: readonly OtherAddress[]): string[] {
  return others.length === 0 ? [] : [`sends its ${signalsOf(others)} elsewhere: ${textOf(others)}`];
}

function remedies(others: readonly OtherAddress[]): string[] {
  return others.length === 0
    ? []
    : [
        `was started with ${textOf(others)}, which is not this hub: its ${signalsOf(others)} do not come here. See the row Environment for the right values`,
      ];
}

function textOf(others: readonly OtherAddress[]): string {
  return others.map(({ name, value }) => `${name}=${value}`).join(', ');
}

/** One of two addresses may be right: then the other's signals are what is missing. */
function signalsOf(others: readonly OtherAddress[]): string {
  const [first, second] = others;
  return second !== undefined || first === undefined
    ? 'traces'
    : first.name === 'AWS_XRAY_DAEMON_ADDRESS'
      ? 'X-Ray segments'
      : 'OpenTelemetry spans';
}

/** `canOpen ` where a browser has something to open. */
function openable(endpoints: Readonly<Record<string, string>>): string {
  return pageOf(endpoints) === undefined ? '' : 'canOpen ';
}

/** What a person opens of a backend: its page, else the backend itself. */
export function pageOf(endpoints: Readonly<Record<string, string>>): string | undefined {
  return endpoints['page'] ?? endpoints['backend'];
}

function addressOf(endpoints: Readonly<Record<string, string>>): string {
  const first = endpoints['backend'] ?? endpoints['page'] ?? Object.values(endpoints)[0];
  return first === undefined ? '' : hostOf(first);
}

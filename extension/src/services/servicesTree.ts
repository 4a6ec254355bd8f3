import type { StatsReply } from '@sightline/hub/client/api';
import type { Variable } from './environment.ts';
import type { HubState, RunningHub } from './hubState.ts';
import { defaultPorts, type PortSettings, type Receiver } from './ports.ts';
import type { FolderServiceId, ServiceId, ServiceState } from './serviceState.ts';

/** One row of the Services view, with all that the editor shows of it. */
export interface ServiceRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** A codicon, and the theme color of it where it says good or bad. */
  readonly icon: string;
  readonly color?: string;
  /** Markdown. */
  readonly tooltip?: string;
  /** Words that `when` clauses of inline buttons look for: `canStart canStop`. */
  readonly context: string;
  /** Which service the buttons of the row act on. */
  readonly service?: ServiceId;
  /** Run by a click on the row. */
  readonly command?: { readonly id: string; readonly title: string; readonly arguments?: readonly unknown[] };
  readonly children: readonly ServiceRow[];
}

/** All that the Services view knows at one moment. */
export interface ServicesSnapshot {
  readonly hub: HubState;
  readonly ports: PortSettings;
  readonly stats: StatsReply | undefined;
  readonly database: FolderServiceSnapshot;
  readonly backend: FolderServiceSnapshot;
  readonly environment: EnvironmentSnapshot;
}

export interface FolderServiceSnapshot {
  readonly state: ServiceState;
  /** What is started: `npm: dev`. */
  readonly description: string | undefined;
  /** Why its setting cannot be understood. */
  readonly problem: string | undefined;
  /** Names of variables that it would get another value for if it were started now. */
  readonly staleNames: readonly string[];
}

export interface EnvironmentSnapshot {
  readonly variables: readonly Variable[];
  /** Who is pointed at the hub, in words: `terminals, tasks and launches`. */
  readonly recipients: string;
}

/** The rows of the Services view; none while there is nothing to say but how to begin, which the welcome view does. */
export function servicesTree(snapshot: ServicesSnapshot): readonly ServiceRow[] {
  const { hub, database, backend } = snapshot;
  const isQuiet = hub.kind === 'off' || hub.kind === 'starting';
  if (isQuiet && !isActive(database.state) && !isActive(backend.state)) {
    return [];
  }
  return [
    hubRow(snapshot),
    ...receiverRows(snapshot),
    folderServiceRow('database', database),
    folderServiceRow('backend', backend),
    ...countRows(snapshot),
    environmentRow(snapshot),
  ];
}

/** The rows as text: two spaces a level, `label  description`, and the buttons in brackets where asked for. */
export function renderServices(rows: readonly ServiceRow[], depth = 0): string {
  return rows
    .map(
      ({ label, description, children }) =>
        `${'  '.repeat(depth)}${label}${description === '' ? '' : `  ${description}`}\n${renderServices(children, depth + 1)}`,
    )
    .join('');
}

function isActive({ kind }: ServiceState): boolean {
  return kind !== 'unknown' && kind !== 'stopped';
}

function hubRow({ hub }: ServicesSnapshot): ServiceRow {
  const row = { id: 'hub', label: 'Hub', service: 'hub', children: [] } as const;
  switch (hub.kind) {
    case 'running':
      return {
        ...row,
        ...running,
        description: `running · ${hostOf(hub.hub.endpoints.api)} · since ${clock(hub.hub.startedAt)}`,
        tooltip: hubTooltip(hub.hub),
        context: 'service canStop canRestart',
      };
    case 'starting':
      return { ...row, ...busy, description: 'starting', context: 'service' };
    case 'lost':
      return {
        ...row,
        ...bad,
        description: 'lost · looking for it',
        tooltip: hub.message,
        context: 'service canRestart',
      };
    case 'failed':
      return { ...row, ...bad, description: hub.message, tooltip: hub.message, context: 'service canStart' };
    case 'off':
    case 'stopped':
      return { ...row, ...idle, description: 'stopped', context: 'service canStart' };
  }
}

function hubTooltip(hub: RunningHub): string {
  const lines = [
    `Version ${hub.version}, process ${hub.pid}, ${hub.origin === 'started' ? 'started by this window' : 'found running'}`,
    `Data: ${hub.dataDir}`,
    'Shared by all windows of this machine; ends ten minutes after its last window and last byte.',
  ];
  return lines.join('\n\n');
}

interface ReceiverText {
  readonly receiver: Receiver;
  readonly label: string;
  readonly endpoint: string | undefined;
  readonly takes: string;
}

function receiverRows({ hub, ports }: ServicesSnapshot): ServiceRow[] {
  if (hub.kind !== 'running') {
    return [];
  }
  const { xrayUdp, otlpHttp, otlpGrpc } = hub.hub.endpoints;
  const receivers: ReceiverText[] = [
    { receiver: 'xray', label: 'X-Ray daemon', endpoint: xrayUdp, takes: 'embedded' },
    { receiver: 'otlpHttp', label: 'OTLP over HTTP', endpoint: otlpHttp, takes: 'http/protobuf, http/json' },
    { receiver: 'otlpGrpc', label: 'OTLP over gRPC', endpoint: otlpGrpc, takes: 'grpc' },
  ];
  return receivers.map((text) => receiverRow(text, ports));
}

function receiverRow({ receiver, label, endpoint, takes }: ReceiverText, ports: PortSettings): ServiceRow {
  const row = { id: receiver, label, context: 'receiver', children: [] };
  if (endpoint === undefined) {
    return { ...row, ...idle, description: 'off' };
  }
  const address = hostOf(endpoint);
  const usual = defaultPorts[receiver];
  if (ports[receiver] === undefined && !address.endsWith(`:${usual}`)) {
    const tooltip = `Another program holds port ${usual}, so this receiver took a free one. The environment names this one. The setting \`sightline.hub.${receiver === 'api' ? 'port' : `${receiver}Port`}\` fixes a port.`;
    return { ...row, ...noteworthy, description: `${address} · ${usual} is held by another program`, tooltip };
  }
  return { ...row, ...running, description: `${address} · ${takes}` };
}

const serviceNames: Record<FolderServiceId, string> = { database: 'Database', backend: 'Backend' };

function folderServiceRow(id: FolderServiceId, service: FolderServiceSnapshot): ServiceRow {
  const { state, description, problem, staleNames } = service;
  const row = { id, label: serviceNames[id], service: id, children: [] };
  if (problem !== undefined) {
    return { ...row, ...bad, description: problem, tooltip: problem, context: 'service canChoose' };
  }
  const what = description === undefined ? {} : { tooltip: `Starts \`${description}\`` };
  switch (state.kind) {
    case 'unknown':
      return { ...row, ...idle, description: 'not chosen', context: 'canChoose' };
    case 'stopped':
      return { ...row, ...what, ...idle, description: 'stopped', context: 'service canStart canRechoose' };
    case 'starting':
      return { ...row, ...what, ...busy, description: 'starting', context: 'service canStop' };
    case 'stopping':
      return { ...row, ...busy, description: 'stopping', context: 'service' };
    case 'running':
      return { ...row, ...runningService(id, state, staleNames, description) };
    case 'elsewhere':
      return {
        ...row,
        ...noteworthy,
        description: `running, not started here · ${addressOf(state.endpoints)}`,
        tooltip:
          'Its port answers, but this window did not start it, so it can neither be stopped here nor given the environment.',
        context: `service ${openable(state.endpoints)}canRechoose`,
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

type Running = Extract<ServiceState, { kind: 'running' }>;

function runningService(
  id: FolderServiceId,
  { since, endpoints, pid }: Running,
  staleNames: readonly string[],
  what: string | undefined,
): Omit<ServiceRow, 'id' | 'label' | 'service' | 'children'> {
  const isStale = staleNames.length > 0;
  const facts = [
    what === undefined ? undefined : `Runs \`${what}\``,
    pid === undefined ? undefined : `process ${pid}`,
    isStale ? `would now get other values of ${staleNames.join(', ')}` : undefined,
  ];
  const parts = [isStale ? 'environment changed: restart' : 'running', addressOf(endpoints), `since ${clock(since)}`];
  return {
    ...(isStale ? noteworthy : running),
    description: parts.filter((part) => part !== '').join(' · '),
    tooltip: facts.filter((fact) => fact !== undefined).join('; '),
    context: `service canStop canRestart canRechoose ${id === 'backend' ? openable(endpoints) : ''}`.trim(),
  };
}

/** `canOpen ` where a browser has something to open. */
function openable(endpoints: Readonly<Record<string, string>>): string {
  return pageOf(endpoints) === undefined ? '' : 'canOpen ';
}

/** What a person opens of a backend: its page, else the backend itself. */
export function pageOf(endpoints: Readonly<Record<string, string>>): string | undefined {
  return endpoints['page'] ?? endpoints['backend'];
}

function countRows({ hub, stats }: ServicesSnapshot): ServiceRow[] {
  if (hub.kind !== 'running' || stats === undefined) {
    return [];
  }
  const { problems, dropped } = stats;
  const lost = Object.entries(dropped).filter(([, count]) => count > 0);
  const total = lost.reduce((sum, [, count]) => sum + count, 0);
  const rows = [storedRow(stats)];
  if (problems > 0) {
    rows.push({
      id: 'problems',
      label: 'Problems',
      ...noteworthy,
      children: [],
      description: `${number(problems)} received and not understood`,
      command: { id: 'sightline.showProblems', title: 'Show Problems' },
      context: 'problems',
    });
  }
  if (total > 0) {
    rows.push({
      id: 'dropped',
      label: 'Dropped',
      ...bad,
      context: 'dropped',
      children: [],
      description: `${number(total)} lost before they were stored`,
      tooltip: lost.map(([reason, count]) => `${reason}: ${number(count)}`).join('\n\n'),
    });
  }
  return rows;
}

function storedRow({ traces, spans, bytes, retired }: StatsReply): ServiceRow {
  return {
    id: 'stored',
    label: 'Stored',
    icon: 'database',
    context: 'stored',
    children: [],
    description: `${number(traces)} ${traces === 1 ? 'trace' : 'traces'} · ${number(spans)} ${spans === 1 ? 'span' : 'spans'} · ${size(bytes)}`,
    ...(retired > 0 && {
      tooltip: `${number(retired)} older spans have left, to keep the store within its size and age.`,
    }),
  };
}

function environmentRow({ environment: { variables, recipients } }: ServicesSnapshot): ServiceRow {
  const count = `${variables.length} ${variables.length === 1 ? 'variable' : 'variables'}`;
  return {
    id: 'environment',
    label: 'Environment',
    description: variables.length === 0 ? 'nothing is set while the hub does not run' : `${recipients} · ${count}`,
    icon: 'symbol-variable',
    tooltip:
      'What points programs at the hub. An AWS command line in such a terminal keeps talking to AWS; only traces go to the hub.',
    context: variables.length === 0 ? '' : 'environment',
    children: variables.map(variableRow),
  };
}

function variableRow({ name, value, recipient, origin, isSecret }: Variable): ServiceRow {
  const shown = isSecret ? '••••••••' : value;
  const who = recipient === 'backend' ? 'the backend only' : 'everyone pointed at the hub';
  return {
    id: `variable.${name}`,
    label: name,
    description: shown,
    icon: recipient === 'backend' ? 'server-process' : 'terminal',
    tooltip: `\`${name}\` = \`${shown}\`\n\nFrom: ${origin}\n\nGiven to: ${who}`,
    context: 'variable',
    children: [],
  };
}

const running = { icon: 'pass-filled', color: 'testing.iconPassed' };
const idle = { icon: 'circle-large-outline' };
const busy = { icon: 'loading~spin' };
const noteworthy = { icon: 'warning', color: 'list.warningForeground' };
const bad = { icon: 'error', color: 'list.errorForeground' };

function addressOf(endpoints: Readonly<Record<string, string>>): string {
  const first = endpoints['backend'] ?? endpoints['page'] ?? Object.values(endpoints)[0];
  return first === undefined ? '' : hostOf(first);
}

/** Host and port: never the user and password that a connection string may carry. */
function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) && endpoint.includes('://') ? new URL(endpoint).host : endpoint;
}

function clock(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

function size(bytes: number): string {
  const units = ['KB', 'MB', 'GB'];
  let value = bytes / 1024;
  while (value >= 1024 && units.length > 1) {
    value /= 1024;
    units.shift();
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[0]}`;
}

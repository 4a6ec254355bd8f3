import type { ProblemJson, StatsReply } from '@sightline/hub/client/api';
import { composeRow, type ComposeSnapshot } from './composeRows.ts';
import type { CostJson } from '@sightline/hub/client/costApi';
import { costRows } from './costRows.ts';
import type { RelayList } from '@sightline/hub/client/relayApi';
import { withCosts } from './destinationCost.ts';
import { destinationsRow } from './destinationRows.ts';
import type { Variable } from './environment.ts';
import type { HubState, RunningHub } from './hubState.ts';
import { defaultPorts, type PortSettings, type Receiver } from './ports.ts';
import { folderServiceRow, type FolderServiceSnapshot } from './folderServiceRow.ts';
import { placesRow, type ShownPlaces } from './placesRow.ts';
import { localLabel } from '../sources/traceSource.ts';
import { bad, busy, clock, hostOf, idle, noteworthy, number, running, size, type ServiceRow } from './serviceRow.ts';
import type { ServiceState } from './serviceState.ts';
import { spanAddresses } from './processVariables.ts';
import type { StrayLines } from './strayLines.ts';
import { embeddedText, xrayDaemonRow, type XRayDaemonSnapshot } from './xrayDaemonRow.ts';

/** All that the Services view knows at one moment. */
export interface ServicesSnapshot {
  readonly hub: HubState;
  readonly ports: PortSettings;
  readonly stats: StatsReply | undefined;
  /** The newest of those that `stats` counts. */
  readonly newestProblem?: ProblemJson;
  readonly cost: CostJson | undefined;
  /** Log lines of a program whose spans do not arrive. */
  readonly strayLines?: StrayLines;
  readonly xrayDaemon: XRayDaemonSnapshot;
  readonly database: FolderServiceSnapshot;
  readonly backend: FolderServiceSnapshot;
  readonly environment: EnvironmentSnapshot;
  /** Absent until the hub has told where it hands things on. */
  readonly relay?: RelayList;
  /** Absent where nobody can look elsewhere. */
  readonly places?: ShownPlaces;
  /** Absent in a window without a compose file. */
  readonly compose?: ComposeSnapshot;
}

export interface EnvironmentSnapshot {
  readonly variables: readonly Variable[];
  /** Who is pointed at the hub, in words: `terminals, tasks and launches`. */
  readonly recipients: string;
}

/** The rows of the Services view; none while there is nothing to say but how to begin, which the welcome view does. */
export function servicesTree(snapshot: ServicesSnapshot): readonly ServiceRow[] {
  const { hub, database, backend } = snapshot;
  const compose = snapshot.compose && composeRow(snapshot.compose);
  const isQuiet = hub.kind === 'off' || hub.kind === 'starting';
  if (isQuiet && !isActive(database.state) && !isActive(backend.state)) {
    return [];
  }
  const { destinations, costs } = withCosts(destinationsRow(snapshot.relay), costRows(snapshot.cost));
  return [
    hubRow(snapshot),
    ...receiverRows(snapshot),
    folderServiceRow('database', database),
    folderServiceRow('backend', backend),
    ...(compose === undefined ? [] : [compose]),
    ...countRows(snapshot),
    ...costs,
    ...strayRows(snapshot),
    ...(destinations === undefined ? [] : [destinations]),
    ...[placesRow(snapshot.places, localLabel)].filter((row) => row !== undefined),
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
  readonly notes: readonly string[];
  /** What a person should look at. */
  readonly isWrong?: boolean;
}

function receiverRows(snapshot: ServicesSnapshot): ServiceRow[] {
  const { hub, ports } = snapshot;
  if (hub.kind !== 'running') {
    return [];
  }
  const { otlpHttp, otlpGrpc } = hub.hub.endpoints;
  const others: ReceiverText[] = [
    { receiver: 'otlpHttp', label: 'OTLP over HTTP', endpoint: otlpHttp, takes: 'http/protobuf, http/json', notes: [] },
    { receiver: 'otlpGrpc', label: 'OTLP over gRPC', endpoint: otlpGrpc, takes: 'grpc', notes: [] },
  ];
  const daemon = xrayDaemonRow(snapshot.xrayDaemon, ports) ?? embeddedRow(snapshot, hub.hub);
  return [daemon, ...others.map((text) => receiverRow(text, ports))];
}

function embeddedRow({ ports, stats, xrayDaemon }: ServicesSnapshot, { endpoints }: RunningHub): ServiceRow {
  const { text, isWrong } = embeddedText(xrayDaemon.choice);
  const receiver = { receiver: 'xray', label: 'X-Ray daemon', endpoint: endpoints.xrayUdp, takes: 'embedded' } as const;
  const buffer = bufferNote(stats);
  return receiverRow({ ...receiver, isWrong, notes: buffer === undefined ? [text] : [text, buffer] }, ports);
}

/** What the system keeps for us of a burst decides how large a burst may be. */
function bufferNote(stats: StatsReply | undefined): string | undefined {
  const buffer = stats?.udpBuffer;
  return buffer === undefined || buffer.granted >= buffer.asked
    ? undefined
    : `The system gave the UDP socket a buffer of ${size(buffer.granted)} instead of ${size(buffer.asked)}: a large burst of segments may lose some, which is counted here. On Linux, \`net.core.rmem_max\` raises it.`;
}

function receiverRow(
  { receiver, label, endpoint, takes, notes, isWrong }: ReceiverText,
  ports: PortSettings,
): ServiceRow {
  const row = { id: receiver, label, context: 'receiver', children: [] };
  if (endpoint === undefined) {
    return { ...row, ...idle, description: 'off' };
  }
  const address = hostOf(endpoint);
  const usual = defaultPorts[receiver];
  if (ports[receiver] === undefined && !address.endsWith(`:${usual}`)) {
    const tooltip = `Another program holds port ${usual}, so this receiver took a free one. The environment names this one. The setting \`sightline.hub.${receiver === 'api' ? 'port' : `${receiver}Port`}\` fixes a port.`;
    const description = `${address} · ${usual} is held by another program`;
    return { ...row, ...noteworthy, description, tooltip: [tooltip, ...notes].join('\n\n') };
  }
  const look = isWrong === true ? noteworthy : running;
  return {
    ...row,
    ...look,
    description: `${address} · ${takes}`,
    ...(notes.length > 0 && { tooltip: notes.join('\n\n') }),
  };
}

function countRows({ hub, stats, newestProblem }: ServicesSnapshot): ServiceRow[] {
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
      ...(newestProblem !== undefined && { tooltip: problemText(newestProblem) }),
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

/** What came is a stranger's text: it is not to be read as Markdown. */
function problemText({ receiver, place, message }: ProblemJson): string {
  return `The newest, of ${receiver}, ${place}: ${message}`.replaceAll(/[\\`*_{}[\]()#+!<>|~&-]/g, String.raw`\$&`);
}

function strayRows({ hub, strayLines, environment, backend }: ServicesSnapshot): ServiceRow[] {
  if (hub.kind !== 'running' || strayLines === undefined) {
    return [];
  }
  const { group, stream, traces } = strayLines;
  const right = environment.variables
    .filter(({ name }) => spanAddresses.includes(name))
    .map(({ name, value }) => `\`${name}=${value}\``);
  const canRestart = backend.state.kind === 'running';
  const restart = canRestart
    ? 'If it is the backend, restart it here: it then gets them.'
    : 'Restart it with them: a new terminal has them, unless something in it sets them otherwise.';
  return [
    {
      id: 'strayLines',
      label: 'Traces missing',
      ...noteworthy,
      description: `${stream} writes log lines of traces that never arrived: is ${spanAddresses.join(' or ')} wrong?`,
      tooltip: [
        `The log group \`${group}\`, stream \`${stream}\`: none of the ${traces} traces that its newest lines name is here. Its spans go elsewhere, or its tracing is off.`,
        `This hub listens on ${right.join(' and ')}.`,
        restart,
      ].join('\n\n'),
      context: canRestart ? 'service canRestart' : 'environment',
      ...(canRestart && { service: 'backend' }),
      command: { id: 'sightline.showEnvironment', title: 'Show Environment' },
      children: [],
    },
  ];
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
      'What points programs at the hub. Where `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS` and `AWS_ENDPOINT_URL_XRAY` are among the variables, the AWS command line in such a terminal talks to the hub for these two services, and to AWS for every other.',
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

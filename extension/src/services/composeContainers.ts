/** One container of a compose project as the engine says it is. */
export interface ComposeContainer {
  readonly service: string;
  readonly name: string;
  readonly state: ContainerState;
  /** `none` where there is no health check. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode: number;
  readonly ports: readonly PublishedPort[];
}

export type ContainerState = 'created' | 'running' | 'restarting' | 'paused' | 'exited' | 'dead' | 'removing';

export interface PublishedPort {
  /** On the engine's machine. */
  readonly published: number;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
}

/**
 * Reads what an engine prints of containers: `docker compose ps --format json` (an object a line; before 2.21 an array), `docker inspect` and `podman ps --format json`.
 * What is none of these is left out. Never throws.
 */
export function parseContainers(text: string): readonly ComposeContainer[] {
  const whole = parseJson(text);
  const values = whole === undefined ? text.split('\n').map(parseJson) : [whole];
  return values
    .flat()
    .flatMap((value) => containerOf(value) ?? [])
    .toSorted((a, b) => (a.service < b.service ? -1 : 1));
}

/** The ids that a v1 `ps --quiet` prints. */
export function parseIds(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^[0-9a-f]{12,64}$/.test(line));
}

/** Whether a line of the engine's events, as JSON, says that a container came, went or changed. An `exec` is the health check's, and is many. */
export function isChange(line: string): boolean {
  const event = parseJson(line);
  // Docker's name for it, and Podman's.
  const action = isObject(event) ? textOf(event['Action']) || textOf(event['Status']) : '';
  return action !== '' && !/^exec(?:_|$)/.test(action) && action !== 'top' && action !== 'attach';
}

function containerOf(value: unknown): ComposeContainer | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const container = isObject(value['Config']) ? ofInspect(value, value['Config']) : ofList(value);
  return container?.service === '' ? undefined : container;
}

/** Of `docker compose ps` or `podman ps`. */
function ofList(value: JsonObject): ComposeContainer | undefined {
  const labels = isObject(value['Labels']) ? value['Labels'] : {};
  const name = Array.isArray(value['Names']) ? textOf(value['Names'][0]) : textOf(value['Name']);
  const status = textOf(value['Status']);
  return {
    service: textOf(value['Service']) || textOf(labels[serviceLabel]),
    name,
    state: stateOf(value['State']),
    health: healthOf(textOf(value['Health']) || (/\((healthy|unhealthy|starting)\)/.exec(status)?.[1] ?? '')),
    exitCode: numberOf(value['ExitCode']),
    ports: portsOf(value['Publishers'] ?? value['Ports']),
  };
}

function ofInspect(value: JsonObject, config: JsonObject): ComposeContainer {
  const state = isObject(value['State']) ? value['State'] : {};
  const labels = isObject(config['Labels']) ? config['Labels'] : {};
  const settings = isObject(value['NetworkSettings']) ? value['NetworkSettings'] : {};
  return {
    service: textOf(labels[serviceLabel]),
    name: textOf(value['Name']).replace(/^\//, ''),
    state: stateOf(state['Status']),
    health: healthOf(isObject(state['Health']) ? textOf(state['Health']['Status']) : ''),
    exitCode: numberOf(state['ExitCode']),
    ports: inspectedPorts(settings['Ports']),
  };
}

const serviceLabel = 'com.docker.compose.service';

const states: ReadonlySet<string> = new Set<ContainerState>([
  'created',
  'running',
  'restarting',
  'paused',
  'exited',
  'dead',
  'removing',
]);

function stateOf(value: unknown): ContainerState {
  const text = textOf(value).toLowerCase();
  // Podman says `stopped` of one that it has ended, and `configured` of one that it has made.
  return states.has(text) ? (text as ContainerState) : text === 'stopped' || text === 'stopping' ? 'exited' : 'created';
}

function healthOf(text: string): ComposeContainer['health'] {
  return text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : 'none';
}

function portsOf(value: unknown): readonly PublishedPort[] {
  const ports = (Array.isArray(value) ? value : []).filter(isObject).map((port) => ({
    published: numberOf(port['PublishedPort'] ?? port['host_port']),
    target: numberOf(port['TargetPort'] ?? port['container_port']),
    protocol: protocolOf(textOf(port['Protocol'] ?? port['protocol'])),
  }));
  return distinct(ports);
}

/** `{"3000/tcp":[{"HostIp":"0.0.0.0","HostPort":"3000"}]}` */
function inspectedPorts(value: unknown): readonly PublishedPort[] {
  const entries = Object.entries(isObject(value) ? value : {});
  const ports = entries.flatMap(([key, bindings]) =>
    (Array.isArray(bindings) ? bindings : []).filter(isObject).map((binding) => ({
      published: Number(binding['HostPort']),
      target: Number.parseInt(key, 10),
      protocol: protocolOf(key.split('/')[1] ?? ''),
    })),
  );
  return distinct(ports);
}

function protocolOf(text: string): 'tcp' | 'udp' {
  return text === 'udp' ? 'udp' : 'tcp';
}

/** The engine publishes on IPv4 and IPv6 alike; a person sees one port. */
function distinct(ports: readonly PublishedPort[]): readonly PublishedPort[] {
  const byText = new Map(ports.filter(({ published }) => published > 0).map((port) => [JSON.stringify(port), port]));
  return [...byText.values()].toSorted((a, b) => a.target - b.target);
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A warning among the lines, or nothing at all.
    return undefined;
  }
}

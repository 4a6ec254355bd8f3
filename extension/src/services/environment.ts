import type { Endpoints } from '@sightline/hub/client/api';
import { hubAccessKeyId } from '@sightline/hub/client/dataDirectory';
import { forwarderNames, publicVariablesOf, type PortForwarder } from './publicAddress.ts';

/** Who gets a variable: every program that is pointed at the hub, or only the backend that Sightline starts. */
export type Recipient = 'everyone' | 'backend';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly recipient: Recipient;
  /** Where the value comes from, for a person: `hub`, `setting sightline.serviceName`. */
  readonly origin: string;
  /** Shown as dots. */
  readonly isSecret: boolean;
}

/** The interfaces of the hub that a program can be pointed at. A variable is given out only where the hub answers what is behind it. */
export type HubInterface = 'xrayDaemon' | 'otlp' | 'xrayApi' | 'logsApi' | 'rollbar' | 'honeycomb';

/** What the hub answers. A CLI pointed at a hub that cannot answer would be worse off than without Sightline. */
export const servedInterfaces: ReadonlySet<HubInterface> = new Set<HubInterface>([
  'xrayDaemon',
  'otlp',
  'xrayApi',
  'logsApi',
  'rollbar',
  'honeycomb',
]);

export interface EnvironmentInput {
  readonly endpoints: Endpoints;
  readonly served: ReadonlySet<HubInterface>;
  /** Of an X-Ray daemon in front of the hub, for UDP and TCP. */
  readonly daemonAddress?: string;
  readonly serviceName: string;
  /** The names of the service that a person gave the editor's own environment, by variable: they win over the setting. */
  readonly givenNames?: Readonly<Record<string, string | undefined>>;
  /** A region for programs that have none; absent where the environment or a profile names one. */
  readonly region?: string;
  /** Whether the AWS SDKs' whole chain finds credentials on this machine. */
  readonly hasAwsCredentials: boolean;
  /** Of the pair that a hub asks for which was started with `--require-credentials`; one that does not takes it as any other. */
  readonly hubSecretKey?: string;
  /** The token that such a hub asks for where errors are read or changed by Rollbar's API. */
  readonly hubReadToken?: string;
  /** Where the backend answers, as far as the settings say, such as `http://127.0.0.1:4567`. */
  readonly backendUrl?: string;
  /** The page that a person opens. */
  readonly frontendUrl?: string;
  /** What stands between these two addresses and a browser elsewhere. */
  readonly forwarder: PortForwarder;
  /** The running database's connection string. */
  readonly databaseUrl?: string;
}

/** Stands where a vendor's key is asked for while the hub receives: it is no key, and opens nothing. */
export const placeholderKey = 'sightline-local';

/** Every variable that points a program at the hub, in the order in which people look for them: design section 4. */
export function environmentOf(input: EnvironmentInput): readonly Variable[] {
  return [
    ...xrayDaemonVariables(input),
    ...otlpVariables(input),
    ...vendorKeys(input),
    ...awsApiVariables(input),
    ...backendVariables(input),
  ];
}

/** The variables of one kind of recipient as a process takes them. The backend is one of everyone. */
export function environmentFor(recipient: Recipient, variables: readonly Variable[]): Readonly<Record<string, string>> {
  const chosen = variables.filter((variable) => recipient === 'backend' || variable.recipient === 'everyone');
  return Object.fromEntries(chosen.map(({ name, value }) => [name, value]));
}

/** Names that a program would now get another value for. One that it would no longer get is no reason to restart it: its hub or database has stopped. */
export function staleNames(
  startedWith: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(now).filter((name) => startedWith[name] !== now[name]);
}

/** What a container is: the backend, the X-Ray daemon, or another service by its name. */
export type ContainerRole = 'backend' | 'daemon' | (string & {});

const ofContainers = { hasAwsCredentials: false, forwarder: { kind: 'none' } } as const;

/**
 * The variables of a container, whose endpoints are the hub's as containers see it. It has none of this machine's profiles, so it gets credentials; what the
 * database and the pages of the project are called in there its own file knows.
 */
export function containerEnvironment(
  input: Omit<
    EnvironmentInput,
    'hasAwsCredentials' | 'givenNames' | 'backendUrl' | 'frontendUrl' | 'databaseUrl' | 'forwarder'
  >,
  role: ContainerRole,
): Readonly<Record<string, string>> {
  const serviceName = role === 'backend' ? input.serviceName : role;
  const given = environmentFor('backend', environmentOf({ ...input, ...ofContainers, serviceName }));
  if (role !== 'daemon') {
    return given;
  }
  // Its batches and sampling calls go to the hub, and what it would tell of itself nowhere.
  const names = [
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ENDPOINT_URL_XRAY',
  ];
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
  return { ...kept, AWS_ENDPOINT_URL: input.endpoints.api, AWS_EC2_METADATA_DISABLED: 'true' };
}

/** A shell command per variable, quoted so that a shell changes nothing in the value. */
export function exportLines(variables: readonly Variable[]): string {
  return variables.map(({ name, value }) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`).join('');
}

/** PowerShell's spelling of the same. */
export function powerShellLines(variables: readonly Variable[]): string {
  return variables.map(({ name, value }) => `$env:${name} = '${value.replaceAll("'", "''")}'\n`).join('');
}

function xrayDaemonVariables({ endpoints: { xrayUdp, xrayTcp }, served, daemonAddress }: EnvironmentInput): Variable[] {
  const address = daemonAddress ?? (xrayUdp && daemonAddressOf(xrayUdp, xrayTcp));
  if (!served.has('xrayDaemon') || address === undefined) {
    return [];
  }
  return [
    everyone('AWS_XRAY_DAEMON_ADDRESS', address, daemonAddress === undefined ? 'hub' : 'X-Ray daemon'),
    everyone('AWS_XRAY_CONTEXT_MISSING', 'LOG_ERROR', 'Sightline: a call outside of a request is no reason to crash'),
  ];
}

/** The SDKs take one address for both protocols, or one each; none of them takes a scheme. */
function daemonAddressOf(udp: string, tcpUrl: string | undefined): string {
  const tcp = tcpUrl === undefined ? udp : new URL(tcpUrl).host;
  return tcp === udp ? udp : `tcp:${tcp} udp:${udp}`;
}

function otlpVariables({ endpoints, served }: EnvironmentInput): Variable[] {
  if (!served.has('otlp') || endpoints.otlpHttp === undefined) {
    return [];
  }
  const sooner = 'Sightline: seen within a second instead of five';
  return [
    everyone('OTEL_EXPORTER_OTLP_ENDPOINT', endpoints.otlpHttp, 'hub'),
    everyone('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', 'hub'),
    secret('OTEL_EXPORTER_OTLP_HEADERS', `x-honeycomb-team=${placeholderKey}`),
    everyone('OTEL_BSP_SCHEDULE_DELAY', '200', sooner),
    everyone('OTEL_BLRP_SCHEDULE_DELAY', '200', sooner),
  ];
}

function vendorKeys({ endpoints, served, hubReadToken }: EnvironmentInput): Variable[] {
  const honeycomb = served.has('honeycomb') ? [secret('HONEYCOMB_API_KEY', placeholderKey)] : [];
  const rollbar = served.has('rollbar')
    ? [
        secret('ROLLBAR_ACCESS_TOKEN', placeholderKey),
        everyone('ROLLBAR_ENDPOINT', `${endpoints.api}/api/1/item/`, 'hub'),
        // A hub that asks for none leaves a person's own token alone.
        ...(hubReadToken === undefined ? [] : [secret('ROLLBAR_READ_TOKEN', hubReadToken)]),
      ]
    : [];
  return [...honeycomb, ...rollbar];
}

function awsApiVariables({ endpoints, served, region, hasAwsCredentials, hubSecretKey }: EnvironmentInput): Variable[] {
  const regionOrigin = 'setting sightline.aws.region: neither the environment nor a profile names one';
  const variables =
    region === undefined
      ? []
      : ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name) => everyone(name, region, regionOrigin));
  if (served.has('xrayApi')) {
    variables.push(everyone('AWS_ENDPOINT_URL_XRAY', endpoints.api, 'hub'));
  }
  if (served.has('logsApi')) {
    variables.push(
      everyone('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', endpoints.api, 'hub'),
      // Live tail would put `streaming-` before 127.0.0.1.
      everyone('AWS_DISABLE_HOST_PREFIX_INJECTION', 'true', 'hub'),
    );
  }
  // Without an interface that takes them, made-up credentials would only turn a clear error of the real AWS into an unclear one.
  if ((served.has('xrayApi') || served.has('logsApi')) && !hasAwsCredentials) {
    const keyId = hubSecretKey === undefined ? placeholderKey : hubAccessKeyId;
    variables.push(secret('AWS_ACCESS_KEY_ID', keyId), secret('AWS_SECRET_ACCESS_KEY', hubSecretKey ?? placeholderKey));
  }
  return variables;
}

function backendVariables(input: EnvironmentInput): Variable[] {
  const { serviceName, givenNames = {}, databaseUrl, forwarder } = input;
  const addressed =
    forwarder.kind === 'none' ? 'setting sightline.backend' : `forwarded by ${forwarderNames[forwarder.kind]}`;
  return [
    ...nameVariables(serviceName, givenNames),
    ...Object.entries(publicVariablesOf(input, forwarder)).map(([name, value]) => backend(name, value, addressed)),
    ...(databaseUrl === undefined
      ? []
      : [{ ...backend('DATABASE_URL', databaseUrl, 'database'), isSecret: hasPassword(databaseUrl) }]),
  ];
}

/** One name for all three, so that they are seen to be one service, unless a person gave them several. */
function nameVariables(setting: string, given: Readonly<Record<string, string | undefined>>): Variable[] {
  const names = ['OTEL_SERVICE_NAME', 'AWS_XRAY_TRACING_NAME', 'HONEYCOMB_SERVICE_NAME'];
  const [first] = names.filter((name) => isGiven(given[name]));
  return names.map((name) => {
    const from = isGiven(given[name]) ? name : first;
    return from === undefined
      ? backend(name, setting, 'setting sightline.serviceName')
      : backend(name, given[from]?.trim() ?? '', `${from} of the environment that the editor was started in`);
  });
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function hasPassword(url: string): boolean {
  return !URL.canParse(url) || new URL(url).password !== '';
}

function everyone(name: string, value: string, origin: string): Variable {
  return { name, value, recipient: 'everyone', origin, isSecret: false };
}

function secret(name: string, value: string): Variable {
  return { name, value, recipient: 'everyone', origin: 'hub', isSecret: value !== '' };
}

function backend(name: string, value: string, origin: string): Variable {
  return { name, value, recipient: 'backend', origin, isSecret: false };
}

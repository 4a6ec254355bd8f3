import { resolve } from 'node:path';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { defaultDataDirectory } from './client/dataDirectory.ts';
import { isLoopback } from './guard.ts';
import { parseRelayChoice, type RelayChoice } from './relay/relayOptions.ts';

/** A TCP or UDP port; 0 picks a free one, `none` leaves the receiver out. */
export type PortChoice = number | 'none';

export interface ServeOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly allowHosts: readonly string[];
  readonly port: number;
  readonly otlpPort: PortChoice;
  readonly otlpGrpcPort: PortChoice;
  readonly xrayPort: PortChoice;
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
  /** Whether the reading and deleting calls of the vendors' APIs need the hub's own credentials. */
  readonly requireCredentials: boolean;
  /** Rollbar items that are taken in a minute; `undefined` takes all. */
  readonly rollbarRate?: number;
  /** End after so long without a window, a call or a byte; `undefined` stays. */
  readonly idleExitMillis?: number;
  /** What goes on to the clouds, as far as the command line says so. */
  readonly relay: readonly RelayChoice[];
  readonly json: boolean;
}

export type CommandLine =
  | { readonly kind: 'serve'; readonly options: ServeOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** One sentence that says what is wrong with the command line. */
  | { readonly kind: 'wrong'; readonly message: string };

export const usage = `Usage: sightline-hub [serve] [options]

Takes traces and logs from programs on this machine and keeps them for the views of the Sightline extension.

  --data-dir DIR           where everything is kept (default ${defaultDataDirectory()})
  --host ADDRESS           address to listen on (default 127.0.0.1)
  --allow-host NAME        a further name by which clients may call the hub; may be given more than once
  --port N                 the hub's own API (default 4319); 0 picks a free port, here and below
  --otlp-port N|none       OTLP over HTTP (default 4318)
  --otlp-grpc-port N|none  OTLP over gRPC (default 4317)
  --xray-port N|none       X-Ray daemon protocol, UDP and TCP (default 2000)
  --max-bytes N            size of the store at which the oldest traces leave, such as 2G (default 2G)
  --max-age AGE            age at which traces leave, such as 12h or 7d (default 7d)
  --require-credentials    verify the reading and deleting calls of the vendors' APIs, as always beyond loopback
  --rollbar-rate N         answer 429 to more than N Rollbar items a minute (default: take all)
  --relay DEST             hand on what comes from now on; DEST is xray, logs, otlp=URL or rollbar; may be given more than once.
                           Credentials: AWS's own chain, SIGHTLINE_RELAY_OTLP_HEADERS, SIGHTLINE_RELAY_ROLLBAR_TOKEN; endpoints other
                           than the vendor's: SIGHTLINE_RELAY_XRAY_ENDPOINT, _LOGS_ENDPOINT, _ROLLBAR_ENDPOINT
  --idle-exit AGE          end after so long without a window, a call or a byte (default: stay)
  --json                   print one line of JSON on standard output once everything listens
  --help, --version
`;

const optionTable = {
  'data-dir': { type: 'string' },
  host: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  port: { type: 'string' },
  'otlp-port': { type: 'string' },
  'otlp-grpc-port': { type: 'string' },
  'xray-port': { type: 'string' },
  'max-bytes': { type: 'string' },
  'max-age': { type: 'string' },
  'idle-exit': { type: 'string' },
  'require-credentials': { type: 'boolean' },
  'rollbar-rate': { type: 'string' },
  relay: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

/** Reads the arguments after the program's name. Never throws: what is wrong comes back as a sentence. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    return commandLineOf(args);
  } catch (error) {
    // parseArgs words its errors for people, but over several sentences; the first one says what is wrong.
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', message: `${message.split(/\. |\n/)[0]?.replace(/\.$/, '')}. See --help.` };
  }
}

function commandLineOf(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({ args: [...args], options: optionTable, allowPositionals: true });
  if (values.help) {
    return { kind: 'help' };
  }
  if (values.version) {
    return { kind: 'version' };
  }
  const [command = 'serve', ...rest] = positionals;
  if (['doctor', 'assert', 'mcp'].includes(command)) {
    return { kind: 'wrong', message: `This version of sightline-hub does not have "${command}" yet.` };
  }
  if (command !== 'serve' || rest.length > 0) {
    throw new Error(`"${rest[0] ?? command}" is no command`);
  }
  return { kind: 'serve', options: serveOptionsOf(values) };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof optionTable }>>['values'];

function serveOptionsOf(values: Values): ServeOptions {
  const idleExitMillis = values['idle-exit'] === undefined ? undefined : millisOf('idle-exit', values['idle-exit']);
  const host = textOf('host', values.host ?? '127.0.0.1');
  return {
    dataDir: resolve(textOf('data-dir', values['data-dir'] ?? defaultDataDirectory())),
    host,
    allowHosts: values['allow-host'] ?? [],
    port: portOf('port', values.port ?? '4319'),
    otlpPort: portChoiceOf('otlp-port', values['otlp-port'] ?? '4318'),
    otlpGrpcPort: portChoiceOf('otlp-grpc-port', values['otlp-grpc-port'] ?? '4317'),
    xrayPort: portChoiceOf('xray-port', values['xray-port'] ?? '2000'),
    maxBytes: bytesOf('max-bytes', values['max-bytes'] ?? '2G'),
    maxAgeMillis: millisOf('max-age', values['max-age'] ?? '7d'),
    requireCredentials: values['require-credentials'] === true || !isLoopback(host),
    ...(values['rollbar-rate'] !== undefined && { rollbarRate: countOf('rollbar-rate', values['rollbar-rate']) }),
    ...(idleExitMillis !== undefined && { idleExitMillis }),
    relay: (values.relay ?? []).map(parseRelayChoice),
    json: values.json ?? false,
  };
}

function textOf(option: string, text: string): string {
  if (text === '') {
    throw new Error(`--${option} is empty`);
  }
  return text;
}

function portChoiceOf(option: string, text: string): PortChoice {
  return text === 'none' ? 'none' : portOf(option, text, ' or "none"');
}

function portOf(option: string, text: string, orElse = ''): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(`--${option} takes a port from 0 to 65535${orElse}, not "${text}"`);
  }
  return port;
}

function countOf(option: string, text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) {
    throw new Error(`--${option} takes a whole number of at least 1, not "${text}"`);
  }
  return count;
}

const byteUnits: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const leastBytes = 2 ** 20;

function bytesOf(option: string, text: string): number {
  const [, digits = '', suffix = ''] = /^(\d{1,15})([kmgt]?)$/i.exec(text) ?? [];
  const bytes = digits === '' ? Number.NaN : Number(digits) * (byteUnits[suffix.toLowerCase()] ?? Number.NaN);
  if (!(bytes >= leastBytes && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new Error(`--${option} takes a number of bytes of at least 1M, such as 2G, not "${text}"`);
  }
  return bytes;
}

const ageUnits: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function millisOf(option: string, text: string): number {
  const [, digits = '', suffix = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const millis = digits === '' ? Number.NaN : Number(digits) * (ageUnits[suffix] ?? Number.NaN);
  if (!(millis > 0)) {
    throw new Error(`--${option} takes a length of time such as 30s, 10m, 12h or 7d, not "${text}"`);
  }
  return millis;
}

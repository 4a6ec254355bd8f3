import { fileURLToPath } from 'node:url';
import { allowedOriginsOf } from './crossOrigin.ts';
import { textOf, type Environment } from './environment.ts';
import { readLogSettings, type LogSettings } from './logSettings.ts';
import { StartError } from './startError.ts';

/** All that the environment decides about the sample, read once at the start. */
export interface Settings {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly pagePort: number;
  /** Whose pages may call the backend directly. */
  readonly allowedOrigins: readonly string[];
  /** Absent: the sample starts an embedded Postgres of its own. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  /** Where announcements are asked for; absent: the page's own server. */
  readonly announcementsUrl?: string;
  /** One name for both, so that a segment and the server span above it are seen to be the same service; each variable still goes first. */
  readonly serviceName: string;
  /** A pattern such as `*4567-workspace*`: a request whose Host matches it names its segment by that Host. */
  readonly xrayHostPattern?: string;
  /** Where the page's own spans are handed on to. */
  readonly otlpTracesUrl: string;
  readonly otlpHeaders: Readonly<Record<string, string>>;
  readonly rollbar?: { readonly accessToken: string; readonly endpoint?: string };
  readonly log: LogSettings;
}

/** `now` names the day's log stream. Throws a `StartError` that names the variable when one holds what it cannot. */
export function readSettings(env: Environment, now: Date): Settings {
  const databaseUrl = textOf(env, 'DATABASE_URL');
  const announcementsUrl = textOf(env, 'ANNOUNCEMENTS_URL');
  const accessToken = textOf(env, 'ROLLBAR_ACCESS_TOKEN');
  const rollbarEndpoint = textOf(env, 'ROLLBAR_ENDPOINT');
  const serviceName = textOf(env, 'OTEL_SERVICE_NAME') ?? textOf(env, 'AWS_XRAY_TRACING_NAME') ?? 'backend';
  return {
    host: textOf(env, 'HOST') ?? '127.0.0.1',
    port: portOf(env, 'PORT', 4567),
    pagePort: portOf(env, 'PAGE_PORT', 3000),
    allowedOrigins: allowedOriginsOf(env),
    ...(databaseUrl !== undefined && { databaseUrl }),
    dataDir: dataDirOf(env),
    ...(announcementsUrl !== undefined && { announcementsUrl }),
    serviceName,
    ...xrayHostPatternOf(env),
    otlpTracesUrl: otlpTracesUrlOf(env),
    otlpHeaders: otlpHeadersOf(env),
    ...(accessToken !== undefined && {
      rollbar: { accessToken, ...(rollbarEndpoint !== undefined && { endpoint: rollbarEndpoint }) },
    }),
    log: readLogSettings(env, serviceName, now),
  };
}

/** The database's folder: below the project's ignored cache, so that a second start finds yesterday's data. */
export function dataDirOf(env: Environment): string {
  return textOf(env, 'SAMPLE_DATA_DIR') ?? fileURLToPath(new URL('../../.cache/postgres', import.meta.url));
}

/** Throws a `StartError` when the text is no port. */
export function parsePort(text: string, name: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartError(`${name} must be a port between 0 and 65535, not "${text}".`);
  }
  return port;
}

function portOf(env: Environment, name: string, fallback: number): number {
  const text = textOf(env, name);
  return text === undefined ? fallback : parsePort(text, name);
}

function xrayHostPatternOf(env: Environment): { xrayHostPattern?: string } {
  const pattern = textOf(env, 'AWS_XRAY_URL');
  // A switch of its own: naming segments by Host makes one service look like several, which is seldom wanted on one machine.
  const isOn = textOf(env, 'AWS_XRAY_DYNAMIC_NAMING') === '1';
  return isOn && pattern !== undefined ? { xrayHostPattern: pattern } : {};
}

/** As the OpenTelemetry specification says: the variable for traces is a whole address, the general one a base. */
function otlpTracesUrlOf(env: Environment): string {
  const base = textOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://127.0.0.1:4318';
  return textOf(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? `${base.replace(/\/+$/, '')}/v1/traces`;
}

/** `key=value,key2=value2`, values percent-encoded. */
function otlpHeadersOf(env: Environment): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (textOf(env, 'OTEL_EXPORTER_OTLP_HEADERS') ?? '').split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0) {
      headers[pair.slice(0, equals).trim()] = decoded(pair.slice(equals + 1).trim());
    }
  }
  return headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign: many people paste their key as it is.
    return text;
  }
}

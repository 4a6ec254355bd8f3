import { relayDestinations, type RelayChange, type RelayDestination } from '../client/relayApi.ts';
import { hubAccessKeyId } from '../client/dataDirectory.ts';

/** What `--relay` asked for. */
export interface RelayChoice {
  readonly destination: RelayDestination;
  /** Of `otlp=URL`. */
  readonly endpoint?: string;
}

/** Reads one `--relay`. Throws an `Error` whose message is the rest of a sentence. */
export function parseRelayChoice(text: string): RelayChoice {
  const [name = '', ...rest] = text.split('=');
  const endpoint = rest.join('=');
  const destination = relayDestinations.find((each) => each === name);
  if (destination === undefined || (destination !== 'otlp' && rest.length > 0)) {
    throw new Error(`--relay takes xray, logs, otlp=URL or rollbar, not "${text}"`);
  }
  if (destination !== 'otlp') {
    return { destination };
  }
  const trouble = urlTrouble(endpoint);
  if (trouble !== undefined) {
    throw new Error(`--relay otlp=URL needs the address of an OTLP endpoint: ${trouble}`);
  }
  return { destination, endpoint };
}

/** What is wrong with an endpoint, or `undefined`. */
export function urlTrouble(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return `"${text.slice(0, 200)}" is no http or https address`;
  }
  return url.username === '' && url.password === ''
    ? undefined
    : 'an address is no place for a name and a password; use headers';
}

/** The environment of the hub as far as the relay looks at it. */
export type RelayEnvironment = Readonly<Record<string, string | undefined>>;

/** The settings of a destination that was switched on without an editor; `undefined` where a secret is missing, so that its rows wait. */
export function settingsOf({ destination, endpoint }: RelayChoice, env: RelayEnvironment): RelayChange | undefined {
  const named = endpoint ?? env[`SIGHTLINE_RELAY_${destination.toUpperCase()}_ENDPOINT`];
  const base = { enabled: true, ...(named !== undefined && named !== '' && { endpoint: named }) };
  switch (destination) {
    case 'xray':
    case 'logs':
      return base;
    case 'otlp':
      return { ...base, headers: parseHeaders(env['SIGHTLINE_RELAY_OTLP_HEADERS'] ?? '') };
    case 'rollbar': {
      const token = env['SIGHTLINE_RELAY_ROLLBAR_TOKEN'] ?? '';
      return token === '' ? undefined : { ...base, token };
    }
  }
}

/** `name=value,name=value`, values percent-encoded (OpenTelemetry, OTEL_EXPORTER_OTLP_HEADERS). */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim().toLowerCase(), decode(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A key with a percent sign that nobody encoded.
    return text;
  }
}

/** What terminals are given where there are no credentials, and what the hub itself takes. */
const localKeys: ReadonlySet<string> = new Set(['sightline-local', hubAccessKeyId]);

/**
 * The environment in which the relay's thread finds credentials. A terminal that is pointed at the hub would make the hub relay to itself: its
 * endpoints and its made-up keys are left out.
 */
export function withoutRedirection(env: RelayEnvironment): Record<string, string> {
  const isMadeUp = localKeys.has(env['AWS_ACCESS_KEY_ID'] ?? '');
  const madeUp = isMadeUp ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] : [];
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('AWS_ENDPOINT_URL') || madeUp.includes(name) ? [] : [[name, value] as const],
  );
  // Shared configuration files can name endpoints too.
  return { ...Object.fromEntries(kept), AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
}

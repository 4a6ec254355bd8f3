import { UserError } from '../userError.ts';
import { rollbarEndpoint, RollbarProject } from '../sources/rollbar/rollbarProject.ts';
import { placeholderKey } from './environment.ts';

/** What of a person's is kept in the editor's secret store. */
export type VendorSecret = 'honeycomb' | 'rollbar' | 'rollbarRead' | 'rollbarWrite';

export interface SecretFacts {
  /** What it is called in a sentence. */
  readonly name: string;
  /** Where programs usually have it. */
  readonly variable: string;
  /** Whom to ask whether it is one. */
  readonly endpoint: string;
  /** Names another. */
  readonly setting: 'sightline.honeycomb.endpoint' | 'sightline.rollbar.endpoint' | 'sightline.rollbar.readEndpoint';
}

export const vendorSecrets: Readonly<Record<VendorSecret, SecretFacts>> = {
  honeycomb: {
    name: 'Honeycomb key',
    variable: 'HONEYCOMB_API_KEY',
    endpoint: 'https://api.honeycomb.io',
    setting: 'sightline.honeycomb.endpoint',
  },
  rollbar: {
    name: 'Rollbar token that sends items (post_server_item)',
    variable: 'ROLLBAR_ACCESS_TOKEN',
    endpoint: rollbarEndpoint,
    setting: 'sightline.rollbar.endpoint',
  },
  rollbarRead: {
    name: 'Rollbar token that reads',
    variable: 'ROLLBAR_READ_TOKEN',
    endpoint: rollbarEndpoint,
    setting: 'sightline.rollbar.readEndpoint',
  },
  rollbarWrite: {
    name: 'Rollbar token that writes (resolves and reopens)',
    variable: 'ROLLBAR_WRITE_TOKEN',
    endpoint: rollbarEndpoint,
    setting: 'sightline.rollbar.readEndpoint',
  },
};

/** A secret that lies somewhere already, and where. */
export interface FoundSecret {
  readonly value: string;
  readonly origin: string;
}

/** Shows whose a secret is without giving it away: `hcai…X9`. */
export function maskSecret(value: string): string {
  return value.length < 12 ? '•'.repeat(8) : `${value.slice(0, 4)}…${value.slice(-2)}`;
}

/** Secrets of a kind in the environment and in the texts of `.env` files; not those that Sightline itself gives out, which are the placeholder and `given`. */
export function findSecrets(
  kind: VendorSecret,
  env: Readonly<Record<string, string | undefined>>,
  files: readonly { readonly name: string; readonly text: string }[],
  given: readonly string[] = [],
): readonly FoundSecret[] {
  const { variable } = vendorSecrets[kind];
  const found = [
    { value: env[variable] ?? '', origin: 'environment' },
    ...files.map(({ name, text }) => ({ value: valueIn(text, variable), origin: name })),
  ];
  return found.filter(({ value }, index) => {
    const isFirst = found.findIndex((other) => other.value === value) === index;
    return value !== '' && value !== placeholderKey && !given.includes(value) && isFirst;
  });
}

function valueIn(text: string, variable: string): string {
  const line = text.split(/\r?\n/).findLast((each) =>
    each
      .replace(/^\s*export\s+/, '')
      .trimStart()
      .startsWith(`${variable}=`),
  );
  const value = line?.slice(line.indexOf('=') + 1).trim() ?? '';
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value.replace(/\s+#.*$/, '');
}

export interface SecretCheck {
  readonly endpoint: string;
  /** A hub takes any key, so it can check none. */
  readonly isOwnHub: (endpoint: string) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** How long the vendor may take; ten seconds where nothing is said. */
  readonly patienceMillis?: number;
}

/** A person waits in front of it, and a vendor that answers at all does so within a second or two. */
const patienceMillis = 10_000;

/** Asks the vendor whether a secret is one. Settles with whose it is; rejects with a `UserError` where it is none, or where nobody answers. */
export async function checkSecret(kind: VendorSecret, value: string, check: SecretCheck): Promise<string> {
  const limit = AbortSignal.timeout(check.patienceMillis ?? patienceMillis);
  const limited = { ...check, signal: AbortSignal.any([check.signal, limit]) };
  try {
    const asked = kind === 'honeycomb' ? askHoneycomb(value, limited) : askRollbar(kind, value, limited);
    return await Promise.race([asked, rejectionOf(limited.signal)]);
  } catch (error) {
    check.signal.throwIfAborted();
    throw error instanceof UserError
      ? new UserError(`${error.message} It was not kept.`, { actions: error.actions, cause: error.cause })
      : new UserError(
          `${check.endpoint} did not answer, so the ${vendorSecrets[kind].name} could not be checked. Look at the network and the proxy. It was not kept.`,
          { cause: error },
        );
  }
}

/** Not all that is waited for ends with the signal. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('Nobody answered.', { cause: signal.reason })), {
      once: true,
    }),
  );
}

async function askHoneycomb(value: string, { endpoint, isOwnHub, signal }: SecretCheck): Promise<string> {
  const { name, setting } = vendorSecrets.honeycomb;
  if (await isOwnHub(endpoint)) {
    throw new UserError(`The setting ${setting} (${endpoint}) is this window's own hub, which takes any key.`);
  }
  const reply = await fetch(new URL('/1/auth', endpoint), { headers: { 'x-honeycomb-team': value }, signal });
  const text = await reply.text();
  if (reply.status === 401 || reply.status === 403) {
    throw new UserError(`${endpoint} does not know this ${name} (${reply.status}).`);
  }
  const answered = fieldsOf(text);
  if (!reply.ok || answered === undefined) {
    const what = /^\s*</.test(text) ? `with a web page (${reply.status})` : String(reply.status);
    throw new UserError(`${endpoint} answered ${what}, so the ${name} could not be checked.`);
  }
  const { team, environment } = answered as { team?: { slug?: string }; environment?: { slug?: string } };
  const of = environment?.slug ?? '';
  return `team ${team?.slug ?? 'unknown'}${of === '' ? ' (a classic key)' : `, environment ${of}`}`;
}

function fieldsOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Said by the caller, with the status.
    return undefined;
  }
}

/** What Rollbar calls the scope, and what a person is told. */
const rollbarUses = {
  rollbar: { scope: 'post_', alone: 'a token that sends', also: 'a token that also reads' },
  rollbarRead: { scope: 'read', alone: '', also: 'a token that reads' },
  rollbarWrite: { scope: 'write', alone: 'a token that writes', also: 'a token that also reads' },
} as const;

async function askRollbar(
  kind: Exclude<VendorSecret, 'honeycomb'>,
  value: string,
  check: SecretCheck,
): Promise<string> {
  const { setting } = vendorSecrets[kind];
  const project = new RollbarProject({ ...check, setting, loadToken: async () => value });
  const beside = await project.scopesBesideReading(check.signal);
  const { scope, alone, also } = rollbarUses[kind];
  if (beside === undefined) {
    return also;
  }
  // Rollbar may not say which ones; then the first use will.
  if (kind !== 'rollbarRead' && (beside.scopes === undefined || beside.scopes.includes(scope))) {
    return alone;
  }
  throw new UserError(
    `The Rollbar token lacks the scope ${scope === 'post_' ? 'post_server_item' : scope}${beside.scopes === undefined ? '' : `: it only has ${beside.scopes}`}.`,
  );
}

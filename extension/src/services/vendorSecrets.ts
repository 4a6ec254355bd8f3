import { UserError } from '../userError.ts';
import { placeholderKey } from './environment.ts';

/** What of a person's is kept in the editor's secret store. */
export type VendorSecret = 'honeycomb' | 'rollbar' | 'rollbarRead';

export interface SecretFacts {
  /** What it is called in a sentence. */
  readonly name: string;
  /** Where programs usually have it. */
  readonly variable: string;
  /** Whom to ask whether it is one. */
  readonly endpoint: string;
}

export const vendorSecrets: Readonly<Record<VendorSecret, SecretFacts>> = {
  honeycomb: { name: 'Honeycomb key', variable: 'HONEYCOMB_API_KEY', endpoint: 'https://api.honeycomb.io' },
  rollbar: {
    name: 'Rollbar token that sends items (post_server_item)',
    variable: 'ROLLBAR_ACCESS_TOKEN',
    endpoint: 'https://api.rollbar.com',
  },
  rollbarRead: {
    name: 'Rollbar token that reads',
    variable: 'ROLLBAR_READ_TOKEN',
    endpoint: 'https://api.rollbar.com',
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

/** Secrets of a kind in the environment and in the texts of `.env` files; not those that Sightline itself gives out. */
export function findSecrets(
  kind: VendorSecret,
  env: Readonly<Record<string, string | undefined>>,
  files: readonly { readonly name: string; readonly text: string }[],
): readonly FoundSecret[] {
  const { variable } = vendorSecrets[kind];
  const found = [
    { value: env[variable] ?? '', origin: 'environment' },
    ...files.map(({ name, text }) => ({ value: valueIn(text, variable), origin: name })),
  ];
  return found.filter(({ value }, index) => {
    const isFirst = found.findIndex((other) => other.value === value) === index;
    return value !== '' && value !== placeholderKey && isFirst;
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

/** Asks the vendor whether a secret is one. Settles with whose it is; rejects with a `UserError` where it is none, or where nobody answers. */
export async function checkSecret(
  kind: VendorSecret,
  value: string,
  { endpoint, signal }: { readonly endpoint: string; readonly signal: AbortSignal },
): Promise<string> {
  const { name } = vendorSecrets[kind];
  const call = kind === 'honeycomb' ? askHoneycomb : askRollbar;
  try {
    return await call(kind, value, endpoint, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof UserError
      ? error
      : new UserError(
          `${endpoint} did not answer, so the ${name} could not be checked. Look at the network and the proxy.`,
          { cause: error },
        );
  }
}

async function askHoneycomb(kind: VendorSecret, value: string, endpoint: string, signal: AbortSignal): Promise<string> {
  const reply = await fetch(new URL('/1/auth', endpoint), { headers: { 'x-honeycomb-team': value }, signal });
  if (!reply.ok) {
    throw refused(kind, reply.status, endpoint);
  }
  const { team, environment } = (await reply.json()) as { team?: { slug?: string }; environment?: { slug?: string } };
  const of = environment?.slug ?? '';
  return `team ${team?.slug ?? 'unknown'}${of === '' ? ' (a classic key)' : `, environment ${of}`}`;
}

async function askRollbar(kind: VendorSecret, value: string, endpoint: string, signal: AbortSignal): Promise<string> {
  const reply = await fetch(new URL('/api/1/items/', endpoint), {
    headers: { 'x-rollbar-access-token': value },
    signal,
  });
  // A token that only sends is known, and may not read: Rollbar answers 403 then, and 401 to one that it does not know.
  if (kind === 'rollbar' && reply.status === 403) {
    return 'a token that sends';
  }
  if (!reply.ok) {
    throw refused(kind, reply.status, endpoint);
  }
  return kind === 'rollbar' ? 'a token that also reads' : 'a token that reads';
}

function refused(kind: VendorSecret, status: number, endpoint: string): UserError {
  const { name } = vendorSecrets[kind];
  return status === 401 || status === 403
    ? new UserError(`${endpoint} does not know this ${name} (${status}). It was not kept.`)
    : new UserError(`${endpoint} answered ${status}, so the ${name} could not be checked. It was not kept.`);
}

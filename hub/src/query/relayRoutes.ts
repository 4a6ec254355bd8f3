import type { FastifyInstance } from 'fastify';
import { relayDestinations, type RelayChange, type RelayDestination } from '../client/relayApi.ts';
import type { Relay } from '../relay/relay.ts';
import { UserError } from '../userError.ts';
import { ApiError } from './parameters.ts';

interface RelayRequest {
  Params: { destination: string };
}

/** The routes under `/sightline/v1/relay` (relayApi.ts), in a scope of their own: only here a body is read. */
export function addRelayRoutes(app: FastifyInstance, relay: Relay): void {
  app.get('/sightline/v1/relay', async () => await relay.list());
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 50_000 }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.put<RelayRequest>('/sightline/v1/relay/:destination', async ({ params, body }) => {
      const change = changeIn(body);
      if (change === undefined) {
        throw new ApiError(400, '`enabled` must be true or false.');
      }
      return await forPerson(relay.change(destinationOf(params), change));
    });
    scope.post<RelayRequest>(
      '/sightline/v1/relay/:destination/test',
      async ({ params, body }) => await forPerson(relay.test(destinationOf(params), changeIn(body))),
    );
    scope.post<RelayRequest>(
      '/sightline/v1/relay/:destination/resend',
      async ({ params }) => await forPerson(relay.resend(destinationOf(params))),
    );
    done();
  });
}

async function forPerson<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof UserError ? new ApiError(400, error.message) : error;
  }
}

function destinationOf({ destination }: RelayRequest['Params']): RelayDestination {
  const known = relayDestinations.find((each) => each === destination);
  if (known === undefined) {
    throw new ApiError(404, `There is no such destination; there are ${relayDestinations.join(', ')}.`);
  }
  return known;
}

type Members = Readonly<Partial<Record<string, unknown>>>;

/** `undefined` where there is no body, or one without `enabled`. Throws `ApiError` for a member of the wrong type; it never says its value. */
function changeIn(body: unknown): RelayChange | undefined {
  if (typeof body !== 'string' || body.trim() === '') {
    return undefined;
  }
  const members = parse(body);
  const { enabled, credentials, headers, retentionDays } = members;
  if (typeof enabled !== 'boolean') {
    return undefined;
  }
  const texts = (['endpoint', 'region', 'profile', 'token', 'pausedBecause'] as const).flatMap((name) => {
    const text = textIn(members, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  if (retentionDays !== undefined && (!Number.isInteger(retentionDays) || (retentionDays as number) < 1)) {
    throw new ApiError(400, '`retentionDays` must be a whole number of at least 1.');
  }
  return {
    enabled,
    ...Object.fromEntries(texts),
    ...(credentials !== undefined && { credentials: keysIn(credentials) }),
    ...(headers !== undefined && { headers: headersIn(headers) }),
    ...(retentionDays !== undefined && { retentionDays: retentionDays as number }),
  };
}

function keysIn(credentials: unknown): NonNullable<RelayChange['credentials']> {
  const members = (typeof credentials === 'object' ? (credentials ?? {}) : {}) as Members;
  const accessKeyId = textIn(members, 'accessKeyId');
  const secretAccessKey = textIn(members, 'secretAccessKey');
  const sessionToken = textIn(members, 'sessionToken');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ApiError(400, '`credentials` needs `accessKeyId` and `secretAccessKey`.');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function headersIn(headers: unknown): Record<string, string> {
  const entries = Object.entries((typeof headers === 'object' ? (headers ?? {}) : {}) as Members);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!/^[\w!#$%&'*+.^`|~-]{1,200}$/.test(name) || typeof value !== 'string' || !/^[\t -~]{0,8000}$/.test(value)) {
        throw new ApiError(400, '`headers` must be names and values as HTTP takes them.');
      }
      return [name.toLowerCase(), value];
    }),
  );
}

function textIn(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string' || value === '' || value.length > 20_000 || /[\r\n]/.test(value)) {
    throw new ApiError(400, `\`${name}\` must be text of one line.`);
  }
  return value;
}

function parse(body: string): Members {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) {
      return value as Members;
    }
  } catch {
    // Said below. Never with the body: it may hold a secret.
  }
  throw new ApiError(400, 'The body is no JSON object.');
}

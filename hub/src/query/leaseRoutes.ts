import type { FastifyInstance } from 'fastify';
import type { LeaseClaim } from '../client/leasesApi.ts';
import { mostLeases, type Leases } from './leases.ts';
import { ApiError, textOf } from './parameters.ts';

interface LeaseRequest {
  Params: { name: string };
  Querystring: Record<string, unknown>;
}

const longestMillis = 600_000;
const longestNote = 2_000;

/** The routes under `/sightline/v1/leases` (leasesApi.ts), in a scope of their own: only here a body is read. */
export function addLeaseRoutes(app: FastifyInstance, leases: Leases): void {
  app.delete<LeaseRequest>('/sightline/v1/leases/:name', async ({ params, query }, reply) => {
    leases.release(nameOf(params.name), holderOf(textOf(query, 'holder')));
    return await reply.code(204).send();
  });
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 10_000 }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.put<LeaseRequest>('/sightline/v1/leases/:name', async ({ params, body }) => {
      const reply = leases.claim(nameOf(params.name), await Promise.resolve(claimIn(body)));
      if (reply === undefined) {
        throw new ApiError(429, `There are ${mostLeases} leases already; wait until one is over.`);
      }
      return reply;
    });
    done();
  });
}

function nameOf(name: string): string {
  if (!/^[\w.:-]{1,100}$/.test(name)) {
    throw new ApiError(400, 'The name of a lease is up to 100 letters, digits and `_ . : -`.');
  }
  return name;
}

function claimIn(body: unknown): LeaseClaim {
  const { holder, millis, note, take } = parseClaim(body);
  if (typeof millis !== 'number' || !Number.isInteger(millis) || millis < 1 || millis > longestMillis) {
    throw new ApiError(400, `\`millis\` must be a whole number from 1 to ${longestMillis}.`);
  }
  if (note !== undefined && (typeof note !== 'string' || note.length > longestNote)) {
    throw new ApiError(400, `\`note\` must be text of at most ${longestNote} characters.`);
  }
  return { holder: holderOf(holder), millis, take: take === true, ...(note !== undefined && { note }) };
}

function holderOf(holder: unknown): string {
  if (typeof holder !== 'string' || holder === '' || holder.length > 100) {
    throw new ApiError(400, '`holder` must be text of 1 to 100 characters.');
  }
  return holder;
}

function parseClaim(body: unknown): Readonly<Partial<Record<keyof LeaseClaim, unknown>>> {
  try {
    const claim: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof claim === 'object' && claim !== null ? claim : {};
  } catch {
    // No JSON has no holder either, and the sentence about that says what is wanted.
    return {};
  }
}

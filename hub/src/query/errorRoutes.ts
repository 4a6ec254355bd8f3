import type { FastifyInstance } from 'fastify';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { parseTraceId } from '@sightline/telemetry/model/ids';
import { personName } from '@sightline/telemetry/view/errorGroups';
import type { ErrorGroupJson, ErrorGroupList } from '../client/errorsApi.ts';
import type { ErrorStore, KeptGroup, OccurrencePage } from '../store/errors/errorStore.ts';
import { ApiError, limitOf, textOf } from './parameters.ts';

interface GroupRequest {
  Params: { counter: string };
  Querystring: Record<string, unknown>;
}

const noGroup = 'There is no such error here (any more).';
const statuses: readonly ErrorStatus[] = ['active', 'resolved', 'muted'];
const jsonType = 'application/json; charset=utf-8';

/** The routes under `/sightline/v1/errors` (errorsApi.ts). */
export function addErrorRoutes(app: FastifyInstance, errors: ErrorStore): void {
  app.get<GroupRequest>('/sightline/v1/errors', async ({ query }): Promise<ErrorGroupList> => {
    const status = textOf(query, 'status');
    const before = textOf(query, 'before');
    if (before !== undefined && !/^-?\d{1,17}-\d{1,15}$/.test(before)) {
      throw new ApiError(400, '`before` must be the `next` of the page before.');
    }
    const page = await errors.listGroups({
      limit: limitOf(query, 100),
      ...(status !== undefined && { statuses: [statusOf(status)] }),
      ...(before !== undefined && { before }),
    });
    return {
      groups: page.groups.map((kept) => toErrorGroupJson(kept)),
      ...(page.next !== undefined && { next: page.next }),
    };
  });
  app.get<GroupRequest>('/sightline/v1/errors/occurrences', async ({ query }, reply) => {
    const traceId = parseTraceId(textOf(query, 'trace') ?? '');
    if (traceId === undefined) {
      throw new ApiError(400, '`trace` must be a trace id: 32 hex digits or 1-<8>-<24>, not all zero.');
    }
    const page = await errors.listOccurrences({ traceId, ...pageOf(query) });
    return await reply.type(jsonType).send(pageText(page));
  });
  app.get<GroupRequest>('/sightline/v1/errors/:counter/occurrences', async ({ params, query }, reply) => {
    const counter = numberOf(params.counter);
    const page = await errors.listOccurrences({ counter, ...pageOf(query) });
    if (page.occurrences.length === 0 && (await errors.loadGroup(counter)) === undefined) {
      throw new ApiError(404, noGroup);
    }
    return await reply.type(jsonType).send(pageText(page));
  });
  app.get<{ Params: { counter: string; id: string } }>(
    '/sightline/v1/errors/:counter/occurrences/:id',
    async ({ params: { counter, id } }, reply) => {
      const text = await errors.loadOccurrence({ id: numberOf(id), counter: numberOf(counter) });
      if (text === undefined) {
        throw new ApiError(404, 'There is no such occurrence of this error here (any more).');
      }
      return await reply.type(jsonType).send(text);
    },
  );
  addChangeRoute(app, errors);
}

/** In a scope of its own: only here a body is read. */
function addChangeRoute(app: FastifyInstance, errors: ErrorStore): void {
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 10_000 }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.patch<{ Params: { counter: string } }>('/sightline/v1/errors/:counter', async ({ params, body }) => {
      const changed = await errors.change(numberOf(params.counter), { status: statusOf(statusIn(body)) });
      if (changed === undefined) {
        throw new ApiError(404, noGroup);
      }
      return toErrorGroupJson(changed);
    });
    done();
  });
}

function toErrorGroupJson({ group, recent }: KeptGroup): ErrorGroupJson {
  const { counter, fingerprint, title, level, status, count, firstSeen, lastSeen, environments, persons, last } = group;
  const lastPerson = personName(last.person);
  return {
    counter,
    fingerprint,
    title,
    level,
    status,
    count,
    environments,
    recent,
    firstSeen: String(firstSeen),
    lastSeen: String(lastSeen),
    personCount: persons.length,
    ...(lastPerson !== undefined && { lastPerson }),
    reactivated: group.reactivatedAt !== undefined,
    ...(last.traceId !== undefined && { traceId: last.traceId }),
  };
}

function pageText({ occurrences, next }: OccurrencePage): string {
  return `{"occurrences":[${occurrences.join()}]${next === undefined ? '' : `,"next":"${next}"`}}`;
}

function pageOf(query: Readonly<Record<string, unknown>>): { limit: number; before?: number } {
  const before = textOf(query, 'before');
  return { limit: limitOf(query, 20), ...(before !== undefined && { before: numberOf(before) }) };
}

function numberOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new ApiError(400, 'Errors and their occurrences are known by whole numbers.');
  }
  return Number(text);
}

function statusIn(body: unknown): unknown {
  try {
    const change: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof change === 'object' && change !== null && 'status' in change ? change.status : undefined;
  } catch {
    // No JSON has no status either, and the sentence about that says what is wanted.
    return undefined;
  }
}

function statusOf(value: unknown): ErrorStatus {
  const status = statuses.find((each) => each === value);
  if (status === undefined) {
    throw new ApiError(400, '`status` must be "active", "resolved" or "muted".');
  }
  return status;
}

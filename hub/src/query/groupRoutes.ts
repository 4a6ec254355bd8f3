import type { FastifyInstance } from 'fastify';
import { GroupRefusal, type XRayGroup, type XRayGroups } from '../aws/xrayGroups.ts';
import type { GroupChange, GroupJson, GroupList } from '../client/filterApi.ts';
import { ApiError, textOf } from './parameters.ts';
import { filterErrorOf } from './traceFilter.ts';

interface GroupRequest {
  Querystring: Record<string, unknown>;
}

const bodyLimit = 100_000;

/** The routes under `/sightline/v1/groups` (filterApi.ts). */
export function addGroupRoutes(app: FastifyInstance, groups: XRayGroups): void {
  app.get('/sightline/v1/groups', async (): Promise<GroupList> => ({
    groups: (await groups.list()).map((group) => toGroupJson(group)),
  }));
  app.delete<GroupRequest>('/sightline/v1/groups', async ({ query }, reply) => {
    await orApiError(groups.delete({ by: 'name', value: textOf(query, 'name') ?? '' }));
    return await reply.code(204).send();
  });
  // In a scope of its own: only here a body is read.
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.put('/sightline/v1/groups', async ({ body }) =>
      toGroupJson(await orApiError(change(groups, changeIn(body)))),
    );
    done();
  });
}

async function change(groups: XRayGroups, { name, filter, newName }: GroupChange): Promise<XRayGroup> {
  const changes = filter === undefined ? {} : { FilterExpression: filter };
  if (newName !== undefined) {
    return await groups.rename(name, newName, changes);
  }
  return (await groups.find({ by: 'name', value: name })) === undefined
    ? await groups.create(name, changes)
    : await groups.update({ by: 'name', value: name }, changes);
}

function changeIn(body: unknown): GroupChange {
  const { name, filter, newName } = parseChange(body);
  if (typeof name !== 'string') {
    throw new ApiError(400, 'The body must be JSON with the `name` of the group.');
  }
  if (!isTextOrAbsent(filter) || !isTextOrAbsent(newName)) {
    throw new ApiError(400, '`filter` and `newName` must be text where they are given.');
  }
  return { name, ...(filter !== undefined && { filter }), ...(newName !== undefined && { newName }) };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function parseChange(body: unknown): { [K in keyof GroupChange]?: unknown } {
  try {
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // No JSON has no name either, and the sentence about that says what is wanted.
    return {};
  }
}

function toGroupJson({ GroupName, GroupARN, FilterExpression }: XRayGroup): GroupJson {
  return { name: GroupName, arn: GroupARN, filter: FilterExpression };
}

/** AWS's clients get one error for everything; here what is missing is 404, what is there already 409, and what is wrong 400. */
async function orApiError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof GroupRefusal)) {
      throw error;
    }
    if (error.place !== undefined) {
      throw filterErrorOf(error.place);
    }
    throw new ApiError(statuses[error.reason], error.message);
  }
}

const statuses: Record<GroupRefusal['reason'], number> = { invalid: 400, missing: 404, taken: 409, full: 409 };

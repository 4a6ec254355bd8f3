import type { FastifyInstance, FastifyReply } from 'fastify';
import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import { spanIdIn, traceIdIn as traceIdInLine } from '@sightline/telemetry/decode/logLineIds';
import { levelIn } from '@sightline/telemetry/decode/logLineLevel';
import type {
  LogEventList,
  LogGroupChange,
  LogGroupJson,
  LogGroupList,
  LogMarkList,
  LogPatternError,
  LogRowJson,
  LogStreamJson,
  LogStreamList,
} from '../client/logsApi.ts';
import type { EventPosition, EventQuery, StoredEvent } from '../store/logs/eventQuery.ts';
import type { LogGroupFacts, LogStreamFacts } from '../store/logs/logCommands.ts';
import { LogRefusal } from '../store/logs/logFailure.ts';
import { checkNewGroupName } from '../store/logs/logNames.ts';
import type { LogStore } from '../store/logs/logStore.ts';
import { otlpPrefix, otlpStream, type OtlpGroupFacts, type OtlpLogQuery } from '../store/logs/otlpLogs.ts';
import { ApiError, limitOf, nanosIn, textOf, traceIdIn } from './parameters.ts';
import { signalOf } from './abandoned.ts';

interface LogRequest {
  Querystring: Record<string, unknown>;
}

const pageBytes = 4 * 1024 * 1024;
const mostStreams = 100;
/** Two million lines at once: a jump to the end of a long log is one question. */
const mostMarks = 2000;
const nanosPerMilli = 1_000_000n;

/** The routes under `/sightline/v1/logs` (logsApi.ts). */
export function addLogRoutes(app: FastifyInstance, logs: LogStore): void {
  app.get<LogRequest>('/sightline/v1/logs/groups', async ({ query }): Promise<LogGroupList> => {
    const prefix = textOf(query, 'prefix') ?? '';
    const [groups, services] = await Promise.all([logs.listGroups(), logs.listOtlpServices()]);
    const all = [...groups.map(toLogGroupJson), ...services.map(toOtlpGroupJson)];
    const found = all.filter(({ name }) => name.startsWith(prefix));
    return { groups: found.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  });
  app.get<LogRequest>('/sightline/v1/logs/streams', async ({ query }): Promise<LogStreamList> => {
    const group = textOf(query, 'group') ?? '';
    if (group.startsWith(otlpPrefix)) {
      return { streams: await otlpStreamsOf(logs, group) };
    }
    const streams = await orApiError(logs.listStreams(group));
    const byLast = streams.toSorted((a, b) => (b.lastIngestion ?? b.created) - (a.lastIngestion ?? a.created));
    return { streams: byLast.map(toLogStreamJson) };
  });
  app.get<LogRequest>('/sightline/v1/logs/events', async ({ query }, reply): Promise<LogEventList | FastifyReply> => {
    const pattern = textOf(query, 'pattern');
    const parsed = parseFilterPattern(pattern ?? '');
    if (!parsed.ok) {
      const { message, column, length } = parsed.error;
      return await reply.code(400).send({ error: message, column, length } satisfies LogPatternError);
    }
    const group = textOf(query, 'group');
    if (group?.startsWith(otlpPrefix) === true) {
      const { rows, hasMore } = await orApiError(logs.selectOtlp(toOtlpQuery(query, group), signalOf(reply)));
      const next = rows.at(-1)?.id;
      return { events: rows, ...(hasMore && next !== undefined && { next }) };
    }
    const page = await orApiError(logs.select(toEventQuery(query), signalOf(reply)));
    const last = page.events.at(-1);
    return {
      events: page.events.map(toLogRow),
      ...(page.hasMore && last !== undefined && { next: toRowId(last.position) }),
    };
  });
  app.get<LogRequest>('/sightline/v1/logs/marks', async ({ query }, reply): Promise<LogMarkList | FastifyReply> => {
    const parsed = parseFilterPattern(textOf(query, 'pattern') ?? '');
    if (!parsed.ok) {
      const { message, column, length } = parsed.error;
      return await reply.code(400).send({ error: message, column, length } satisfies LogPatternError);
    }
    const every = limitOf(query, 1000);
    const places = { ...toEventQuery(query), limit: every * mostMarks };
    const { marks, events, hasMore } = await orApiError(logs.mark(places, every, signalOf(reply)));
    return { marks: marks.map(toRowId), events, hasMore };
  });
  app.delete<LogRequest>('/sightline/v1/logs/groups', async ({ query }, reply) => {
    await orApiError(logs.change({ name: 'deleteGroup', group: textOf(query, 'name') ?? '' }));
    return await reply.code(204).send();
  });
  addChangeRoute(app, logs);
}

/** In a scope of its own: only here a body is read. */
function addChangeRoute(app: FastifyInstance, logs: LogStore): void {
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 10_000 }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.put('/sightline/v1/logs/groups', async ({ body }, reply) => {
      const { name, retentionDays } = changeIn(body);
      await orApiError(changeGroup(logs, name, retentionDays));
      return await reply.code(204).send();
    });
    done();
  });
}

async function changeGroup(logs: LogStore, name: string, days: number | null | undefined): Promise<void> {
  const group = checkNewGroupName(name);
  const isKnown = (await logs.listGroups()).some((known) => known.name === group);
  if (!isKnown) {
    await logs.change({
      name: 'createGroup',
      group,
      extras: { tags: {}, groupClass: 'STANDARD', metricFilters: [] },
    });
  }
  if (days !== undefined) {
    await logs.change({ name: 'setRetention', group, days });
  }
}

function changeIn(body: unknown): LogGroupChange {
  const change = parseChange(body);
  const days = change.retentionDays;
  if (typeof change.name !== 'string') {
    throw new ApiError(400, 'The body must be JSON with the `name` of the group.');
  }
  if (days !== undefined && days !== null && !(Number.isInteger(days) && days >= 1 && days <= 3653)) {
    throw new ApiError(400, '`retentionDays` must be a whole number from 1 to 3653, or null for never.');
  }
  return { name: change.name, ...(days !== undefined && { retentionDays: days }) };
}

function parseChange(body: unknown): Partial<LogGroupChange> {
  try {
    const change: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof change === 'object' && change !== null ? change : {};
  } catch {
    // No JSON has no name either, and the sentence about that says what is wanted.
    return {};
  }
}

function toEventQuery(query: LogRequest['Querystring']): EventQuery {
  const group = textOf(query, 'group');
  const streams = streamsIn(query['stream']);
  const pattern = textOf(query, 'pattern');
  const from = nanosIn(query, 'from');
  const to = nanosIn(query, 'to');
  const traceId = traceIdIn(query);
  const before = textOf(query, 'before');
  return {
    order: 'newest first',
    limit: limitOf(query, 100),
    maxBytes: pageBytes,
    ...(group !== undefined && { groups: [group] }),
    ...(streams !== undefined && { streams }),
    ...(pattern !== undefined && { pattern }),
    // Events have milliseconds: the first one not before, the last one not after.
    ...(from !== undefined && { from: Number((from + nanosPerMilli - 1n) / nanosPerMilli) }),
    ...(to !== undefined && { to: Number(to / nanosPerMilli) }),
    ...(traceId !== undefined && { trace: traceId }),
    ...(before !== undefined && { after: positionOfRow(before) }),
  };
}

async function otlpStreamsOf(logs: LogStore, group: string): Promise<LogStreamJson[]> {
  const services = await logs.listOtlpServices();
  const facts = services.find(({ service }) => `${otlpPrefix}${service}` === group);
  if (facts === undefined) {
    throw new ApiError(404, 'The specified log group does not exist.');
  }
  const { events, first, last } = facts;
  const times = { firstEventTime: String(first), lastEventTime: String(last) };
  return [{ name: otlpStream, eventCount: events, writers: [], ...times }];
}

function toOtlpQuery(query: LogRequest['Querystring'], group: string): OtlpLogQuery {
  const pattern = textOf(query, 'pattern');
  const from = nanosIn(query, 'from');
  const to = nanosIn(query, 'to');
  const trace = traceIdIn(query);
  const before = textOf(query, 'before');
  return {
    service: group.slice(otlpPrefix.length),
    limit: limitOf(query, 100),
    ...(pattern !== undefined && { pattern }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(trace !== undefined && { trace }),
    ...(before !== undefined && { before }),
  };
}

function streamsIn(value: unknown): readonly string[] | undefined {
  const streams = value === undefined ? undefined : Array.isArray(value) ? (value as unknown[]) : [value];
  if (streams !== undefined && (streams.length > mostStreams || !streams.every((name) => typeof name === 'string'))) {
    throw new ApiError(400, `\`stream\` may be given up to ${mostStreams} times.`);
  }
  return streams;
}

/** Digits of fixed length, so that texts sort as the events do. */
function toRowId({ time, group, sequence }: EventPosition): string {
  return `${pad(time, 15)}-${pad(group, 10)}-${pad(sequence, 17)}`;
}

function pad(number: number, length: number): string {
  return String(number).padStart(length, '0');
}

function positionOfRow(id: string): EventPosition {
  const match = /^(\d{15})-(\d{10})-(\d{17})$/.exec(id);
  if (match === null) {
    throw new ApiError(400, '`before` must be the `next` of the page before.');
  }
  return { time: Number(match[1]), group: Number(match[2]), sequence: Number(match[3]) };
}

function toLogRow({ group, stream, time, ingested, message, position }: StoredEvent): LogRowJson {
  const traceId = traceIdInLine(message);
  const spanId = spanIdIn(message);
  return {
    id: toRowId(position),
    group,
    stream,
    time: nanosOf(time),
    ingestionTime: nanosOf(ingested),
    message,
    level: levelIn(message),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
  };
}

function toLogGroupJson({ name, created, retentionDays, streams, events, bytes, last }: LogGroupFacts): LogGroupJson {
  return {
    name,
    source: 'cloudwatch',
    createdAt: nanosOf(created),
    streamCount: streams,
    eventCount: events,
    storedBytes: bytes,
    ...(retentionDays !== undefined && { retentionDays }),
    ...(last !== undefined && { lastEventTime: nanosOf(last) }),
  };
}

function toOtlpGroupJson({ service, events, bytes, first, last }: OtlpGroupFacts): LogGroupJson {
  return {
    name: `${otlpPrefix}${service}`,
    source: 'otlp',
    createdAt: String(first),
    streamCount: 1,
    eventCount: events,
    storedBytes: bytes,
    lastEventTime: String(last),
  };
}

function toLogStreamJson({ name, events, first, last, lastIngestion, writers }: LogStreamFacts): LogStreamJson {
  return {
    name,
    eventCount: events,
    writers,
    ...(first !== undefined && { firstEventTime: nanosOf(first) }),
    ...(last !== undefined && { lastEventTime: nanosOf(last) }),
    ...(lastIngestion !== undefined && { lastIngestionTime: nanosOf(lastIngestion) }),
  };
}

function nanosOf(millis: number): string {
  return String(BigInt(Math.round(millis)) * nanosPerMilli);
}

/** The API in AWS's words is for AWS's clients; here what is missing is 404, and what is wrong 400. */
async function orApiError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LogRefusal) {
      throw new ApiError(error.failure.failure === 'ResourceNotFoundException' ? 404 : 400, error.message);
    }
    throw error;
  }
}

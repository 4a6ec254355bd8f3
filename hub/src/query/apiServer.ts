import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { epochNanos } from '@sightline/telemetry/model/units';
import { parseSpanId, parseTraceId } from '@sightline/telemetry/model/ids';
import type { Activity } from '../activity.ts';
import { isOtlpPath, misplacedOtlp, unservedCall } from '../aws/awsError.ts';
import type { XRayGroups } from '../aws/xrayGroups.ts';
import type { RecentTracesReply, StatsReply } from '../client/api.ts';
import type { FilterFactsJson } from '../client/filterApi.ts';
import type { CostMeter } from '../cost/costMeter.ts';
import type { CostSurroundings } from '../cost/costReport.ts';
import type { Guard } from '../guard.ts';
import type { ProtocolMixUps } from '../receivers/protocolMixUps.ts';
import type { Relay } from '../relay/relay.ts';
import type { Sampling } from '../sampling/sampling.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { signalOf } from './abandoned.ts';
import type { ChangeFeed } from './changeFeed.ts';
import { addCostRoutes } from './costRoutes.ts';
import { addErrorRoutes } from './errorRoutes.ts';
import { addGroupRoutes } from './groupRoutes.ts';
import { addLeaseRoutes } from './leaseRoutes.ts';
import { Leases } from './leases.ts';
import { addLogRoutes } from './logRoutes.ts';
import { addMapRoutes } from './mapRoutes.ts';
import { ApiError, filterIn, limitOf, textOf } from './parameters.ts';
import { addRelayRoutes } from './relayRoutes.ts';
import { addSamplingRoutes } from './samplingRoutes.ts';
import { bearerCheck } from './token.ts';
import { loadTracePlan } from './traceFilter.ts';
import { parseTraceCursor } from '../store/read/traceCursor.ts';

export interface ApiServerOptions {
  readonly store: TelemetryStore;
  readonly groups: XRayGroups;
  readonly sampling: Sampling;
  readonly cost: { readonly meter: CostMeter; readonly surroundings: CostSurroundings };
  readonly relay: Relay;
  readonly guard: Guard;
  readonly token: string;
  readonly feed: ChangeFeed;
  readonly activity: Activity;
  /** The store's figures and those of the receivers. */
  readonly stats: () => Promise<StatsReply>;
  readonly onUnservedCall: () => void;
  readonly mixUps: ProtocolMixUps;
  /** Where the hub takes OTLP over HTTP, if it does. */
  readonly otlpEndpoint: () => string | undefined;
  /** Called after the answer to a shutdown request has been written. */
  readonly onShutdown: () => void;
}

export type ApiServer = FastifyInstance;

/** The hub's own API under `/sightline/v1/`, for those who have the token. It has no port of its own: requests come through `routing`. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const app = fastify({ routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true } });
  // Nothing here takes a body yet; one that comes along is left unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  refuseStrangers(app, options);
  answerErrors(app, options);
  addTraceRoutes(app, options);
  addProblemRoutes(app, options);
  addErrorRoutes(app, options.store.errors);
  addLogRoutes(app, options.store.logs);
  addGroupRoutes(app, options.groups);
  addMapRoutes(app, options.store.analysis, options.groups);
  addLeaseRoutes(app, new Leases());
  addSamplingRoutes(app, options.sampling, options.store);
  addCostRoutes(app, options.cost.meter, options.cost.surroundings);
  addRelayRoutes(app, options.relay);
  addHubRoutes(app, options);
  return app;
}

function refuseStrangers(app: FastifyInstance, { token, activity }: ApiServerOptions): void {
  const isAuthorized = bearerCheck(token);
  app.addHook('onRequest', async (request, reply) => {
    // By what was matched as well as by what was written, since the router decodes percent signs.
    const isOwnApi = request.url.startsWith('/sightline/') || request.routeOptions.url?.startsWith('/sightline/');
    if (isOwnApi && !isAuthorized(request.headers.authorization)) {
      const error = "This needs the hub's token: the header `Authorization: Bearer` and the content of the token file.";
      return await reply.code(401).header('www-authenticate', 'Bearer').send({ error });
    }
    if (isOwnApi) {
      activity.touch();
    }
    return undefined;
  });
}

function answerErrors(app: FastifyInstance, { onUnservedCall, mixUps, otlpEndpoint }: ApiServerOptions): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (request.raw.destroyed && reply.raw.destroyed) {
      return reply.hijack();
    }
    if (error instanceof ApiError) {
      return reply.code(error.status).send({ error: error.message, ...error.details });
    }
    const status = error.statusCode ?? 500;
    return reply.code(status).send({ error: `The hub could not answer this: ${error.message}` });
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?', 1);
    if (path.startsWith('/sightline/')) {
      return reply.code(404).send({ error: `There is no ${request.method} ${path.slice(0, 100)} in this version.` });
    }
    onUnservedCall();
    const target = request.headers['x-amz-target'];
    const call = typeof target === 'string' ? target.slice(0, 100) : `${request.method} ${path.slice(0, 100)}`;
    const misplaced = isOtlpPath(path) ? misplacedOtlp(call, "the port of the hub's API", otlpEndpoint()) : undefined;
    if (misplaced !== undefined) {
      mixUps.noteRequest('api', path, request.raw.socket, misplaced.message);
    }
    const { status, body, contentType, headers } = misplaced?.answer ?? unservedCall(call);
    return reply
      .code(status)
      .headers({ ...headers })
      .type(contentType)
      .send(body);
  });
}

interface TraceRequest {
  Params: { id: string };
}

function addTraceRoutes(app: FastifyInstance, { store, groups }: ApiServerOptions): void {
  app.get<{ Querystring: Record<string, unknown> }>('/sightline/v1/traces', async ({ query }, reply) => {
    const health = textOf(query, 'health');
    if (health !== undefined && health !== 'exclude') {
      throw new ApiError(400, '`health` can only be "exclude".');
    }
    const before = textOf(query, 'before');
    if (before !== undefined && parseTraceCursor(before) === undefined) {
      throw new ApiError(400, '`before` can only be what `next` of an earlier page said.');
    }
    const filter = await loadTracePlan(filterIn(query), groups);
    return await store.listTraces(
      {
        limit: limitOf(query, 100),
        ...(before !== undefined && { before }),
        ...(health !== undefined && { excludeHealthChecks: true }),
        ...(filter !== undefined && { filter }),
      },
      signalOf(reply),
    );
  });
  app.get('/sightline/v1/recent-traces', async (_request, reply): Promise<RecentTracesReply> =>
    store.analysis.countRecent(epochNanos(BigInt(Date.now()) * 1_000_000n), signalOf(reply)),
  );
  app.get('/sightline/v1/filter-facts', async (_request, reply): Promise<FilterFactsJson> =>
    store.analysis.filterFacts(signalOf(reply)),
  );
  app.delete('/sightline/v1/traces', async (_request, reply) => {
    await store.clear();
    return await reply.code(204).send();
  });
  app.get<TraceRequest>('/sightline/v1/traces/:id', async (request, reply) => {
    const pieces = found(await store.streamTrace(traceIdOf(request), signalOf(reply)));
    return await reply.type('application/json; charset=utf-8').send(Readable.from(pieces, { objectMode: false }));
  });
  app.get<TraceRequest>('/sightline/v1/traces/:id/rows', async (request, reply) =>
    found(await store.loadTreeRows(traceIdOf(request), signalOf(reply))),
  );
  app.get<TraceRequest>('/sightline/v1/traces/:id/raw', async (request, reply) =>
    found(await store.loadRaw(traceIdOf(request), signalOf(reply))),
  );
  app.get<{ Params: { id: string; spanId: string } }>(
    '/sightline/v1/traces/:id/spans/:spanId',
    async (request, reply) => {
      const spanId = parseSpanId(request.params.spanId);
      if (spanId === undefined) {
        throw new ApiError(400, 'A span id is 16 hex digits, not all zero.');
      }
      const span = await store.loadSpan(traceIdOf(request), spanId, signalOf(reply));
      return found(span, 'There is no such span in this trace.');
    },
  );
  app.route<TraceRequest>({
    method: ['PUT', 'DELETE'],
    url: '/sightline/v1/traces/:id/pin',
    handler: async (request, reply) => {
      found((await store.setPinned(traceIdOf(request), request.method === 'PUT')) || undefined);
      return await reply.code(204).send();
    },
  });
}

function addProblemRoutes(app: FastifyInstance, { store }: ApiServerOptions): void {
  app.get<{ Querystring: Record<string, unknown> }>('/sightline/v1/problems', async ({ query }) => ({
    problems: await store.listProblems(limitOf(query, 100)),
  }));
  app.delete('/sightline/v1/problems', async (_request, reply) => {
    await store.clearProblems();
    return await reply.code(204).send();
  });
}

function addHubRoutes(app: FastifyInstance, { feed, activity, stats, onShutdown }: ApiServerOptions): void {
  app.get('/sightline/v1/stats', async () => await stats());
  app.get('/sightline/v1/changes', (request, reply) => {
    reply.hijack();
    reply.raw.on('close', activity.hold());
    const lastEventId = request.headers['last-event-id'];
    feed.attach(reply.raw, typeof lastEventId === 'string' ? lastEventId : undefined);
  });
  app.post('/sightline/v1/shutdown', async (_request, reply) => {
    reply.raw.on('finish', onShutdown);
    return await reply.code(202).send({ status: 'ending' });
  });
}

function traceIdOf(request: FastifyRequest<TraceRequest>): string {
  const id = parseTraceId(request.params.id);
  if (id === undefined) {
    throw new ApiError(400, 'A trace id is 32 hex digits or 1-<8>-<24>, not all zero.');
  }
  return id;
}

function found<T>(value: T | undefined, otherwise = 'There is no such trace here (any more).'): T {
  if (value === undefined) {
    throw new ApiError(404, otherwise);
  }
  return value;
}

import type { Server } from 'node:http';
import { Activity, watchIdleness } from './activity.ts';
import { createLogsApi } from './aws/logsApi.ts';
import { XRayApi, type XRayApiOptions } from './aws/xrayApi.ts';
import { XRayGroups } from './aws/xrayGroups.ts';
import { createXRayOtlpApi } from './aws/xrayOtlp.ts';
import type { Endpoints, ReadyLine, StatsReply } from './client/api.ts';
import { tokenFileOf } from './client/dataDirectory.ts';
import type { ServeOptions } from './commandLine.ts';
import { CostMeter } from './cost/costMeter.ts';
import { costSurroundings } from './cost/costSurroundings.ts';
import { loadAwsSecretKey, loadRollbarToken, loadToken } from './dataDirectory.ts';
import { DataDirectoryLock } from './dataDirectoryLock.ts';
import { Guard } from './guard.ts';
import { createHoneycombApi } from './honeycomb/honeycombApi.ts';
import { callableHost, listen } from './listening.ts';
import { createApiPort } from './query/apiPort.ts';
import { ChangeFeed } from './query/changeFeed.ts';
import type { VendorApi } from './query/vendorApi.ts';
import { OtlpGrpcReceiver } from './receivers/otlpGrpc.ts';
import { createOtlpHttpServer } from './receivers/otlpHttp.ts';
import { ProtocolMixUps } from './receivers/protocolMixUps.ts';
import { openXRayPorts } from './receivers/xrayPorts.ts';
import { createXRayTcpServer } from './receivers/xrayTcp.ts';
import { XRayUdpReceiver } from './receivers/xrayUdp.ts';
import { MinuteLimit } from './rollbar/minuteLimit.ts';
import { createRollbarApi } from './rollbar/rollbarApi.ts';
import { Relay } from './relay/relay.ts';
import { Sampling } from './sampling/sampling.ts';
import type { StoreOptions, TelemetryStore } from './store/telemetryStore.ts';
import { UserError } from './userError.ts';
import { version } from './version.ts';

export type OpenStore = (options: StoreOptions) => Promise<TelemetryStore>;

/**
 * A running hub: the store, the receivers in front of it, and the API over it. Made by `Hub.start`, which needs a prepared
 * data directory and throws `UserError` for what a person can put right.
 */
export class Hub {
  readonly #options: ServeOptions;
  readonly #activity = new Activity();
  readonly #feed = new ChangeFeed();
  readonly #startedAt = new Date().toISOString();
  /** What has been opened so far, to be closed in the reverse order. */
  readonly #opened: (() => unknown)[] = [];
  readonly #ended = Promise.withResolvers<undefined>();
  #stopping = false;
  /** What the hub cannot go on after, in the words of the person who reads it. */
  #failure: UserError | undefined;
  #metricsRequests = 0;
  #unservedCalls = 0;
  #ports: readonly number[] = [];
  #endpoints: Endpoints | undefined;
  #udp: XRayUdpReceiver | undefined;

  private constructor(options: ServeOptions) {
    this.#options = options;
  }

  static async start(options: ServeOptions, openStore: OpenStore): Promise<{ hub: Hub; ready: ReadyLine }> {
    const hub = new Hub(options);
    try {
      return { hub, ready: await hub.#start(openStore) };
    } catch (error) {
      await hub.stop();
      throw error;
    }
  }

  /** Settles when the hub has been stopped, by `stop`, by its API or because nobody used it; rejects when something did not close. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  /** Takes nothing new, finishes what is under way, flushes the store and gives the data directory free. Never rejects: see `ended`. */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      // What did not close after a failure is a consequence of it.
      const failures: unknown[] = this.#failure === undefined ? [] : [this.#failure];
      for (const close of this.#opened.toReversed()) {
        try {
          await close();
        } catch (error) {
          // One that fails must not keep the others from closing, least of all the store.
          failures.push(error);
        }
      }
      if (failures.length === 0) {
        this.#ended.resolve(undefined);
      } else {
        this.#ended.reject(failures[0]);
      }
    }
    await Promise.allSettled([this.#ended.promise]);
  }

  async #start(openStore: OpenStore): Promise<ReadyLine> {
    const { dataDir, maxBytes, maxAgeMillis, xrayPort, idleExitMillis } = this.#options;
    const lock = await DataDirectoryLock.take(dataDir);
    this.#opened.push(() => lock.release());
    const token = loadToken(dataDir);
    const udp = xrayPort === 'none' ? undefined : new XRayUdpReceiver();
    this.#udp = udp;
    this.#activity.watch(() => udp?.received ?? 0);
    const store = await openStore({ dataDir, maxBytes, maxAgeMillis }).catch(async (error: unknown) => {
      await udp?.close();
      // The store words what a person can put right (a database that cannot be opened, a full disk) as one sentence.
      throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
    });
    // Datagrams are handed over before the store is closed.
    this.#opened.push(
      () => closeStore(store),
      () => udp?.close(),
      store.onDidChange((change) => this.#feed.publish(change)),
    );
    store.onDidFail?.((reason) => this.#fail(reason));
    const guard = new Guard([this.#options.host, ...this.#options.allowHosts]);
    const groups = new XRayGroups(store.documents);
    const sampling = new Sampling(store.documents, Date.now, () => this.#feed.publishSampling());
    const meter = await CostMeter.open(store.documents);
    this.#opened.push(() => meter.flush());
    const mixUps = new ProtocolMixUps(store, () => this.#endpoints);
    const xray = this.#xrayApi({ store, groups, sampling, mixUps });
    const relay = new Relay({ store, dataDir, env: process.env, meter, ownPorts: () => this.#ports });
    const api = createApiPort({
      relay,
      store,
      groups,
      sampling,
      cost: { meter, surroundings: costSurroundings(store.logs, sampling, () => relay.forCost) },
      guard,
      token,
      feed: this.#feed,
      activity: this.#activity,
      stats: () => this.#stats(store, relay),
      onUnservedCall: () => (this.#unservedCalls += 1),
      mixUps,
      otlpEndpoint: () => this.#endpoints?.otlpHttp,
      onShutdown: () => void this.stop(),
      vendors: [...this.#vendors(store), xray.vendor, createXRayOtlpApi(store)],
    });
    const endpoints = await this.#listen({ store, guard, mixUps }, { api: api.server, xray });
    this.#opened.push(
      () => api.close(),
      () => this.#feed.close(),
    );
    this.#endpoints = endpoints;
    this.#ports = portsOf(endpoints);
    this.#opened.push(() => relay.close());
    await relay.start(this.#options.relay);
    const names = this.#options.allowHosts;
    const announced = { api: endpoints.api, endpoints, ...(names.length > 0 && { names }) };
    lock.announce({ pid: process.pid, version, startedAt: this.#startedAt, ...announced });
    if (idleExitMillis !== undefined) {
      this.#opened.push(watchIdleness(this.#activity, idleExitMillis, () => void this.stop()));
    }
    return { event: 'ready', version, pid: process.pid, dataDir, tokenFile: tokenFileOf(dataDir), endpoints };
  }

  /** A hub that answers and keeps nothing would look well: it ends instead, and whoever started it starts another one. */
  #fail(reason: Error): void {
    this.#failure ??= new UserError(`${reason.message} What was acknowledged is kept; start the hub again.`, {
      cause: reason,
    });
    void this.stop();
  }

  async #listen(
    surroundings: Surroundings,
    { api, xray: xrayApi }: { readonly api: Server; readonly xray: XRayApi },
  ): Promise<Endpoints> {
    // All at once: each waits for the system, and the datagram thread for its own start.
    surroundings.mixUps.watch(api, 'api');
    const [xray, otlpHttp, otlpGrpc, apiPort] = await settleAll([
      this.#openXRay(surroundings, xrayApi),
      this.#openOtlpHttp(surroundings),
      this.#openOtlpGrpc(surroundings),
      this.#openServer(api, this.#options.port, { what: "the hub's API", option: '--port' }),
    ]);
    const host = callableHost(this.#options.host);
    return {
      ...(xray !== undefined && { xrayUdp: `${host}:${xray}`, xrayTcp: `http://${host}:${xray}` }),
      ...(otlpHttp !== undefined && { otlpHttp: `http://${host}:${otlpHttp}` }),
      ...(otlpGrpc !== undefined && { otlpGrpc: `${host}:${otlpGrpc}` }),
      api: `http://${host}:${apiPort}`,
    };
  }

  async #openXRay({ store, guard, mixUps }: Surroundings, api: XRayApi): Promise<number | undefined> {
    const { host, xrayPort } = this.#options;
    const udp = this.#udp;
    if (xrayPort === 'none' || udp === undefined) {
      return undefined;
    }
    udp.connect(store);
    const tcp = createXRayTcpServer({ api, guard, ...this.#counting() });
    mixUps.watch(tcp, 'xrayTcp');
    const port = await openXRayPorts({ host, port: xrayPort }, { udp, tcp });
    this.#opened.push(() => closeServer(tcp));
    return port;
  }

  async #openOtlpHttp(surroundings: Surroundings): Promise<number | undefined> {
    const { otlpPort } = this.#options;
    return otlpPort === 'none'
      ? undefined
      : await this.#openServer(createOtlpHttpServer({ ...surroundings, ...this.#counting() }), otlpPort, {
          what: 'OTLP over HTTP',
          option: '--otlp-port',
        });
  }

  async #openOtlpGrpc({ store, mixUps }: Surroundings): Promise<number | undefined> {
    const { host, otlpGrpcPort } = this.#options;
    if (otlpGrpcPort === 'none') {
      return undefined;
    }
    const receiver = new OtlpGrpcReceiver({ store, mixUps, ...this.#counting() });
    const purpose = { what: 'OTLP over gRPC', option: '--otlp-grpc-port' };
    const port = await listen(receiver.server, { host, port: otlpGrpcPort }, purpose);
    this.#opened.push(() => receiver.close());
    return port;
  }

  async #openServer(server: Server, port: number, purpose: { what: string; option: string }): Promise<number> {
    const given = await listen(server, { host: this.#options.host, port }, purpose);
    this.#opened.push(() => closeServer(server));
    return given;
  }

  #vendors(store: TelemetryStore): VendorApi[] {
    const { dataDir, requireCredentials, rollbarRate } = this.#options;
    const onUnservedCall = this.#counting().onUnservedCall;
    const readToken = requireCredentials ? loadRollbarToken(dataDir) : undefined;
    const limit = rollbarRate === undefined ? undefined : new MinuteLimit(rollbarRate);
    return [
      createRollbarApi({ store, readToken, limit, onUnservedCall }),
      createHoneycombApi({ onUnservedCall }),
      createLogsApi({ store, secretKey: requireCredentials ? loadAwsSecretKey(dataDir) : undefined, onUnservedCall }),
    ];
  }

  #xrayApi(parts: Pick<XRayApiOptions, 'store' | 'groups' | 'sampling' | 'mixUps'>): XRayApi {
    const { dataDir, requireCredentials } = this.#options;
    const secretKey = requireCredentials ? loadAwsSecretKey(dataDir) : undefined;
    const { onUnservedCall } = this.#counting();
    const otlpEndpoint = (): string | undefined => this.#endpoints?.otlpHttp;
    return new XRayApi({ ...parts, secretKey, onUnservedCall, otlpEndpoint });
  }

  #counting(): { onActivity: () => void; onMetrics: () => void; onUnservedCall: () => void } {
    return {
      onActivity: () => this.#activity.touch(),
      onMetrics: () => (this.#metricsRequests += 1),
      onUnservedCall: () => (this.#unservedCalls += 1),
    };
  }

  async #stats(store: TelemetryStore, relay: Relay): Promise<StatsReply> {
    await this.#udp?.countDrops();
    const relayed = await relay.stats();
    const stored = store.stats();
    return {
      traces: stored.traces,
      spans: stored.spans,
      logEvents: stored.logEvents,
      errorItems: stored.errorItems,
      problems: stored.problems,
      dropped: stored.dropped,
      bytes: stored.bytes,
      duplicates: stored.duplicates,
      retired: stored.retired,
      metricsRequests: this.#metricsRequests,
      unservedCalls: this.#unservedCalls,
      ...(this.#udp && { udpBuffer: this.#udp.buffer }),
      startedAt: this.#startedAt,
      ...(relayed !== undefined && { relay: relayed }),
    };
  }
}

/** What every receiver needs. */
interface Surroundings {
  readonly store: TelemetryStore;
  readonly guard: Guard;
  readonly mixUps: ProtocolMixUps;
}

/** What the hub itself listens on: nothing is relayed there. */
function portsOf({ xrayTcp, otlpHttp, otlpGrpc, api }: Endpoints): number[] {
  return [xrayTcp, otlpHttp, otlpGrpc, api].flatMap((endpoint) =>
    endpoint === undefined ? [] : [Number(/:(\d+)$/.exec(endpoint)?.[1])],
  );
}

/** The store words what kept it from closing well (a full disk) as a sentence, as it does when it is opened. */
async function closeStore(store: TelemetryStore): Promise<void> {
  try {
    await store.close();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Longest wait for answers under way; after it their connections are cut. */
const closeMillis = 2_000;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), closeMillis);
    // A sender that never pauses would keep its connection, and the hub, until the timer.
    server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Like `Promise.all`, but fails only when every promise has settled, so that whatever was opened is known and can be closed. */
async function settleAll<T extends readonly unknown[]>(promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

import type { RequestPattern } from '@sightline/telemetry/sampling/dryRun';
import type { SamplingRequest, SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { SpanJson, TraceRow } from './api.ts';

export interface ObservedPattern extends RequestPattern {
  /** Those among them that the X-Ray SDK left out, so that OpenTelemetry alone reports them, by epoch seconds. */
  readonly leftOut: ReadonlyMap<number, number>;
}

export interface ObservedRequests {
  readonly patterns: readonly ObservedPattern[];
  /** Epoch nanoseconds: of the oldest trace that was looked at, and of the question. */
  readonly from: bigint;
  readonly to: bigint;
  readonly traces: number;
  /** There are older traces in the hour, which were not looked at. */
  readonly isPartial: boolean;
  /** Requests whose caller had decided: no rule is asked for them. */
  readonly decidedByCaller: number;
}

/** Where traces are, newest first. */
export interface RecentTraces {
  listTraces(
    query: { readonly limit: number; readonly before?: string },
    signal?: AbortSignal,
  ): Promise<{ readonly traces: readonly Pick<TraceRow, 'id' | 'startTime'>[]; readonly next?: string }>;
  /** The spans of each; none where it has gone meanwhile. */
  loadSpans(ids: readonly string[], signal?: AbortSignal): Promise<readonly (readonly SpanJson[])[]>;
  readonly limits: {
    readonly pageSize: number;
    /** Traces that are looked at, the newest first. */
    readonly mostTraces: number;
    /** After so long what has been looked at is the answer. */
    readonly mostMillis: number;
    /** Traces that are loaded together. */
    readonly atATime: number;
  };
}

const hourNanos = 3_600_000_000_000n;
const nanosPerMilli = 1_000_000n;
/** Kinds of requests that are told apart; ids in paths could make any number of them. */
const mostPatterns = 2_000;

/** The requests of the last hour that rules were asked for, out of the traces that there are; `now` is epoch milliseconds. */
export async function loadObservedRequests(
  recentTraces: RecentTraces,
  now: number,
  signal?: AbortSignal,
): Promise<ObservedRequests> {
  const { pageSize, mostTraces, mostMillis, atATime } = recentTraces.limits;
  const to = BigInt(now) * nanosPerMilli;
  const since = to - hourNanos;
  const started = performance.now();
  const patterns = new Patterns();
  let [traces, from, before, isPartial] = [0, to, undefined as string | undefined, false];
  do {
    const page = await recentTraces.listTraces({ limit: pageSize, ...(before !== undefined && { before }) }, signal);
    const recent = page.traces.filter(({ startTime }) => BigInt(startTime) >= since);
    for (let index = 0; index < recent.length && !isPartial; index += atATime) {
      const some = recent.slice(index, index + atATime);
      // oxlint-disable-next-line no-await-in-loop -- a few at a time, so that views are answered in between.
      const loaded = await recentTraces.loadSpans(
        some.map(({ id }) => id),
        signal,
      );
      for (const [at, spans] of loaded.entries()) {
        patterns.add(spans);
        const start = BigInt(some[at]?.startTime ?? to);
        from = start < from ? start : from;
      }
      traces += some.length;
      isPartial = traces >= mostTraces || performance.now() - started > mostMillis;
    }
    before = recent.length < page.traces.length ? undefined : page.next;
  } while (before !== undefined && !isPartial);
  return { patterns: patterns.all, from, to, traces, isPartial, decidedByCaller: patterns.decidedByCaller };
}

/** Requests that look the same, counted by second. */
class Patterns {
  decidedByCaller = 0;
  readonly #byKey = new Map<string, Counted>();
  /** How services with an X-Ray SDK show in its segments, by their names in X-Ray and in OpenTelemetry. */
  readonly #segmentsOf = new Map<string, Segments>();

  /** A request that OpenTelemetry alone reports, of a service with an X-Ray SDK, is one that this SDK was asked about and left out. */
  get all(): readonly ObservedPattern[] {
    const merged = new Map<string, Counted>();
    for (const counted of this.#byKey.values()) {
      const segments = counted.sdk === 'other' ? this.#segmentsOf.get(counted.request.service ?? '') : undefined;
      const asked = segments === undefined ? counted : asLeftOut(counted, segments);
      const key = keyOf(asked);
      const before = merged.get(key);
      merged.set(key, before === undefined ? asked : sumOf(before, asked));
    }
    return [...merged.values()];
  }

  add(spans: readonly SpanJson[]): void {
    const requests = spans.filter(({ kind }) => kind === 'server');
    const segments = requests.filter(({ source }) => source === 'xray');
    const byId = new Map(spans.map((span) => [span.id, span]));
    // An X-Ray segment and the server span of the same request are one request, and the segment's SDK is the one that asked.
    for (const span of segments.length > 0 ? segments : requests) {
      this.#noteSegments(span);
      if (isDecidedByCaller(span, byId)) {
        this.decidedByCaller += 1;
      } else if (span.http !== undefined) {
        this.#count(span);
      }
    }
  }

  #noteSegments(span: SpanJson): void {
    const sdk = sdkOf(span);
    if (sdk === 'other') {
      return;
    }
    const { service = '', type } = requestOf(span);
    [service, span.service].forEach((name) => this.#segmentsOf.set(name, { sdk, service, type }));
  }

  #count(span: SpanJson): void {
    const request = requestOf(span);
    const sdk = sdkOf(span);
    const key = keyOf({ request, sdk });
    const counted = this.#byKey.get(key) ?? {
      request,
      sdk,
      perSecond: new Map(),
      decidedBy: new Map(),
      leftOut: new Map(),
    };
    if (!this.#byKey.has(key)) {
      if (this.#byKey.size >= mostPatterns) {
        return;
      }
      this.#byKey.set(key, counted);
    }
    const second = Number(BigInt(span.startTime) / 1_000_000_000n);
    counted.perSecond.set(second, (counted.perSecond.get(second) ?? 0) + 1);
    if (sdk !== 'other') {
      const rule = ruleOf(span);
      counted.decidedBy.set(rule, (counted.decidedBy.get(rule) ?? 0) + 1);
    }
  }
}

interface Counted extends ObservedPattern {
  readonly perSecond: Map<number, number>;
  readonly decidedBy: Map<string | undefined, number>;
}

/** What the segments of a service say of it that rules ask for. */
interface Segments {
  readonly sdk: SamplingSdk;
  readonly service: string;
  readonly type: string | undefined;
}

function asLeftOut(counted: Counted, { sdk, service, type }: Segments): Counted {
  const request = { ...counted.request, service, ...(type !== undefined && { type }) };
  return { ...counted, request, sdk, leftOut: counted.perSecond };
}

function sumOf(one: Counted, other: Counted): Counted {
  return {
    ...one,
    perSecond: sumOfCounts(one.perSecond, other.perSecond),
    decidedBy: sumOfCounts(one.decidedBy, other.decidedBy),
    leftOut: sumOfCounts(one.leftOut, other.leftOut),
  };
}

function sumOfCounts<Key>(one: ReadonlyMap<Key, number>, other: ReadonlyMap<Key, number>): Map<Key, number> {
  const sum = new Map(one);
  for (const [key, count] of other) {
    sum.set(key, (sum.get(key) ?? 0) + count);
  }
  return sum;
}

/** The same for requests that look the same to the rules. */
function keyOf({ request, sdk }: Pick<RequestPattern, 'request' | 'sdk'>): string {
  const { service, type, host, method, path } = request;
  return JSON.stringify([sdk, service, type, host, method, path]);
}

/** A parent in the trace header brings the decision along. A segment below the OpenTelemetry span of its own request has no header. */
function isDecidedByCaller({ parentId, source, service }: SpanJson, byId: ReadonlyMap<string, SpanJson>): boolean {
  if (parentId === undefined) {
    return false;
  }
  const parent = byId.get(parentId);
  return !(source === 'xray' && parent?.source === 'otlp' && parent.kind === 'server' && parent.service === service);
}

function requestOf({ name, service, source, http, attributes }: SpanJson): SamplingRequest {
  const { host, path } = addressOf(http?.url, attributes);
  const type = textIn(attributes, 'origin');
  return {
    service: source === 'xray' ? name : service,
    ...(type !== undefined && { type }),
    ...(host !== undefined && { host }),
    ...(http?.method !== undefined && { method: http.method }),
    ...(path !== undefined && { path }),
  };
}

/** Host and path out of an address, which is whole in X-Ray segments and may be a path alone in OpenTelemetry spans. */
function addressOf(
  url: string | undefined,
  attributes: SpanJson['attributes'],
): { readonly host?: string; readonly path?: string } {
  const [, host = hostIn(attributes), path] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/([^/?#]*))?([/?][^#]*)?/i.exec(url ?? '') ?? [];
  return { ...(host !== undefined && { host }), ...(path !== undefined && { path }) };
}

function hostIn(attributes: SpanJson['attributes']): string | undefined {
  const old = textIn(attributes, 'http.host');
  const address = textIn(attributes, 'server.address');
  const port = attributes['server.port'];
  return old ?? (address === undefined || typeof port !== 'number' ? address : `${address}:${port}`);
}

function sdkOf({ source, attributes }: SpanJson): SamplingSdk {
  const name = source === 'xray' ? (textIn(attributes, 'aws.xray.sdk') ?? '') : '';
  return /node/i.test(name) ? 'node' : /python/i.test(name) ? 'python' : 'other';
}

function ruleOf({ attributes }: SpanJson): string | undefined {
  return textIn(attributes, 'aws.xray.rule_name') ?? textIn(attributes, 'aws.xray.sampling_rule_name');
}

function textIn(attributes: SpanJson['attributes'], name: string): string | undefined {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

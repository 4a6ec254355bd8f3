/** One kind of work in the made-up system whose spans the load is made of. */
interface Work {
  readonly service: number;
  /** OTLP SpanKind: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** Which of the ten is the parent; none for the request itself. */
  readonly parent?: number;
  nameOf(route: string): string;
}

export const services: readonly string[] = ['storefront', 'feed-service', 'user-service'];

export const routes: readonly string[] = [
  '/api/activities/home',
  '/api/activities/notifications',
  '/api/activities/:handle',
  '/api/activities/search',
  '/api/activities',
  '/api/activities/:uuid/reply',
  '/api/messages/:handle',
  '/api/message_groups',
  '/api/profiles/:handle',
  '/api/orders',
  '/api/orders/:id',
  '/api/cart/checkout',
  '/api/recommendations',
];

/** A request as ten spans over three services: the shape that every trace of the load has, big ones many times over. */
const works: readonly Work[] = [
  { service: 0, kind: 2, nameOf: (route) => `GET ${route}` },
  { service: 0, kind: 1, parent: 0, nameOf: () => 'middleware authenticate' },
  { service: 0, kind: 3, parent: 0, nameOf: () => 'GET' },
  { service: 1, kind: 2, parent: 2, nameOf: (route) => `GET /feed${route.slice(4)}` },
  { service: 1, kind: 3, parent: 3, nameOf: () => 'SELECT activities' },
  { service: 1, kind: 1, parent: 3, nameOf: (route) => `rank ${route.slice(5)}` },
  { service: 1, kind: 3, parent: 3, nameOf: () => 'POST' },
  { service: 2, kind: 2, parent: 6, nameOf: () => 'POST /users/batch' },
  { service: 2, kind: 3, parent: 7, nameOf: () => 'SELECT users' },
  { service: 2, kind: 1, parent: 7, nameOf: () => 'cache.get' },
];

export interface PlannedSpan {
  /** Number of the span in the whole load; its id is made from it. */
  readonly index: number;
  readonly traceIndex: number;
  readonly parentIndex: number | undefined;
  readonly service: number;
  readonly kind: number;
  readonly name: string;
  readonly route: string;
  readonly isError: boolean;
  readonly startOffsetNanos: bigint;
  readonly durationNanos: bigint;
}

/** The span of that number in a load whose traces have `spansPerTrace` spans each, a multiple of ten. One in fifty failed. */
export function planSpan(index: number, spansPerTrace: number): PlannedSpan {
  const traceIndex = Math.floor(index / spansPerTrace);
  const first = traceIndex * spansPerTrace;
  const inTrace = index - first;
  const group = Math.floor(inTrace / works.length);
  const work = works[inTrace % works.length];
  const route = routes[(traceIndex + group) % routes.length];
  if (work === undefined || route === undefined) {
    throw new RangeError(`No span is numbered ${index}.`);
  }
  return {
    index,
    traceIndex,
    parentIndex: parentOf(work, group, first),
    service: work.service,
    kind: work.kind,
    name: work.nameOf(route),
    route,
    isError: index % 50 === 49,
    startOffsetNanos: BigInt(inTrace % works.length) * 1_000_000n + BigInt(group) * 20_000n,
    durationNanos: BigInt(20 - (inTrace % works.length)) * 1_000_000n + BigInt((index * 7919) % 900_000),
  };
}

/** Big traces are requests within requests: a later group of ten hangs under the "rank" span of an earlier group, four to each. */
function parentOf(work: Work, group: number, first: number): number | undefined {
  if (work.parent !== undefined) {
    return first + group * works.length + work.parent;
  }
  return group === 0 ? undefined : first + Math.floor((group - 1) / 4) * works.length + 5;
}

import type { HistogramBar, RequestCounts, ServiceMapFacts, ServiceMapNodeFacts } from '../../contracts/serviceMap.ts';

/** What a node is drawn as. */
export type NodeKind = 'client' | 'service' | 'database' | 'queue' | 'remote';

/** The map as it is drawn, in an order that stays the same while services come, go and change. */
export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly byKey: ReadonlyMap<string, MapNode>;
  readonly minutes: number;
  /** Services with less traffic that are not in the map. */
  readonly omittedServices: number;
}

export interface MapNode {
  readonly key: string;
  readonly name: string;
  readonly title: string;
  readonly kind: NodeKind;
  readonly type?: string;
  readonly accountId?: string;
  /** The type in a person's words. */
  readonly typeText: string;
  readonly names: readonly string[];
  readonly isRoot: boolean;
  readonly isInferred: boolean;
  /** Of a client: of the requests that it sends. */
  readonly counts: RequestCounts;
  readonly responseTimes: readonly HistogramBar[];
  readonly durations: readonly HistogramBar[];
  /** Whom it calls and who calls it, the most requests first. */
  readonly calls: readonly MapEdge[];
  readonly callers: readonly MapEdge[];
}

export interface MapEdge {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  readonly counts: RequestCounts;
  readonly responseTimes: readonly HistogramBar[];
}

const nanosPerMinute = 60e9;
const none: RequestCounts = { ok: 0, throttle: 0, error: 0, fault: 0, total: 0, totalResponseSeconds: 0 };

export function graphOf({ nodes, from, to, omittedServices = 0 }: ServiceMapFacts): MapGraph {
  const keys = nodes.map(keyOf);
  const edges = nodes.flatMap((node, index) =>
    node.edges.flatMap(({ target, statistics, responseTimes }): MapEdge[] => {
      const [source, called] = [keys[index], keys[target]];
      return source === undefined || called === undefined
        ? []
        : [{ key: `${source}→${called}`, source, target: called, counts: statistics, responseTimes }];
    }),
  );
  const byTraffic = edges.toSorted((a, b) => b.counts.total - a.counts.total || order(a.key, b.key));
  const callsOf = Map.groupBy(byTraffic, ({ source }) => source);
  const callersOf = Map.groupBy(byTraffic, ({ target }) => target);
  const hasOneClient = nodes.filter(({ type }) => type === 'client').length < 2;
  const drawn = nodes
    .map((node, index) => {
      const key = keys[index] ?? '';
      const title = node.type !== 'client' ? node.name : hasOneClient ? 'Client' : `Client of ${node.name}`;
      return drawnNode(key, node, title, callsOf.get(key) ?? [], callersOf.get(key) ?? []);
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b) || order(a.key, b.key));
  return {
    nodes: drawn,
    edges: edges.toSorted((a, b) => order(a.key, b.key)),
    byKey: new Map(drawn.map((node) => [node.key, node])),
    minutes: Number(BigInt(to) - BigInt(from)) / nanosPerMinute,
    omittedServices,
  };
}

function drawnNode(
  key: string,
  { name, type, accountId, names, isRoot, isInferred, statistics, responseTimes, durations }: ServiceMapNodeFacts,
  title: string,
  calls: readonly MapEdge[],
  callers: readonly MapEdge[],
): MapNode {
  const kind = kindOf(type, isInferred);
  return {
    key,
    name,
    title,
    kind,
    ...(type !== undefined && { type }),
    ...(accountId !== undefined && { accountId }),
    typeText: typeTextOf(type, kind),
    names,
    isRoot,
    isInferred,
    counts: statistics ?? calls.reduce((sum, { counts }) => added(sum, counts), none),
    responseTimes,
    durations,
    calls,
    callers,
  };
}

function keyOf({ name, type = '', accountId = '' }: ServiceMapNodeFacts): string {
  return JSON.stringify([name, type, accountId]);
}

/** Clients and entry points are laid out first, so that they come to the top. */
function rankOf({ kind, isRoot }: MapNode): number {
  return kind === 'client' ? 0 : isRoot ? 1 : 2;
}

/** Not by the person's language: the order of a map must not depend on it. */
function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const databases = /^Database::|DynamoDB|::RDS|Aurora|ElastiCache|MemoryDB|DocDB|Redshift|Neptune|::S3/;
const queues = /SQS|SNS|Kinesis|EventBridge|::Events|::MQ|Kafka|::MSK|Queue|Topic/;

function kindOf(type: string | undefined, isInferred: boolean): NodeKind {
  if (type === 'client') {
    return 'client';
  }
  if (type === 'remote' || type === undefined) {
    return type === 'remote' || isInferred ? 'remote' : 'service';
  }
  return databases.test(type) ? 'database' : queues.test(type) ? 'queue' : 'service';
}

function typeTextOf(type: string | undefined, kind: NodeKind): string {
  if (type === undefined || type === 'remote' || kind === 'client') {
    return { client: 'Client', service: 'Service', database: 'Database', queue: 'Queue', remote: 'Remote service' }[
      kind
    ];
  }
  if (type === 'Database::SQL') {
    return 'SQL database';
  }
  const [, service, resource = ''] = /^AWS::(\w+)(?:::(\w+))?$/.exec(type) ?? [];
  return service === undefined ? type : `${service} ${words(resource)}`.trim();
}

function words(resource: string): string {
  return resource.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function added(one: RequestCounts, other: RequestCounts): RequestCounts {
  return {
    ok: one.ok + other.ok,
    throttle: one.throttle + other.throttle,
    error: one.error + other.error,
    fault: one.fault + other.fault,
    total: one.total + other.total,
    totalResponseSeconds: one.totalResponseSeconds + other.totalResponseSeconds,
  };
}

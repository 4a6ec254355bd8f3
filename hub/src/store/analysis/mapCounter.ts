import type { FilterableService } from '@sightline/telemetry/language/filterExpressionMatch';
import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { bucketCount, secondsOfBucket } from '@sightline/telemetry/view/histogram';
import type {
  HistogramEntry,
  RequestStatistics,
  ServiceMap,
  ServiceMapEdge,
  ServiceMapNode,
} from '@sightline/telemetry/view/serviceMap';
import { ServiceMapBuilder } from '@sightline/telemetry/view/serviceMapBuilder';
import { tracesPerChunk } from '../memory/traceTable.ts';
import { entryBits, type EntryColumns } from './digestColumns.ts';
import type { DigestChunk, TraceDigests } from './traceDigests.ts';

const word = 0x1_0000_0000;
/** Of a seen counter that has seen nothing. */
const never = Number.POSITIVE_INFINITY;

/** Adds up the service map out of digests: the same map as `ServiceMapBuilder` makes of the decoded traces. */
export class MapCounter {
  readonly #digests: TraceDigests;
  readonly #nodes: (NodeCounter | undefined)[] = [];
  /** The start of the first trace: from there, doubles count nanoseconds exactly for 100 days. */
  #baseHigh: number | undefined;

  constructor(digests: TraceDigests) {
    this.#digests = digests;
  }

  add(slot: number, chunk: DigestChunk): void {
    const at = slot % tracesPerChunk;
    const { entries } = chunk;
    const start = this.#sinceBase(chunk.startHigh[at] as number, chunk.startLow[at] as number);
    const firstCall = (chunk.from[at] as number) + (chunk.requests[at] as number);
    const end = firstCall + (chunk.calls[at] as number);
    for (let entry = chunk.from[at] as number; entry < firstCall; entry += 1) {
      const node = this.#nodeOf(entries.node[entry] as number);
      node.extend(entries, entry, start);
      node.count(entries, entry);
      node.isReported ||= ((entries.bits[entry] as number) & entryBits.inferred) === 0;
    }
    for (let entry = firstCall; entry < end; entry += 1) {
      this.#addCall(entries, entry, start);
    }
  }

  build(): ServiceMap {
    const positions = new Map<number, number>();
    for (const number of this.#nodes.keys()) {
      if (this.#nodes[number] !== undefined) {
        positions.set(number, positions.size);
      }
    }
    const nodes = [...positions.keys()].map((number) => this.#toNode(number, positions));
    // Services that differ only in their further names are one node.
    const builder = new ServiceMapBuilder();
    builder.addMap({ nodes });
    return builder.build();
  }

  get #base(): bigint {
    return BigInt(this.#baseHigh ?? 0) << 32n;
  }

  #sinceBase(high: number, low: number): number {
    this.#baseHigh ??= high;
    return (high - this.#baseHigh) * word + low;
  }

  #addCall(entries: EntryColumns, entry: number, start: number): void {
    const caller = this.#nodeOf(entries.source[entry] as number);
    const target = entries.node[entry] as number;
    caller.extend(entries, entry, start);
    if (caller.isClient) {
      this.#nodeOf(target).isRoot = true;
    } else {
      caller.isReported = true;
    }
    const edge = (caller.edges[target] ??= new SeenCounter());
    edge.extend(entries, entry, start);
    edge.count(entries, entry);
  }

  #nodeOf(number: number): NodeCounter {
    return (this.#nodes[number] ??= new NodeCounter(this.#digests.nodes.at(number)));
  }

  #toNode(number: number, positions: ReadonlyMap<number, number>): ServiceMapNode {
    const node = this.#nodes[number] as NodeCounter;
    const { name, type, accountId, otherNames = [] } = node.service;
    const edges: ServiceMapEdge[] = [];
    for (const [target, edge] of node.edges.entries()) {
      if (edge !== undefined) {
        edges.push({ target: positions.get(target) as number, ...edge.seen(this.#base) });
      }
    }
    return {
      service: { name, ...(type === undefined ? {} : { type }), ...(accountId === undefined ? {} : { accountId }) },
      names: [name, ...otherNames],
      isRoot: node.isRoot,
      isInferred: !node.isReported,
      ...node.seen(this.#base),
      durations: node.durations(),
      edges,
    };
  }
}

/** Counts requests in a node or on an edge. */
class SeenCounter {
  #ok = 0;
  #throttle = 0;
  #error = 0;
  #fault = 0;
  /** Whole nanoseconds: their sum stays exact for months. */
  #responseNanos = 0;
  readonly #responses = new Uint32Array(bucketCount);
  readonly #durations = new Uint32Array(bucketCount);
  /** Nanoseconds since the base of the map. */
  #start = never;
  #end = -never;

  /** `start` is that of the trace. */
  extend(entries: EntryColumns, entry: number, start: number): void {
    const begin = start + (entries.start[entry] as number);
    const end = start + (entries.end[entry] as number);
    this.#start = begin < this.#start ? begin : this.#start;
    this.#end = end > this.#end ? end : this.#end;
  }

  /** Counts a request once it has a response: throttled before error before fault before ok. */
  count(entries: EntryColumns, entry: number): void {
    const response = entries.response[entry] as number;
    if (Number.isNaN(response)) {
      return;
    }
    const bits = entries.bits[entry] as number;
    if ((bits & (entryBits.throttle | entryBits.error | entryBits.fault)) === 0) {
      this.#ok += 1;
    } else if ((bits & entryBits.throttle) !== 0) {
      this.#throttle += 1;
    } else if ((bits & entryBits.error) !== 0) {
      this.#error += 1;
    } else {
      this.#fault += 1;
    }
    this.#responseNanos += Math.max(0, response);
    const bucket = entries.responseBucket[entry] as number;
    this.#responses[bucket] = (this.#responses[bucket] as number) + 1;
    const durationBucket = entries.durationBucket[entry] as number;
    this.#durations[durationBucket] = (this.#durations[durationBucket] as number) + 1;
  }

  #statistics(): RequestStatistics {
    const [ok, throttle, error, fault] = [this.#ok, this.#throttle, this.#error, this.#fault];
    const total = ok + throttle + error + fault;
    return { ok, throttle, error, fault, total, totalResponseSeconds: this.#responseNanos / 1e9 };
  }

  seen(base: bigint): {
    startTime: EpochNanos;
    endTime: EpochNanos;
    statistics: RequestStatistics;
    responseTimes: HistogramEntry[];
  } {
    return {
      startTime: epochNanos(this.#start === never ? 0n : base + BigInt(this.#start)),
      endTime: epochNanos(this.#start === never ? 0n : base + BigInt(this.#end)),
      statistics: this.#statistics(),
      responseTimes: toEntries(this.#responses),
    };
  }

  durations(): HistogramEntry[] {
    return toEntries(this.#durations);
  }
}

class NodeCounter extends SeenCounter {
  readonly service: FilterableService;
  readonly isClient: boolean;
  isRoot = false;
  isReported = false;
  /** By the number of the called service. */
  readonly edges: (SeenCounter | undefined)[] = [];

  constructor(service: FilterableService) {
    super();
    this.service = service;
    this.isClient = service.type === 'client';
  }
}

/** From short to long; what never happened is left out. */
function toEntries(counts: Uint32Array): HistogramEntry[] {
  const entries: HistogramEntry[] = [];
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] as number;
    if (count > 0) {
      entries.push({ value: secondsOfBucket(bucket), count });
    }
  }
  return entries;
}

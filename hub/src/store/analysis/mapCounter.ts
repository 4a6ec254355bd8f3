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

/** Adds up the service map out of digests: the same map as `ServiceMapBuilder` makes of the decoded traces. */
export class MapCounter {
  readonly #digests: TraceDigests;
  readonly #nodes: (NodeCounter | undefined)[] = [];

  constructor(digests: TraceDigests) {
    this.#digests = digests;
  }

  add(slot: number, chunk: DigestChunk): void {
    const at = slot % tracesPerChunk;
    const { entries } = chunk;
    const startHigh = chunk.startHigh[at] as number;
    const startLow = chunk.startLow[at] as number;
    const firstCall = (chunk.from[at] as number) + (chunk.requests[at] as number);
    const end = firstCall + (chunk.calls[at] as number);
    for (let entry = chunk.from[at] as number; entry < firstCall; entry += 1) {
      const node = this.#nodeOf(entries.node[entry] as number);
      node.extend(entries, entry, startHigh, startLow);
      node.count(entries, entry);
      node.isReported ||= ((entries.bits[entry] as number) & entryBits.inferred) === 0;
    }
    for (let entry = firstCall; entry < end; entry += 1) {
      this.#addCall(entries, entry, startHigh, startLow);
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

  #addCall(entries: EntryColumns, entry: number, startHigh: number, startLow: number): void {
    const caller = this.#nodeOf(entries.source[entry] as number);
    const target = entries.node[entry] as number;
    caller.extend(entries, entry, startHigh, startLow);
    if (caller.isClient) {
      this.#nodeOf(target).isRoot = true;
    } else {
      caller.isReported = true;
    }
    const edge = (caller.edges[target] ??= new SeenCounter());
    edge.extend(entries, entry, startHigh, startLow);
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
        edges.push({ target: positions.get(target) as number, ...edge.seen() });
      }
    }
    return {
      service: { name, ...(type === undefined ? {} : { type }), ...(accountId === undefined ? {} : { accountId }) },
      names: [name, ...otherNames],
      isRoot: node.isRoot,
      isInferred: !node.isReported,
      ...node.seen(),
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
  #startHigh = Number.POSITIVE_INFINITY;
  #startLow = 0;
  #endHigh = -1;
  #endLow = 0;

  extend(entries: EntryColumns, entry: number, high: number, low: number): void {
    const start = low + (entries.start[entry] as number);
    const startHigh = high + Math.floor(start / word);
    const startLow = start - Math.floor(start / word) * word;
    if (startHigh < this.#startHigh || (startHigh === this.#startHigh && startLow < this.#startLow)) {
      this.#startHigh = startHigh;
      this.#startLow = startLow;
    }
    const end = low + (entries.end[entry] as number);
    const endHigh = high + Math.floor(end / word);
    const endLow = end - Math.floor(end / word) * word;
    if (endHigh > this.#endHigh || (endHigh === this.#endHigh && endLow > this.#endLow)) {
      this.#endHigh = endHigh;
      this.#endLow = endLow;
    }
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

  statistics(): RequestStatistics {
    const [ok, throttle, error, fault] = [this.#ok, this.#throttle, this.#error, this.#fault];
    const total = ok + throttle + error + fault;
    return { ok, throttle, error, fault, total, totalResponseSeconds: this.#responseNanos / 1e9 };
  }

  seen(): {
    startTime: EpochNanos;
    endTime: EpochNanos;
    statistics: RequestStatistics;
    responseTimes: HistogramEntry[];
  } {
    const nothing = this.#endHigh === -1;
    return {
      startTime: nothing ? epochNanos(0n) : toNanos(this.#startHigh, this.#startLow),
      endTime: nothing ? epochNanos(0n) : toNanos(this.#endHigh, this.#endLow),
      statistics: this.statistics(),
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

function toNanos(high: number, low: number): EpochNanos {
  return epochNanos((BigInt(high) << 32n) + BigInt(low));
}

/** From short to long; what never happened is left out. */
export function toEntries(counts: Uint32Array): HistogramEntry[] {
  const entries: HistogramEntry[] = [];
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] as number;
    if (count > 0) {
      entries.push({ value: secondsOfBucket(bucket), count });
    }
  }
  return entries;
}

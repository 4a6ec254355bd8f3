import type { FilterableService } from '../language/filterExpressionMatch.ts';
import { epochNanos, type EpochNanos } from '../model/units.ts';
import { sampleOf, StatisticsAccumulator, type RequestSample } from './requestStatistics.ts';
import type { MapService, ServiceMap, ServiceMapEdge, ServiceMapNode } from './serviceMap.ts';
import type { TraceRequests } from './traceRequests.ts';

/** From when to when something was seen. */
interface Extent {
  readonly startTime: EpochNanos;
  readonly endTime: EpochNanos;
}

class Seen {
  readonly statistics = new StatisticsAccumulator();
  startTime: bigint | undefined;
  endTime: bigint | undefined;

  extend({ startTime, endTime }: Extent): void {
    this.startTime = this.startTime === undefined || startTime < this.startTime ? startTime : this.startTime;
    this.endTime = this.endTime === undefined || endTime > this.endTime ? endTime : this.endTime;
  }

  extent(): Extent {
    return { startTime: epochNanos(this.startTime ?? 0n), endTime: epochNanos(this.endTime ?? 0n) };
  }
}

class Node extends Seen {
  readonly names = new Set<string>();
  /** By the position of the called node. */
  readonly edges = new Map<number, Seen>();
  isRoot = false;
  /** Has reported a request of its own. */
  isReported = false;
  readonly service: MapService;

  constructor(service: MapService) {
    super();
    this.service = service;
    this.names.add(service.name);
  }
}

/**
 * Puts a service map together: out of the requests of traces (`add`), out of parts that were put together before (`addMap`), or out of
 * single requests and calls, as an index has them in its columns (`node`, `addRequest`, `addCall`). Services are told apart by name, type
 * and account. A request that has no response yet makes its node visible, and counts when it ends.
 */
export class ServiceMapBuilder {
  readonly #nodes: Node[] = [];
  readonly #positions = new Map<string, number>();

  add({ requests, calls }: TraceRequests): void {
    const nodes = requests.map((request) => {
      const node = this.node(request.service);
      this.addRequest(node, request, request.isInferred, sampleOf(request));
      return node;
    });
    for (const call of calls) {
      const from = this.node(call.source);
      this.addCall(from, nodes[call.target] ?? this.node(call.service), call, sampleOf(call));
    }
  }

  addMap({ nodes }: ServiceMap): void {
    const positions = nodes.map(({ service, names }) => this.node({ ...service, otherNames: names }));
    for (const [index, { statistics, responseTimes, durations, isInferred, isRoot, ...node }] of nodes.entries()) {
      const merged = this.#at(positions[index]);
      merged.extend(node);
      merged.isRoot ||= isRoot;
      merged.isReported ||= !isInferred && node.service.type !== 'client';
      if (statistics !== undefined) {
        merged.statistics.addCounted(statistics, responseTimes, durations);
      }
      for (const { target, ...edge } of node.edges) {
        const seen = edgeOf(merged, positions[target] ?? -1);
        seen.extend(edge);
        seen.statistics.addCounted(edge.statistics, edge.responseTimes, []);
      }
    }
  }

  /** The position of a service's node, which is made where there is none yet. */
  node({ name, otherNames, type, accountId }: FilterableService): number {
    const key = JSON.stringify([name, type, accountId]);
    let position = this.#positions.get(key);
    if (position === undefined) {
      const service = {
        name,
        ...(type === undefined ? {} : { type }),
        ...(accountId === undefined ? {} : { accountId }),
      };
      position = this.#nodes.push(new Node(service)) - 1;
      this.#positions.set(key, position);
    }
    for (const otherName of otherNames ?? []) {
      this.#at(position).names.add(otherName);
    }
    return position;
  }

  addRequest(node: number, extent: Extent, isInferred: boolean, sample: RequestSample | undefined): void {
    const seen = this.#at(node);
    seen.extend(extent);
    seen.isReported ||= !isInferred;
    if (sample !== undefined) {
      seen.statistics.add(sample);
    }
  }

  /** A call as the caller saw it. One from a node of type `client` makes the called one a root. */
  addCall(from: number, to: number, extent: Extent, sample: RequestSample | undefined): void {
    const caller = this.#at(from);
    caller.extend(extent);
    if (caller.service.type === 'client') {
      this.#at(to).isRoot = true;
    } else {
      caller.isReported = true;
    }
    const edge = edgeOf(caller, to);
    edge.extend(extent);
    if (sample !== undefined) {
      edge.statistics.add(sample);
    }
  }

  build(): ServiceMap {
    return { nodes: this.#nodes.map(toNode) };
  }

  #at(position: number | undefined): Node {
    const node = this.#nodes[position ?? -1];
    if (node === undefined) {
      throw new RangeError(`The service map has no node ${position}.`);
    }
    return node;
  }
}

function edgeOf(caller: Node, target: number): Seen {
  const edge = caller.edges.get(target) ?? new Seen();
  caller.edges.set(target, edge);
  return edge;
}

function toNode(node: Node): ServiceMapNode {
  const isClient = node.service.type === 'client';
  return {
    service: node.service,
    names: [...node.names],
    isRoot: node.isRoot,
    isInferred: !isClient && !node.isReported,
    ...node.extent(),
    ...(isClient ? {} : { statistics: node.statistics.statistics() }),
    responseTimes: node.statistics.responseTimes(),
    durations: node.statistics.durations(),
    edges: [...node.edges].map(([target, edge]) => toEdge(target, edge)),
  };
}

function toEdge(target: number, edge: Seen): ServiceMapEdge {
  return {
    target,
    ...edge.extent(),
    statistics: edge.statistics.statistics(),
    responseTimes: edge.statistics.responseTimes(),
  };
}

import type { EpochNanos } from '../model/units.ts';

/** What a node of the service map is told apart by. */
export interface MapService {
  readonly name: string;
  /** `client`, `remote`, `AWS::ECS::Container`, `AWS::DynamoDB::Table`, `Database::SQL` …; absent where the service says nothing of itself. */
  readonly type?: string;
  readonly accountId?: string;
}

/** How requests ended. Every request is counted once: throttled before error before fault before ok, as X-Ray counts. */
export interface RequestStatistics {
  readonly ok: number;
  /** 429. */
  readonly throttle: number;
  /** Any other 4xx. */
  readonly error: number;
  readonly fault: number;
  readonly total: number;
  readonly totalResponseSeconds: number;
}

/** How many requests took about `value` seconds. */
export interface HistogramEntry {
  readonly value: number;
  readonly count: number;
}

export interface ServiceMapEdge {
  /** Position of the called service in `nodes`. */
  readonly target: number;
  readonly startTime: EpochNanos;
  readonly endTime: EpochNanos;
  readonly statistics: RequestStatistics;
  readonly responseTimes: readonly HistogramEntry[];
}

export interface ServiceMapNode {
  readonly service: MapService;
  /** The service's own name first. */
  readonly names: readonly string[];
  /** A service that requests from outside enter by. */
  readonly isRoot: boolean;
  /** Known only from what its callers say. */
  readonly isInferred: boolean;
  readonly startTime: EpochNanos;
  readonly endTime: EpochNanos;
  /** Of a client node: absent, it takes no requests. */
  readonly statistics?: RequestStatistics;
  readonly responseTimes: readonly HistogramEntry[];
  readonly durations: readonly HistogramEntry[];
  /** On the caller. */
  readonly edges: readonly ServiceMapEdge[];
}

/** Services and the calls between them over some time; the nodes' order says nothing. */
export interface ServiceMap {
  readonly nodes: readonly ServiceMapNode[];
}

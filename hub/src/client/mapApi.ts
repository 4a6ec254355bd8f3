/**
 * `GET /sightline/v1/map?from=&to=&filter=&trace=`: services and the calls between them. `from` and `to` are nanoseconds since the Unix epoch,
 * both included; without `to` it is now, without `from` an hour before `to`. `trace` is a trace id in either spelling: then the map is that of
 * this trace alone. A filter expression that is wrong is a 400 with a `FilterError`.
 */
export interface ServiceMapReply {
  /** What was looked at; of a trace, from its first start to its last end. Nanoseconds as decimal text, as all times here. */
  readonly from: string;
  readonly to: string;
  /** The order says nothing. */
  readonly nodes: readonly ServiceMapNodeJson[];
  /** How many services with less traffic there are beside the 300 of the answer. */
  readonly omittedServices?: number;
}

export interface ServiceMapNodeJson {
  readonly name: string;
  /** `client`, `remote`, `AWS::DynamoDB::Table`, `Database::SQL` …; absent where the service says nothing of itself. */
  readonly type?: string;
  readonly accountId?: string;
  /** The service's own name first. */
  readonly names: readonly string[];
  /** Requests from outside enter here. */
  readonly isRoot: boolean;
  /** Known only from what its callers say. */
  readonly isInferred: boolean;
  readonly startTime: string;
  readonly endTime: string;
  /** Absent for a client: it takes no requests. */
  readonly statistics?: RequestStatisticsJson;
  /** How long its callers waited. */
  readonly responseTimes: readonly HistogramEntryJson[];
  /** How long it worked, by its own account. */
  readonly durations: readonly HistogramEntryJson[];
  /** The calls that it makes. */
  readonly edges: readonly ServiceMapEdgeJson[];
}

export interface ServiceMapEdgeJson {
  /** Position of the called service in `nodes`. */
  readonly target: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly statistics: RequestStatisticsJson;
  readonly responseTimes: readonly HistogramEntryJson[];
}

/** Each request counts once: throttled before error before fault before ok. */
export interface RequestStatisticsJson {
  readonly ok: number;
  readonly throttle: number;
  readonly error: number;
  readonly fault: number;
  readonly total: number;
  readonly totalResponseSeconds: number;
}

/** `count` requests took about `value` seconds. */
export interface HistogramEntryJson {
  readonly value: number;
  readonly count: number;
}

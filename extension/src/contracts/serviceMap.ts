/** What the service map asks of the editor. */
export type ServiceMapQuestions = {
  /** First of all, and again after it was hidden: what to show. */
  readonly begin: { readonly asks: undefined; readonly answers: ServiceMapBeginning };
  /** Shows another time range or other traces. */
  readonly choose: { readonly asks: ServiceMapChoice; readonly answers: ServiceMapView };
  /** Shows in the Traces view what a filter expression finds. */
  readonly filterTraces: { readonly asks: { readonly expression: string }; readonly answers: undefined };
  /** Starts the hub and what else belongs to the folder. */
  readonly start: { readonly asks: undefined; readonly answers: undefined };
};

/** What the editor asks of the service map. */
export type ServiceMapNews = {
  /** The numbers or services are others now. */
  readonly viewChanged: { readonly asks: ServiceMapView; readonly answers: undefined };
  /** Others were chosen from outside: the map is to begin anew. */
  readonly restarted: { readonly asks: undefined; readonly answers: undefined };
};

export interface ServiceMapBeginning {
  readonly scope: ServiceMapScope;
  readonly choice: ServiceMapChoice;
  readonly view: ServiceMapView;
}

/** With a trace: its map alone. */
export interface ServiceMapScope {
  readonly traceId?: string;
}

export const mapMinutes = [5, 15, 60, 360] as const;

export interface ServiceMapChoice {
  /** How far back requests are counted. */
  readonly minutes: (typeof mapMinutes)[number];
  /** An X-Ray filter expression; empty for all traces. */
  readonly filter: string;
}

export type ServiceMapView =
  | { readonly kind: 'map'; readonly map: ServiceMapFacts }
  /** The hub was not started, or stopped on purpose. */
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  /** `message` is a sentence that says what happened and what to do; a map that was there is still worth looking at. */
  | { readonly kind: 'failed'; readonly message: string };

/** Times are nanoseconds since the Unix epoch as decimal text. */
export interface ServiceMapFacts {
  readonly from: string;
  readonly to: string;
  readonly nodes: readonly ServiceMapNodeFacts[];
  /** How many services with less traffic are not in the map. */
  readonly omittedServices?: number;
}

export interface ServiceMapNodeFacts {
  readonly name: string;
  /** `client`, `remote`, `AWS::DynamoDB::Table`, `Database::SQL` …; absent where the service says nothing of itself. */
  readonly type?: string;
  readonly accountId?: string;
  readonly names: readonly string[];
  readonly isRoot: boolean;
  /** Known only from what its callers say. */
  readonly isInferred: boolean;
  /** Absent for a client: it takes no requests. */
  readonly statistics?: RequestCounts;
  /** How long its callers waited. */
  readonly responseTimes: readonly HistogramBar[];
  /** How long it worked, by its own account. */
  readonly durations: readonly HistogramBar[];
  readonly edges: readonly ServiceMapEdgeFacts[];
}

export interface ServiceMapEdgeFacts {
  /** Position of the called service in `nodes`. */
  readonly target: number;
  readonly statistics: RequestCounts;
  readonly responseTimes: readonly HistogramBar[];
}

/** Each request counts once: throttled before error before fault before ok. */
export interface RequestCounts {
  readonly ok: number;
  readonly throttle: number;
  readonly error: number;
  readonly fault: number;
  readonly total: number;
  readonly totalResponseSeconds: number;
}

/** `count` requests took about `value` seconds. */
export interface HistogramBar {
  readonly value: number;
  readonly count: number;
}

/** What a webview keeps of the map while it is hidden and over a reload of the window. */
export interface ServiceMapMemory {
  readonly scope: ServiceMapScope;
  readonly choice: ServiceMapChoice;
  readonly look?: ServiceMapLook;
}

/** How a person has put the map before them. */
export interface ServiceMapLook {
  readonly isTable: boolean;
  /** Absent while the whole map is kept in sight. */
  readonly viewport?: { readonly x: number; readonly y: number; readonly scale: number };
}

export const defaultMapChoice: ServiceMapChoice = { minutes: 15, filter: '' };

/** The longest filter expression that the hub takes. */
const longestFilter = 10_000;

/** Reads what a webview says that it shows; `undefined` where that is nothing it could have been told. */
export function readMapChoice(value: unknown): ServiceMapChoice | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { minutes, filter } = value as Readonly<Record<string, unknown>>;
  const known = mapMinutes.find((each) => each === minutes);
  return known !== undefined && typeof filter === 'string' && filter.length <= longestFilter
    ? { minutes: known, filter }
    : undefined;
}

/** Reads what a webview has kept; `undefined` where it is of no use. */
export function readMapMemory(value: unknown): ServiceMapMemory | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { scope, choice: kept } = value as Readonly<Record<string, unknown>>;
  const choice = readMapChoice(kept);
  if (choice === undefined || typeof scope !== 'object' || scope === null) {
    return undefined;
  }
  const { traceId } = scope as Readonly<Record<string, unknown>>;
  return { scope: typeof traceId === 'string' && /^[0-9a-f]{32}$/.test(traceId) ? { traceId } : {}, choice };
}

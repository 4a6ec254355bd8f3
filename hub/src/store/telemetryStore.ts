import type { MessagePort } from 'node:worker_threads';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { EpochNanos } from '@sightline/telemetry/model/units';
import type { ErrorStore } from './errors/errorStore.ts';
import type { LogStore } from './logs/logStore.ts';
import type { RelayStore } from './relay/relayStore.ts';
import type { DocumentStore, TraceAnalysis } from './traceAnalysis.ts';
import type {
  ChangeEvent,
  ProblemJson,
  RawTrace,
  SpanJson,
  TraceDetail,
  TraceList,
  TraceTreeRows,
} from '../client/api.ts';

/** How a payload's bytes are to be read. Kept with the payload, so that it can be decoded at any later time. */
export type PayloadFormat =
  | 'otlp-traces-protobuf'
  | 'otlp-traces-json'
  | 'otlp-logs-protobuf'
  | 'otlp-logs-json'
  | 'xray-segment';

export type Receiver = 'xrayUdp' | 'xrayTcp' | 'otlpHttp' | 'otlpGrpc' | 'rollbar' | 'api' | 'store';

export interface Payload {
  readonly format: PayloadFormat;
  readonly receiver: Receiver;
  /** Owned by the store from here on: its buffer is transferred to the writer. Where it is a part of one, it is copied unless `bodyBuffers` gave it. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What became of one payload. An answer of `committed` means that it survives `kill -9` from now on. */
export type AppendResult =
  | { readonly kind: 'committed'; readonly accepted: number; readonly rejected: number; readonly message?: string }
  /** Nothing of it could be read; `message` is one sentence for the sender. A problem has been stored. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** The queue is full: try again after that many seconds. Nothing was kept. */
  | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number };

export interface TraceQuery {
  readonly limit: number;
  readonly before?: string;
  readonly excludeHealthChecks?: boolean;
  /** Only traces that are so. A page may then hold fewer than asked for, even none, while there is a `next`: it is bounded by time too. */
  readonly filter?: TracePlan;
  /** Only traces that began in this time, both included. */
  readonly from?: EpochNanos;
  readonly to?: EpochNanos;
}

export interface StoreStats {
  readonly traces: number;
  readonly spans: number;
  readonly logEvents: number;
  readonly errorItems: number;
  readonly problems: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly duplicates: number;
  readonly retired: number;
}

export interface StoreOptions {
  /** A directory that exists and is writable, mode 0700. */
  readonly dataDir: string;
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
}

/**
 * Everything the hub keeps. Lives on the main thread; the work is done in the store's own threads.
 * Every promise settles: with an answer, or with an error when the store has closed or a thread has died.
 */
export interface TelemetryStore {
  readonly errors: ErrorStore;
  readonly logs: LogStore;
  readonly documents: DocumentStore;
  readonly analysis: TraceAnalysis;
  readonly relay: RelayStore;
  append(payload: Payload): Promise<AppendResult>;
  /**
   * A port for the datagram thread: it posts `{ batch: ArrayBuffer }` (transferred), a run of `[u32 little-endian length][datagram]`,
   * each datagram with its X-Ray header line. Bad ones become problems; there is nobody to answer. The port answers each batch with
   * `{ taken: number }`, its bytes, once it has been worked off, so that the thread can bound what is under way.
   */
  openDatagramPort(): MessagePort;
  /** Counts records that were lost before they reached the store, by reason. */
  countDropped(reason: string, count: number): void;
  recordProblem(problem: { receiver: Receiver; place: string; message: string; sample?: Uint8Array }): void;

  listTraces(query: TraceQuery, signal?: AbortSignal): Promise<TraceList>;
  /** `undefined` where no such trace is stored. */
  loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined>;
  loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined>;
  /** The full trace as pieces of the JSON text of a `TraceDetail`, so that a big one is streamed; with CloudWatch's lines. */
  streamTrace(traceId: string, signal?: AbortSignal): Promise<AsyncIterable<string> | undefined>;
  /** The same without CloudWatch's lines, which are a search each. */
  loadTrace(traceId: string, signal?: AbortSignal): Promise<TraceDetail | undefined>;
  loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined>;
  listProblems(limit: number): Promise<readonly ProblemJson[]>;
  clearProblems(): Promise<void>;
  stats(): StoreStats;

  /** Pinned traces survive retention and `clear`. Answers false where no such trace is stored. */
  setPinned(traceId: string, pinned: boolean): Promise<boolean>;
  /** Removes everything that is not pinned. */
  clear(): Promise<void>;

  /** Called once per commit, already merged; the feed does the pacing. Returns the function that ends it. */
  onDidChange(listener: (change: ChangeEvent) => void): () => void;
  /**
   * Called once, where a thread of the store ended by itself: from then on nothing more is kept, and `reason` says why in a sentence. What
   * was acknowledged is there when the store is opened again.
   */
  onDidFail?(listener: (reason: Error) => void): () => void;
  /** Flushes, seals, checkpoints and ends the threads. */
  close(): Promise<void>;
}

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type {
  ChangeEvent,
  ProblemJson,
  RawTrace,
  SpanJson,
  TraceDetail,
  TraceList,
  TraceTreeRows,
} from '../client/api.ts';
import type { ErrorStore } from '../store/errors/errorStore.ts';
import { groupMissing } from '../store/logs/logFailure.ts';
import type { LogStore } from '../store/logs/logStore.ts';
import type { RelayStore } from '../store/relay/relayStore.ts';
import type { DocumentStore, TraceAnalysis } from '../store/traceAnalysis.ts';
import type { AppendResult, Payload, StoreStats, TelemetryStore, TraceQuery } from '../store/telemetryStore.ts';
import { InMemoryDocuments } from './inMemoryDocuments.ts';

export interface StoredTrace {
  readonly rows?: TraceTreeRows;
  readonly detail?: TraceDetail;
  readonly raw?: RawTrace;
}

/**
 * A store for the tests of what is in front of it: it keeps payloads as they came, answers `append` with whatever the test
 * says, and shows the traces that the test put in.
 */
export class InMemoryStore implements TelemetryStore {
  readonly errors: ErrorStore = noErrors;
  readonly logs: LogStore = noLogs;
  readonly documents: DocumentStore = new InMemoryDocuments();
  readonly analysis: TraceAnalysis = noAnalysis;
  readonly relay: RelayStore = noRelay;
  readonly payloads: Payload[] = [];
  readonly datagrams: string[] = [];
  readonly problems: ProblemJson[] = [];
  readonly dropped: Record<string, number> = {};
  readonly traces = new Map<string, StoredTrace>();
  readonly pinned = new Set<string>();
  readonly queries: TraceQuery[] = [];
  answer: (payload: Payload) => AppendResult | Promise<AppendResult> = () => ({
    kind: 'committed',
    accepted: 1,
    rejected: 0,
  });
  /** False for a store that never gets round to working off what it is given. */
  takesDatagrams = true;
  isClosed = false;
  readonly #listeners = new Set<(change: ChangeEvent) => void>();
  readonly #ports: MessagePort[] = [];
  readonly #waiting: { isMet: () => boolean; resolve: () => void }[] = [];

  async append(payload: Payload): Promise<AppendResult> {
    this.payloads.push(payload);
    this.#look();
    return await this.answer(payload);
  }

  openDatagramPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ({ batch }: { batch: ArrayBuffer }) => {
      const bytes = Buffer.from(batch);
      for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32LE(at)) {
        this.datagrams.push(bytes.toString('utf8', at + 4, at + 4 + bytes.readUInt32LE(at)));
      }
      if (this.takesDatagrams) {
        port1.postMessage({ taken: batch.byteLength });
      }
      this.#look();
    });
    this.#ports.push(port1);
    return port2;
  }

  countDropped(reason: string, count: number): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + count;
  }

  recordProblem(problem: Parameters<TelemetryStore['recordProblem']>[0]): void {
    const { receiver, place, message } = problem;
    this.problems.push({ id: this.problems.length + 1, time: '0', receiver, place, message });
  }

  async listTraces(query: TraceQuery): Promise<TraceList> {
    this.queries.push(query);
    return await Promise.resolve({
      traces: [...this.traces.values()].flatMap(({ rows }) => rows?.trace ?? []).slice(0, query.limit),
    });
  }

  async loadTreeRows(traceId: string): Promise<TraceTreeRows | undefined> {
    return await Promise.resolve(this.traces.get(traceId)?.rows);
  }

  async loadSpan(traceId: string, spanId: string): Promise<SpanJson | undefined> {
    return await Promise.resolve(this.traces.get(traceId)?.detail?.spans.find(({ id }) => id === spanId));
  }

  async streamTrace(traceId: string): Promise<AsyncIterable<string> | undefined> {
    const detail = this.traces.get(traceId)?.detail;
    return await Promise.resolve(detail && pieces(JSON.stringify(detail)));
  }

  async loadTrace(traceId: string): Promise<TraceDetail | undefined> {
    return await Promise.resolve(this.traces.get(traceId)?.detail);
  }

  /** A property, so that a test can put another in its place. */
  loadRaw = async (traceId: string, _signal?: AbortSignal): Promise<RawTrace | undefined> =>
    await Promise.resolve(this.traces.get(traceId)?.raw);

  async listProblems(limit: number): Promise<readonly ProblemJson[]> {
    return await Promise.resolve(this.problems.slice(0, limit));
  }

  async clearProblems(): Promise<void> {
    this.problems.length = 0;
    await Promise.resolve();
  }

  stats(): StoreStats {
    return {
      traces: this.traces.size,
      spans: 0,
      logEvents: 0,
      errorItems: 0,
      problems: this.problems.length,
      dropped: this.dropped,
      bytes: 0,
      duplicates: 0,
      retired: 0,
    };
  }

  async setPinned(traceId: string, pinned: boolean): Promise<boolean> {
    this.pinned[pinned ? 'add' : 'delete'](traceId);
    return await Promise.resolve(this.traces.has(traceId));
  }

  async clear(): Promise<void> {
    this.traces.clear();
    await Promise.resolve();
  }

  onDidChange(listener: (change: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const port of this.#ports) {
      port.close();
    }
    await Promise.resolve();
  }

  change(change: Partial<ChangeEvent> & { revision: number }): void {
    for (const listener of this.#listeners) {
      listener({ traces: [], logs: false, problems: false, removed: false, ...change });
    }
  }

  /** Waits until what has arrived fulfils a condition. */
  until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isMet, resolve });
      this.#look();
    });
  }

  #look(): void {
    for (const { isMet, resolve } of this.#waiting) {
      if (isMet()) {
        resolve();
      }
    }
  }
}

/** Switches nothing on: what goes on from here is tested with the real store. */
const noRelay: RelayStore = {
  accounts: () => Promise.resolve({}),
  setEnabled: () => Promise.resolve(),
  settle: () => Promise.resolve(),
};

/** Has no traces to look through: what is asked of many traces is tested with the real store. */
const noAnalysis: TraceAnalysis = {
  findTraces: () => Promise.resolve({ traces: [], processed: 0 }),
  loadSpans: () => Promise.resolve(undefined),
  serviceMap: () => Promise.resolve({ nodes: [] }),
  serviceMapOfTraces: () => Promise.resolve({ nodes: [] }),
  timeSeries: () => Promise.resolve([]),
  filterFacts: () => Promise.resolve({ services: [], annotations: [], metadataKeys: [] }),
  countRecent: () => Promise.resolve({ lastMinute: 0, failedInFive: 0 }),
};

/** Has no errors and takes none: what is about errors is tested with the real store. */
const noErrors: ErrorStore = {
  add: () => Promise.resolve({ kind: 'overloaded', retryAfterSeconds: 1 }),
  listGroups: () => Promise.resolve({ groups: [] }),
  countGroups: () => Promise.resolve(0),
  loadGroup: () => Promise.resolve(undefined),
  listOccurrences: () => Promise.resolve({ occurrences: [] }),
  loadOccurrence: () => Promise.resolve(undefined),
  change: () => Promise.resolve(undefined),
};

async function* pieces(text: string): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 1_000) {
    yield await Promise.resolve(text.slice(at, at + 1_000));
  }
}

/** Has no log groups: what is about logs is tested with the real store. */
const noLogs: LogStore = {
  put: () => Promise.reject(groupMissing()),
  change: () => Promise.reject(groupMissing()),
  listGroups: () => Promise.resolve([]),
  listStreams: () => Promise.reject(groupMissing()),
  select: () => Promise.reject(groupMissing()),
  mark: () => Promise.reject(groupMissing()),
  selectNew: () => Promise.reject(groupMissing()),
  loadEvent: () => Promise.resolve(undefined),
  searchInsights: () => Promise.reject(groupMissing()),
  listOtlpServices: () => Promise.resolve([]),
  selectOtlp: () => Promise.reject(groupMissing()),
};

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type {
  ChangeEvent,
  LogEventJson,
  ProblemJson,
  RawTrace,
  SpanJson,
  TraceDetail,
  TraceList,
  TraceRow,
  TraceTreeRows,
} from '../client/api.ts';
import { parseTraceId } from '@sightline/telemetry/model/ids';
import { epochNanos } from '@sightline/telemetry/model/units';
import { AppendQueue } from './appendQueue.ts';
import { ThreadedAnalysis } from './analysis/threadedAnalysis.ts';
import { ThreadedDocuments } from './documents/threadedDocuments.ts';
import { ThreadedErrors } from './errors/threadedErrors.ts';
import { ThreadedLogs } from './logs/threadedLogs.ts';
import { listTraceLines } from './logs/traceLines.ts';
import { counterOf, makeCounters } from './memory/counters.ts';
import type { ReaderCall, ThreadStart } from './messages.ts';
import { ThreadedRelay } from './relay/threadedRelay.ts';
import type {
  AppendResult,
  Payload,
  Receiver,
  StoreOptions,
  StoreStats,
  TelemetryStore,
  TraceQuery,
} from './telemetryStore.ts';
import { ThreadLink } from './threadLink.ts';

/** Opens the store of a data directory and starts its threads. Rejects with a sentence where the directory or the database cannot be used. */
export async function openTelemetryStore(options: StoreOptions): Promise<TelemetryStore> {
  const store = new ThreadedStore(options);
  try {
    await store.start();
  } catch (error) {
    await store.terminate();
    throw error;
  }
  return store;
}

const earliest = epochNanos(0n);
/** The last moment that a span can name. */
const latest = epochNanos((1n << 64n) - 1n);
/** By how much the clocks of those who write spans and lines may differ. */
const clockSkewMillis = 600_000;

class ThreadedStore implements TelemetryStore {
  readonly #counters = makeCounters();
  readonly #writer: ThreadLink;
  readonly #reader: ThreadLink;
  readonly #queue: AppendQueue;
  readonly errors: ThreadedErrors;
  readonly logs: ThreadedLogs;
  readonly documents: ThreadedDocuments;
  readonly analysis: ThreadedAnalysis;
  readonly relay: ThreadedRelay;
  readonly #listeners = new Set<(change: ChangeEvent) => void>();
  readonly #failListeners = new Set<(reason: Error) => void>();
  readonly #dropped = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(options: StoreOptions) {
    const { port1, port2 } = new MessageChannel();
    let hasFailed = false;
    const onFail = (reason: Error): void => {
      if (!hasFailed) {
        hasFailed = true;
        tell(this.#failListeners, reason);
      }
    };
    const start = (sharing: MessagePort): ThreadStart => ({ ...options, counters: this.#counters.buffer, sharing });
    this.#writer = new ThreadLink({
      name: 'writerThread',
      start: start(port1),
      transfer: [port1],
      heapMegabytes: 512,
      onChange: (change) => tell(this.#listeners, change),
      onFail,
    });
    this.#reader = new ThreadLink({
      name: 'readerThread',
      start: start(port2),
      transfer: [port2],
      heapMegabytes: 512,
      onFail,
    });
    this.#queue = new AppendQueue(this.#writer);
    this.errors = new ThreadedErrors(this.#writer, this.#reader);
    this.documents = new ThreadedDocuments(this.#writer, this.#reader);
    this.relay = new ThreadedRelay(this.#writer);
    this.analysis = new ThreadedAnalysis(this.#reader);
    const { dataDir } = options;
    this.logs = new ThreadedLogs(
      this.#writer,
      () => new ThreadLink({ name: 'logReaderThread', start: { dataDir }, transfer: [], heapMegabytes: 512 }),
    );
  }

  async start(): Promise<void> {
    // Both to the end: a thread must not be ended while it opens the database.
    const started = await Promise.allSettled([this.#writer.ready(), this.#reader.ready()]);
    for (const outcome of started) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
    }
  }

  append(payload: Payload): Promise<AppendResult> {
    return this.#queue.add(payload);
  }

  openDatagramPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#writer.tell({ kind: 'datagrams', port: port1 }, [port1]);
    return port2;
  }

  countDropped(reason: string, count: number): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }

  recordProblem(problem: { receiver: Receiver; place: string; message: string; sample?: Uint8Array }): void {
    // A copy of what is kept: the sample may be a view into a whole body.
    const sample = problem.sample === undefined ? {} : { sample: problem.sample.slice(0, 2000) };
    this.#writer.tell({ kind: 'problem', problem: { ...problem, ...sample } });
  }

  async listTraces(
    { limit, before, excludeHealthChecks, filter, from, to }: TraceQuery,
    signal?: AbortSignal,
  ): Promise<TraceList> {
    const query = {
      limit,
      ...(before === undefined ? {} : { before }),
      excludeHealthChecks: excludeHealthChecks === true,
      ...(filter === undefined && from === undefined && to === undefined
        ? {}
        : {
            selection: {
              from: from ?? earliest,
              to: to ?? latest,
              ...(filter === undefined ? {} : { plan: filter }),
            },
          }),
    };
    const list = (await this.#ask({ name: 'listTraces', ...query }, signal)) as TraceList;
    return { ...list, traces: await this.#withLogLines(list.traces, signal) };
  }

  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    const rows = (await this.#ask({ name: 'loadTreeRows', traceId }, signal)) as TraceTreeRows | undefined;
    const [trace] = rows === undefined ? [] : await this.#withLogLines([rows.trace], signal);
    return rows === undefined || trace === undefined ? rows : { ...rows, trace };
  }

  get #hasLogLines(): boolean {
    return counterOf(this.#counters, 'cloudWatchEvents') > 0;
  }

  /** The index counts OpenTelemetry's records of a trace; CloudWatch's lines only carry its id in their text. */
  async #withLogLines(traces: readonly TraceRow[], signal: AbortSignal | undefined): Promise<readonly TraceRow[]> {
    if (traces.length === 0 || !this.#hasLogLines) {
      return traces;
    }
    const ids = traces.map(({ id }) => id);
    const started = Math.min(...traces.map(({ startTime }) => Number(startTime) / 1e6));
    const counts = await this.logs.countTraces({ traces: ids, since: started - clockSkewMillis }, signal);
    return traces.map((trace, at) => {
      const count = counts[at] ?? 0;
      return count === 0 ? trace : { ...trace, logCount: trace.logCount + count };
    });
  }

  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return (await this.#ask({ name: 'loadSpan', traceId, spanId }, signal)) as SpanJson | undefined;
  }

  async streamTrace(traceId: string, signal?: AbortSignal): Promise<AsyncIterable<string> | undefined> {
    const id = this.#hasLogLines ? parseTraceId(traceId) : undefined;
    return await this.#openTrace(traceId, id === undefined ? [] : await listTraceLines(this.logs, id, signal), signal);
  }

  async loadTrace(traceId: string, signal?: AbortSignal): Promise<TraceDetail | undefined> {
    const pieces = await this.#openTrace(traceId, [], signal);
    if (pieces === undefined) {
      return undefined;
    }
    let json = '';
    for await (const piece of pieces) {
      json += piece;
    }
    return JSON.parse(json) as TraceDetail;
  }

  async #openTrace(
    traceId: string,
    lines: readonly LogEventJson[],
    signal: AbortSignal | undefined,
  ): Promise<AsyncIterable<string> | undefined> {
    const stream = (await this.#ask({ name: 'openTrace', traceId, lines }, signal)) as number | undefined;
    return stream === undefined ? undefined : this.#pieces(stream, signal);
  }

  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return (await this.#ask({ name: 'loadRaw', traceId }, signal)) as RawTrace | undefined;
  }

  async listProblems(limit: number): Promise<readonly ProblemJson[]> {
    return (await this.#ask({ name: 'listProblems', limit })) as readonly ProblemJson[];
  }

  async clearProblems(): Promise<void> {
    await this.#writer.ask((id) => ({ kind: 'clearProblems', id }));
  }

  stats(): StoreStats {
    const droppedProblems = counterOf(this.#counters, 'droppedProblems');
    const droppedByDisk = counterOf(this.#counters, 'droppedByDisk');
    return {
      traces: counterOf(this.#counters, 'traces'),
      spans: counterOf(this.#counters, 'spans'),
      logEvents: counterOf(this.#counters, 'logEvents') + counterOf(this.#counters, 'cloudWatchEvents'),
      errorItems: counterOf(this.#counters, 'errorItems'),
      problems: counterOf(this.#counters, 'problems'),
      dropped: {
        ...Object.fromEntries(this.#dropped),
        ...(droppedProblems === 0 ? {} : { problems: droppedProblems }),
        ...(droppedByDisk === 0 ? {} : { diskFull: droppedByDisk }),
      },
      bytes: counterOf(this.#counters, 'bytes'),
      duplicates: counterOf(this.#counters, 'duplicates'),
      retired: counterOf(this.#counters, 'retired'),
    };
  }

  async setPinned(traceId: string, pinned: boolean): Promise<boolean> {
    const parsed = parseTraceId(traceId);
    return (
      parsed !== undefined &&
      ((await this.#writer.ask((id) => ({ kind: 'pin', id, traceId: parsed, pinned }))) as boolean)
    );
  }

  async clear(): Promise<void> {
    await this.#writer.ask((id) => ({ kind: 'clear', id }));
  }

  onDidChange(listener: (change: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onDidFail(listener: (reason: Error) => void): () => void {
    this.#failListeners.add(listener);
    return () => this.#failListeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the threads as they are. */
  async terminate(): Promise<void> {
    await Promise.all([this.#writer.terminate(), this.#reader.terminate(), this.logs.closeReader()]);
  }

  async #close(): Promise<void> {
    try {
      await Promise.all([this.#reader.close(), this.logs.closeReader()]);
    } finally {
      await this.#writer.close();
    }
  }

  async *#pieces(stream: number, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    try {
      for (;;) {
        const piece = (await this.#ask({ name: 'nextPiece', stream }, signal)) as string | undefined;
        if (piece === undefined) {
          return;
        }
        yield piece;
      }
    } finally {
      this.#reader.tell({ kind: 'ask', id: 0, call: { name: 'closeTrace', stream } });
    }
  }

  async #ask(call: ReaderCall, signal?: AbortSignal): Promise<unknown> {
    return await this.#reader.ask((id) => ({ kind: 'ask', id, call }), [], signal);
  }
}

function tell<T>(listeners: ReadonlySet<(event: T) => void>, event: T): void {
  for (const listener of listeners) {
    listener(event);
  }
}

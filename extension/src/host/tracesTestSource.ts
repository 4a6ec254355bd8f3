import type { ChangeEvent, RawTrace, SpanJson, TraceList, TraceRow, TraceTreeRows } from '@sightline/hub/client/api';
import { Emitter } from '../lifetime.ts';
import type { SourceState, TracePageQuery, TraceSource } from '../sources/traceSource.ts';
import type { Clock } from './tracesController.ts';
import { testNow, testTrace, testTraceId, testTreeRows, type TraceDifferences } from './tracesTestRows.ts';

/** Keeps traces in memory and answers as a hub does; each question is in the log. */
export class RecordingSource implements TraceSource {
  readonly label = 'Test';
  readonly capabilities = { pin: true, clear: true };
  state: SourceState = { kind: 'ready' };
  readonly #changed = new Emitter<ChangeEvent>();
  readonly #stateChanged = new Emitter<SourceState>();
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #log: string[];
  #traces: TraceRow[] = [];
  /** Traces that one page of a filtered list is looked for in. */
  looksThrough = 1000;
  #held: Promise<void> | undefined;
  #release = (): void => undefined;
  #awaited: { readonly text: string; readonly act: () => void } | undefined;
  #failure: Error | undefined;

  constructor(log: string[]) {
    this.#log = log;
  }

  add(number: number, differences: TraceDifferences = {}, ageSeconds = 1): void {
    this.#traces.unshift(testTrace(number, ageSeconds, differences));
    this.#tell(number);
  }

  change(number: number, differences: TraceDifferences): void {
    this.#traces = this.#traces.map((row) =>
      row.id === testTraceId(number) ? testTrace(number, 1, differences) : row,
    );
    this.#tell(number);
  }

  /** Log lines came, of whichever trace. */
  logsCame(): void {
    this.#changed.fire({ revision: 1, traces: [], logs: true, problems: false, removed: false });
  }

  setState(state: SourceState): void {
    this.state = state;
    this.#stateChanged.fire(state);
  }

  fail(error: Error): void {
    this.#failure = error;
  }

  /** Keeps the next answers back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    this.#release = () => {
      this.#held = undefined;
      resolve();
    };
    return this.#release;
  }

  /** Does something before the question with this text in it is answered. */
  onAsked(text: string, act: () => void): void {
    this.#awaited = { text, act };
  }

  /** Gives the answers that were kept back. */
  release(): void {
    this.#release();
  }

  /** Lets everything that is under way finish: all of it is made of promises that settle by themselves. */
  async settled(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }

  /** A filter is found in the names of the traces that fulfil it. */
  async listTraces(
    { limit, before, excludeHealthChecks, filter }: TracePageQuery,
    signal?: AbortSignal,
  ): Promise<TraceList> {
    const asked = [`list ${limit}`, before && `before ${before}`, filter && `filter ${filter}`];
    const question = asked.filter(Boolean).join(' ');
    this.#log.push(question);
    if (this.#awaited !== undefined && question.includes(this.#awaited.text)) {
      this.#awaited.act();
      this.#awaited = undefined;
    }
    await this.#held;
    signal?.throwIfAborted();
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    const start = before === undefined ? 0 : Number(before);
    if (filter !== undefined) {
      return this.#filtered(filter, start, limit);
    }
    const range = this.#traces.slice(start, start + limit);
    const isHidden = ({ name }: { readonly name: string }): boolean => excludeHealthChecks && name === 'GET /health';
    const end = start + range.length;
    return {
      traces: range.filter((row) => !isHidden(row)),
      hiddenHealthChecks: range.filter(isHidden).length,
      ...(end < this.#traces.length && { next: String(end) }),
    };
  }

  #filtered(filter: string, start: number, limit: number): TraceList {
    const traces: TraceRow[] = [];
    let at = start;
    for (; at < this.#traces.length && at < start + this.looksThrough && traces.length < limit; at += 1) {
      const row = this.#traces[at];
      if (row?.name.includes(filter) === true) {
        traces.push(row);
      }
    }
    return { traces, ...(at < this.#traces.length && { next: String(at) }) };
  }

  async loadTreeRows(traceId: string): Promise<TraceTreeRows | undefined> {
    this.#log.push(`tree ${Number.parseInt(traceId, 16)}`);
    await this.#held;
    const trace = this.#traces.find(({ id }) => id === traceId);
    return (
      trace &&
      testTreeRows(trace, [
        { depth: 0, id: 'a', name: 'root' },
        { depth: 1, id: 'b', name: 'failing', status: 'fault' },
        { depth: 2, id: 'c', name: 'below' },
      ])
    );
  }

  async loadSpan(_traceId: string, spanId: string): Promise<SpanJson | undefined> {
    this.#log.push(`span ${spanId}`);
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    return { exceptions: [{ message: 'boom', stack: [] }] } as unknown as SpanJson;
  }

  async loadRaw(): Promise<RawTrace | undefined> {
    return undefined;
  }

  async countTraces(): Promise<number> {
    return this.#traces.length;
  }

  async setPinned(traceId: string, isPinned: boolean): Promise<boolean> {
    const isKept = this.#traces.some(({ id }) => id === traceId);
    this.#traces = this.#traces.map((row) => (row.id === traceId ? { ...row, pinned: isPinned } : row));
    return isKept;
  }

  async clear(): Promise<void> {
    this.#traces = this.#traces.filter(({ pinned }) => pinned);
  }

  #tell(number: number): void {
    this.#changed.fire({ revision: 1, traces: [testTraceId(number)], logs: false, problems: false, removed: false });
  }
}

/** Stands still until it is told to move. */
export class ManualClock implements Clock {
  #now = testNow;
  readonly #callbacks = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  every(_millis: number, callback: () => void) {
    this.#callbacks.add(callback);
    return { dispose: () => this.#callbacks.delete(callback) };
  }

  /** Moves time on; whoever waits is called once. */
  pass(millis: number): void {
    this.#now += millis;
    for (const callback of this.#callbacks) {
      callback();
    }
  }
}

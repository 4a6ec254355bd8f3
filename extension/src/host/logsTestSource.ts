import type { ChangeEvent } from '@sightline/hub/client/api';
import type {
  LogEventList,
  LogGroupChange,
  LogGroupJson,
  LogMarkList,
  LogRowJson,
  LogStreamJson,
} from '@sightline/hub/client/logsApi';
import type { LogLevel } from '@sightline/telemetry/model/logEvent';
import { Emitter } from '../lifetime.ts';
import type { LogEventQuery, LogSource } from '../sources/logSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { testNow } from './tracesTestRows.ts';

/** What a test says about a line; the rest is made up. */
export interface TestLine {
  readonly group?: string;
  readonly stream?: string;
  readonly message: string;
  readonly level?: LogLevel;
  readonly traceId?: string;
  readonly ageSeconds?: number;
}

/** Keeps log lines in memory and answers as a hub does; each question is in the log. A pattern matches lines that contain it. */
export class RecordingLogSource implements LogSource {
  readonly label = 'Test';
  state: SourceState = { kind: 'ready' };
  /** The most lines of one answer, before the pattern leaves some out. */
  pageLimit = 1000;
  /** Whether it can say where pages begin. */
  hasMarks = false;
  readonly #changed = new Emitter<ChangeEvent>();
  readonly #stateChanged = new Emitter<SourceState>();
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #log: string[];
  readonly #groups = new Map<string, { readonly createdAt: string; retentionDays?: number }>();
  /** Newest first. */
  #rows: readonly LogRowJson[] = [];
  #held: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(log: string[]) {
    this.#log = log;
  }

  add(line: TestLine): void {
    this.addAll([line]);
  }

  /** Oldest first, told as one change. */
  addAll(lines: readonly TestLine[]): void {
    const added: LogRowJson[] = [];
    for (const { group = 'cruddur', stream = 'web', message, level = 'info', traceId, ageSeconds = 1 } of lines) {
      const time = nanosOf(testNow - ageSeconds * 1000);
      this.#groups.set(group, this.#groups.get(group) ?? { createdAt: time });
      const id = String(this.#rows.length + added.length + 1).padStart(8, '0');
      const row = { id, group, stream, time, ingestionTime: time, message, level };
      added.push({ ...row, ...(traceId !== undefined && { traceId }) });
    }
    this.#rows = [...added.toReversed(), ...this.#rows];
    this.#tell();
  }

  setState(state: SourceState): void {
    this.state = state;
    this.#stateChanged.fire(state);
  }

  fail(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Keeps the next answers back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return () => {
      this.#held = undefined;
      resolve();
    };
  }

  /** Lets everything that is under way finish: all of it is made of promises that settle by themselves. */
  async settled(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }

  async listGroups(): Promise<readonly LogGroupJson[]> {
    await this.#answer('groups');
    return [...this.#groups].map(([name, group]) => {
      const rows = this.#rows.filter((row) => row.group === name);
      return {
        name,
        source: name.startsWith('otlp/') ? 'otlp' : 'cloudwatch',
        ...group,
        streamCount: new Set(rows.map(({ stream }) => stream)).size,
        eventCount: rows.length,
        storedBytes: 0,
        ...(rows[0] !== undefined && { lastEventTime: rows[0].time }),
      };
    });
  }

  async listStreams(group: string): Promise<readonly LogStreamJson[]> {
    await this.#answer(`streams of ${group}`);
    const byStream = Map.groupBy(
      this.#rows.filter((row) => row.group === group),
      ({ stream }) => stream,
    );
    return [...byStream].map(([name, rows]) => ({
      name,
      eventCount: rows.length,
      ...(rows[0] !== undefined && { lastEventTime: rows[0].time }),
      writers: ['aws-sdk-js/3 from 127.0.0.1'],
    }));
  }

  async listEvents({ group, streams, pattern, before, limit, from, to }: LogEventQuery): Promise<LogEventList> {
    const where = streams === undefined ? group : `${group}:${streams.join(',')}`;
    await this.#answer(`lines of ${where} ${limit}${before === undefined ? '' : ` before ${before}`}`);
    const rows = this.#rows.filter(
      (row) =>
        row.group === group &&
        (streams?.includes(row.stream) ?? true) &&
        (from === undefined || BigInt(row.time) >= BigInt(from)) &&
        (to === undefined || BigInt(row.time) <= BigInt(to)) &&
        (before === undefined || row.id < before),
    );
    const page = rows.slice(0, Math.min(limit, this.pageLimit));
    const last = page.at(-1);
    return {
      events: page.filter(({ message }) => pattern === undefined || message.includes(pattern)),
      ...(page.length < rows.length && last !== undefined && { next: last.id }),
    };
  }

  async listMarks({ group, pattern, before, limit }: LogEventQuery): Promise<LogMarkList | undefined> {
    if (!this.hasMarks) {
      return undefined;
    }
    await this.#answer(`marks of ${group} ${limit}${before === undefined ? '' : ` before ${before}`}`);
    const rows = this.#rows.filter(
      (row) =>
        row.group === group &&
        (before === undefined || row.id < before) &&
        (pattern === undefined || row.message.includes(pattern)),
    );
    const part = rows.slice(0, 10 * limit);
    return {
      marks: part.filter((_, at) => (at + 1) % limit === 0 || at === part.length - 1).map(({ id }) => id),
      events: part.length,
      hasMore: part.length < rows.length,
    };
  }

  async changeGroup({ name, retentionDays }: LogGroupChange): Promise<void> {
    await this.#answer(`change ${name} ${retentionDays ?? 'never'}`);
    const group = this.#groups.get(name) ?? { createdAt: nanosOf(testNow) };
    this.#groups.set(name, { ...group, ...(typeof retentionDays === 'number' && { retentionDays }) });
    this.#tell();
  }

  async deleteGroup(name: string): Promise<void> {
    await this.#answer(`delete ${name}`);
    this.#groups.delete(name);
    this.#tell();
  }

  async #answer(question: string): Promise<void> {
    this.#log.push(question);
    await this.#held;
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  #tell(): void {
    this.#changed.fire({ revision: 1, traces: [], logs: true, problems: false, removed: false });
  }
}

function nanosOf(millis: number): string {
  return `${millis}000000`;
}

import type { ThreadLink } from '../threadLink.ts';
import type { EventPointer } from './eventPointer.ts';
import type { EventMarks, EventPage, EventQuery, StoredEvent } from './eventQuery.ts';
import type { InsightsSearch } from './insightsSearch.ts';
import type {
  LogCommand,
  LogCommandAnswer,
  LogGroupFacts,
  LogPut,
  LogPutAnswer,
  LogStreamFacts,
} from './logCommands.ts';
import { isLogFailure, LogRefusal, type LogFailure } from './logFailure.ts';
import type { InsightsAnswer, LogQuestion } from './logReader.ts';
import type { LogStore } from './logStore.ts';
import type { NewEvents, NewEventsQuery } from './newEvents.ts';
import type { OtlpGroupFacts, OtlpLogPage, OtlpLogQuery } from './otlpLogs.ts';
import type { RejectedEvents } from './putLogEvents.ts';
import type { TraceLineQuestion } from './traceLineCounts.ts';

/** Calls that are committed together; while the writer commits some, the next lie ready. */
const groupsOut = 2;
const groupBytes = 1_500_000;
const groupPuts = 500;
/** How often the reader takes in what has come while nobody asks it anything. */
const refreshMillis = 1000;
const queueBytes = 64 * 1024 * 1024;

/** What the writer answers: one for each call of PutLogEvents, or one for a command. */
export type LogWriterValue = readonly (LogPutAnswer | LogCommandAnswer)[];

export type LogCall =
  | { readonly name: 'put'; readonly puts: readonly LogPut[] }
  | { readonly name: 'run'; readonly command: LogCommand };

interface Waiting {
  readonly put: LogPut;
  readonly resolve: (rejected: RejectedEvents | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The log store as the main thread sees it. */
export class ThreadedLogs implements LogStore {
  readonly #writer: ThreadLink;
  readonly #openReader: () => ThreadLink;
  readonly #waiting: Waiting[] = [];
  #reader: ThreadLink | undefined;
  #bytes = 0;
  #out = 0;
  #refreshedAt = 0;

  /** The reader's thread is started by the first line or question: many a hub never has one. */
  constructor(writer: ThreadLink, openReader: () => ThreadLink) {
    this.#writer = writer;
    this.#openReader = openReader;
  }

  put(put: LogPut): Promise<RejectedEvents | undefined> {
    if (this.#bytes > 0 && this.#bytes + put.body.length > queueBytes) {
      const message = 'The service cannot complete the request: the hub is overloaded; try again.';
      return Promise.reject(new LogRefusal('ServiceUnavailableException', message));
    }
    this.#bytes += put.body.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ put, resolve, reject });
      this.#send();
    });
  }

  async change(command: LogCommand): Promise<void> {
    await this.#run(command);
  }

  async listGroups(): Promise<readonly LogGroupFacts[]> {
    return (await this.#run({ name: 'listGroups' })) as readonly LogGroupFacts[];
  }

  async listStreams(group: string): Promise<readonly LogStreamFacts[]> {
    return (await this.#run({ name: 'listStreams', group })) as readonly LogStreamFacts[];
  }

  async select(query: EventQuery, signal?: AbortSignal): Promise<EventPage> {
    return (await this.#ask({ name: 'select', query }, signal)) as EventPage;
  }

  async mark(query: EventQuery, every: number, signal?: AbortSignal): Promise<EventMarks> {
    return (await this.#ask({ name: 'mark', query, every }, signal)) as EventMarks;
  }

  async selectNew(query: NewEventsQuery): Promise<NewEvents> {
    return (await this.#ask({ name: 'new', query })) as NewEvents;
  }

  async loadEvent(pointer: EventPointer): Promise<StoredEvent | undefined> {
    return (await this.#ask({ name: 'record', pointer })) as StoredEvent | undefined;
  }

  async listOtlpServices(): Promise<readonly OtlpGroupFacts[]> {
    return (await this.#ask({ name: 'otlpServices' })) as readonly OtlpGroupFacts[];
  }

  async selectOtlp(query: OtlpLogQuery, signal?: AbortSignal): Promise<OtlpLogPage> {
    return (await this.#ask({ name: 'otlp', query }, signal)) as OtlpLogPage;
  }

  async searchInsights(search: InsightsSearch, signal?: AbortSignal): Promise<InsightsAnswer> {
    return (await this.#ask({ name: 'insights', search }, signal)) as InsightsAnswer;
  }

  async countTraces(question: TraceLineQuestion, signal?: AbortSignal): Promise<readonly number[]> {
    return (await this.#ask({ name: 'countTraces', ...question }, signal)) as readonly number[];
  }

  async closeReader(): Promise<void> {
    await this.#reader?.close();
  }

  #send(): void {
    while (this.#out < groupsOut && this.#waiting.length > 0) {
      void this.#sendGroup(this.#takeGroup());
    }
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ put }, index) => {
      bytes += put.body.length;
      return index > 0 && (bytes > groupBytes || index === groupPuts);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #sendGroup(group: readonly Waiting[]): Promise<void> {
    this.#out += 1;
    const puts = group.map(({ put }) => ({ ...put, body: ownBuffer(put.body) }));
    const bytes = group.reduce((sum, { put }) => sum + put.body.length, 0);
    try {
      const answers = await this.#call(
        { name: 'put', puts },
        puts.map(({ body }) => body.buffer),
      );
      this.#refreshReader();
      for (const [index, { resolve, reject }] of group.entries()) {
        const answer = answers[index] as LogPutAnswer;
        if (isLogFailure(answer)) {
          reject(refusalOf(answer));
        } else {
          resolve(answer.rejected);
        }
      }
    } catch (error) {
      for (const { reject } of group) {
        reject(error as Error);
      }
    } finally {
      this.#out -= 1;
      this.#bytes -= bytes;
      this.#send();
    }
  }

  /** A search finds the thread running and its directory filled. */
  #refreshReader(): void {
    const now = performance.now();
    if (now - this.#refreshedAt >= refreshMillis) {
      this.#refreshedAt = now;
      // Where it fails, the next question fails in the same way and says so.
      this.#ask({ name: 'refresh' }).catch(() => undefined);
    }
  }

  async #run(command: LogCommand): Promise<unknown> {
    const answers = await this.#call({ name: 'run', command });
    return orRefusal(answers[0]);
  }

  async #call(call: LogCall, transfer: readonly ArrayBuffer[] = []): Promise<LogWriterValue> {
    return (await this.#writer.ask((id) => ({ kind: 'logs', id, call }), transfer)) as LogWriterValue;
  }

  async #ask(question: LogQuestion, signal?: AbortSignal): Promise<unknown> {
    this.#reader ??= this.#openReader();
    return orRefusal(await this.#reader.ask((id) => ({ kind: 'ask', id, question }), [], signal));
  }
}

function orRefusal(value: unknown): unknown {
  if (isLogFailure(value)) {
    throw refusalOf(value);
  }
  return value;
}

function refusalOf({ failure, message, more }: LogFailure): LogRefusal {
  return new LogRefusal(failure, message, more);
}

/** A transferred buffer goes whole, so a view into a larger one is copied. */
function ownBuffer(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body);
}

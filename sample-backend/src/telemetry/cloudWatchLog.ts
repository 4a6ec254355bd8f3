import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { CloudWatchSettings } from '../logSettings.ts';
import { batchLength, fittingEvent, sizeOf } from './cloudWatchBatch.ts';
import { CloudWatchCalls, RefusedBatchError, type CloudWatchEvent } from './cloudWatchCalls.ts';
import { textOfLine, type LogLine, type LogSink } from './log.ts';

export interface CloudWatchLogOptions {
  /** Tells the person: once when lines cannot be sent, and once what that has cost. */
  readonly say: (sentence: string) => void;
  /** What may wait; beyond it, lines are dropped. */
  readonly most?: { readonly events: number; readonly bytes: number };
  /** Milliseconds that a line waits for others to go with it. */
  readonly delay?: number;
  /** Milliseconds until the first new try, doubled up to `longestPause`. */
  readonly firstPause?: number;
}

const longestPause = 30_000;

/**
 * Sends lines to CloudWatch Logs in batches, one after the other, without ever holding up who wrote them. Invariant: a line leaves
 * `#waiting` only when the service has answered for it, so nothing is lost to a failed call.
 */
export class CloudWatchLog implements LogSink {
  readonly #calls: CloudWatchCalls;
  readonly #say: (sentence: string) => void;
  readonly #most: { readonly events: number; readonly bytes: number };
  readonly #delay: number;
  readonly #firstPause: number;
  readonly #waiting: CloudWatchEvent[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #pause = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isInTrouble = false;
  #isClosed = false;

  constructor(settings: CloudWatchSettings, options: CloudWatchLogOptions) {
    this.#calls = new CloudWatchCalls(settings, options.say);
    this.#say = options.say;
    this.#most = options.most ?? { events: 10_000, bytes: 8 * 1024 * 1024 };
    this.#delay = options.delay ?? 200;
    this.#firstPause = options.firstPause ?? 1000;
  }

  /** Makes group and stream before the first line, so that they can be seen. */
  start(): void {
    this.#schedule(0);
  }

  write(line: LogLine): void {
    const event = fittingEvent({ timestamp: line.time, message: textOfLine(line) });
    const bytes = sizeOf(event);
    if (this.#waiting.length >= this.#most.events || this.#waitingBytes + bytes > this.#most.bytes) {
      // The newest go: the first lines of an outage tell more about it than the last ones.
      this.#dropped += 1;
      this.#complain('more log lines are waiting than it takes. What comes now is dropped.');
      return;
    }
    this.#waiting.push(event);
    this.#waitingBytes += bytes;
    this.#schedule(this.#delay);
  }

  /** Sends what waits, if the service takes it within so many milliseconds, and says how many lines were lost. */
  async close(patience: number): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const timeIsUp = new Promise((resolve) => {
      setTimeout(resolve, patience).unref();
    });
    await Promise.race([this.#sendRest(), timeIsUp]);
    const lost = this.#dropped + this.#waiting.length;
    if (lost > 0) {
      this.#say(`CloudWatch Logs: log lines that could not be sent: ${lost}.`);
    }
  }

  async #sendRest(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  #schedule(delay: number): void {
    // Whoever is sending looks for more by itself, and new lines do not cut a pause short.
    if (this.#isClosed || this.#timer !== undefined || this.#sending !== undefined) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send().finally(() => {
        this.#sending = undefined;
        if (this.#pause > 0 || this.#waiting.length > 0) {
          this.#schedule(this.#pause || this.#delay);
        }
      });
    }, delay);
    // A process with nothing else to do may end; `close` sends the rest.
    this.#timer.unref();
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    try {
      await this.#calls.prepare();
      let isTaken = false;
      while (this.#waiting.length > 0) {
        isTaken = await this.#sendBatch(batchLength(this.#waiting));
      }
      this.#pause = 0;
      if (isTaken && this.#isInTrouble) {
        this.#recover();
      }
    } catch (error) {
      this.#pause = Math.min(this.#pause * 2 || this.#firstPause, longestPause);
      this.#complain(`it does not take log lines (${messageOf(error)}). They wait, as long as there is room.`);
    }
  }

  /** False when the service has refused some, which are then lost. */
  async #sendBatch(length: number): Promise<boolean> {
    const batch = this.#waiting.slice(0, length);
    const taken = await this.#put(batch);
    this.#dropped += length - taken;
    this.#waiting.splice(0, length);
    this.#waitingBytes -= batch.reduce((bytes, event) => bytes + sizeOf(event), 0);
    return taken === length;
  }

  async #put(batch: readonly CloudWatchEvent[]): Promise<number> {
    try {
      // The clock of a machine may be set back, and the service wants the order of time.
      const taken = await this.#calls.put(batch.toSorted((one, other) => one.timestamp - other.timestamp));
      if (taken < batch.length) {
        this.#complain('it refuses log lines as too old or too new: is the clock right?');
      }
      return taken;
    } catch (error) {
      if (error instanceof RefusedBatchError) {
        this.#complain(`it refuses log lines (${error.message}). They are dropped.`);
        return 0;
      }
      throw error;
    }
  }

  #complain(sentence: string): void {
    if (!this.#isInTrouble) {
      this.#isInTrouble = true;
      this.#say(`CloudWatch Logs: ${sentence}`);
    }
  }

  #recover(): void {
    const dropped = this.#dropped;
    this.#isInTrouble = false;
    this.#dropped = 0;
    this.#say(`CloudWatch Logs: it takes log lines again. Dropped meanwhile: ${dropped}.`);
    if (dropped > 0) {
      // For those who read the log later: there is a hole in it.
      const message = `Log lines dropped before this one: ${dropped}.`;
      this.write({ time: Date.now(), level: 'warn', message, context: ROOT_CONTEXT, kind: 'own' });
    }
  }
}

function messageOf(error: unknown): string {
  // Several addresses of one name, all refused, give an error whose own message is empty.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const message = first instanceof Error ? first.message || first.name : String(first);
  // The SDK adds lines for those who debug it.
  return message.split('\n')[0] ?? '';
}

import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { RefusedRecord, RelaySettlement } from '../store/relay/relayStore.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { EventsJson } from './eventsJson.ts';
import type { Outbox } from './lane.ts';
import type { LogJournal, LogRecord } from './logJournal.ts';
import type { BegunPage, LogBatch, LogPage, LogPages } from './logPages.ts';
import type { LogsStepParts } from './logsStep.ts';
import type { Item } from './outcome.ts';

type Results = Pick<LogRecord, 'sent' | 'repeated' | 'dropped'>;

/** A page whose batches are sent, the first of them made already where that was done beside the page before. */
interface Upcoming {
  readonly page: LogPage;
  readonly first?: Item;
}

/** The page that a record is about. `wasSending`: its next batch may have arrived. */
type Begun = BegunPage & { readonly wasSending: boolean };

const nothing: Results = { sent: 0, repeated: 0, dropped: 0 };

/**
 * Sends pages of log events. CloudWatch Logs cannot tell a batch that it has already, so one is under way at a time, and it is written into the
 * journal before it goes out that it does; while it is under way the next one is made. A page is settled in the store when all of it is done, and
 * before that only what has to be there at once: refused batches, and all results where the run is left.
 *
 * Invariant: a kill sends at most one batch again, and the one that may have arrived before is counted as repeated. What is counted is counted
 * once. Each settlement has a mark, and the record names the one that came before it and the one that comes next: whether a settlement took place
 * is told by the mark in the store. A record with neither is of another time (a page that is settled, an outbox that was switched on again, another
 * database), and is passed over.
 */
export class LogRun {
  readonly #outbox: Outbox;
  readonly #pages: LogPages;
  readonly #journal: LogJournal;
  /** The one that is under way, and the one that is made meanwhile. */
  readonly #room = [new EventsJson(), new EventsJson()] as const;
  #made = 0;
  #mark: string;
  #next: string = randomUUID();
  /** Of what is not settled; as the journal has them while a batch is under way. */
  #results = nothing;
  #begun: Begun | undefined;
  #upcoming: Upcoming | undefined;

  constructor({ outbox, pages, journal }: LogsStepParts) {
    this.#outbox = outbox;
    this.#pages = pages;
    this.#journal = journal;
    pages.rewind();
    this.#mark = outbox.position('logs').mark ?? '';
    const record = journal.read();
    if (record !== undefined) {
      this.#resume(record);
    }
  }

  /** Sends a page and settles it. Answers false where nothing waits. */
  async step(delivery: Delivery, signal: AbortSignal): Promise<boolean> {
    const upcoming = this.#take();
    if (upcoming === undefined) {
      this.#room.forEach((each) => each.clear());
      if (this.#results !== nothing) {
        await this.#settle(this.#results, randomUUID(), {});
      }
      return false;
    }
    const { page } = upcoming;
    await this.#send(upcoming, delivery, signal);
    const dropped = this.#results.dropped + page.dropped;
    await this.#settle({ ...this.#results, dropped }, randomUUID(), {
      logs: { group: page.group, sequence: page.until },
    });
    return true;
  }

  /** Settles what has been sent of a page that is not gone on with. */
  async leave(): Promise<void> {
    this.#room.forEach((each) => each.clear());
    if (this.#results !== nothing) {
      await this.#settle(this.#results, openMark(this.#next), {});
    }
  }

  #resume(record: LogRecord): void {
    const { group, until, stream, sending, left } = record;
    const isDone = this.#mark === record.next;
    if (this.#mark === record.mark) {
      this.#next = record.next;
      const { sent, repeated, dropped } = record;
      this.#results = { sent, repeated, dropped };
    } else if (!isDone && this.#mark !== openMark(record.next)) {
      return;
    }
    const again = isDone ? 0 : sending;
    this.#begun = { group, until, stream, left: left + again, wasSending: again > 0 };
  }

  #take(): Upcoming | undefined {
    const upcoming = this.#upcoming;
    this.#upcoming = undefined;
    if (upcoming !== undefined) {
      return upcoming;
    }
    const page = (this.#begun === undefined ? undefined : this.#pages.rest(this.#begun)) ?? this.#pages.next();
    return page === undefined ? undefined : { page };
  }

  async #send({ page, first }: Upcoming, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { batches } = page;
    let item = first;
    for (const [index, batch] of batches.entries()) {
      item ??= this.#make(batch);
      this.#countRepeated(page, batch);
      this.#write(page, batch, batch.events);
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what keeps the order.
      const [delivered, made] = await Promise.allSettled([
        delivery.deliver([item], signal),
        this.#makeAfter(page, batches[index + 1]),
      ]);
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await this.#note(page, batch, valueOf(delivered));
      item = valueOf(made);
    }
  }

  /** Makes what goes out behind the batch under way: the next of its page or, where that was the last, of another page that is full. */
  async #makeAfter(page: LogPage, next: LogBatch | undefined): Promise<Item | undefined> {
    // The request is to be on its way before this core is taken.
    await turn();
    if (next !== undefined) {
      return this.#make(next);
    }
    page.release();
    const ahead = this.#pages.nextFull();
    if (ahead !== undefined) {
      const [first] = ahead.batches;
      this.#upcoming = { page: ahead, ...(first !== undefined && { first: this.#make(first) }) };
    }
    return undefined;
  }

  #make(batch: LogBatch): Item {
    this.#made += 1;
    return batch.toItem(this.#room[(this.#made % 2) as 0 | 1]);
  }

  #countRepeated({ group, until }: LogPage, { stream }: LogBatch): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun?.wasSending === true && begun.group === group && begun.until === until && begun.stream === stream) {
      this.#results = { ...this.#results, repeated: this.#results.repeated + 1 };
    }
  }

  /** What became of a batch. One that was refused is settled at once: nothing but its copy in the store knows of it from then on. */
  async #note(page: LogPage, batch: LogBatch, { arrived, refused, repeated, lost }: Delivered): Promise<void> {
    const results = {
      sent: this.#results.sent + (arrived === 0 ? 0 : batch.events - lost),
      repeated: this.#results.repeated + repeated,
      dropped: this.#results.dropped + lost,
    };
    if (refused.length > 0) {
      await this.#settle(results, this.#next, { refused: refused.map((each) => ownCopy(each, batch.events)) });
    } else {
      this.#results = results;
    }
    this.#write(page, batch, 0);
  }

  #write({ group, until }: LogPage, { stream, left }: LogBatch, sending: number): void {
    const place = { group, until, stream, sending, left };
    this.#journal.write({ mark: this.#mark, next: this.#next, ...place, ...this.#results });
  }

  async #settle(results: Results, mark: string, rest: Partial<RelaySettlement>): Promise<void> {
    await this.#outbox.settle({ destination: 'logs', settled: 0, ...results, ...rest, mark });
    this.#mark = mark;
    this.#next = randomUUID();
    this.#results = nothing;
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') {
    throw result.reason;
  }
  return result.value;
}

/** The mark of a settlement after which what was under way still is. */
function openMark(mark: string): string {
  return `${mark}/open`;
}

/** The memory of a batch is used for others. */
function ownCopy(record: RefusedRecord, records: number): RefusedRecord {
  return { ...record, records, body: new Uint8Array(record.body) };
}

import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { RelayAccount } from '../../store/relay/relayStore.ts';
import { openForReading } from '../../store/schema.ts';
import type { TelemetryStore } from '../../store/telemetryStore.ts';
import { openTestStore } from '../../store/testing/testStore.ts';
import { Delivery } from '../delivery.ts';
import type { Outbox, Step } from '../lane.ts';
import { LogJournalFile, type LogJournal } from '../logJournal.ts';
import { LogPages } from '../logPages.ts';
import type { LogBatchAbout } from '../logsSender.ts';
import { logsStep } from '../logsStep.ts';
import type { Outcome, Sender } from '../outcome.ts';

const day = 24 * 3_600_000;
const extras = { tags: {}, groupClass: 'STANDARD', metricFilters: [] };

/** A batch as it came to the destination: its stream, and its lines with bars between. */
type Arrived = string;

/** A store whose log events are relayed to a destination that notes what comes. It refuses batches in which a line is `refused`. */
export class LogWorld {
  readonly store: TelemetryStore;
  readonly dataDir: string;
  readonly arrived: Arrived[] = [];

  constructor(store: TelemetryStore, dataDir: string) {
    this.store = store;
    this.dataDir = dataDir;
  }

  static async make(): Promise<LogWorld> {
    const { store, dataDir } = await openTestStore({ maxAgeMillis: 30 * day });
    await store.relay.setEnabled('logs', true);
    return new LogWorld(store, dataDir);
  }

  async makeStreams(group: string, ...streams: readonly string[]): Promise<void> {
    await this.store.logs.change({ name: 'createGroup', group, extras });
    for (const stream of streams) {
      // oxlint-disable-next-line no-await-in-loop -- in this order.
      await this.store.logs.change({ name: 'createStream', group, stream });
    }
  }

  /** Lines of so many days ago. Those of different days go in batches of their own. */
  async put(group: string, stream: string, days: number, ...messages: readonly string[]): Promise<void> {
    const logEvents = messages.map((message) => ({ timestamp: Date.now() - days * day, message }));
    const text = JSON.stringify({ logGroupName: group, logStreamName: stream, logEvents });
    await this.store.logs.put({ body: new Uint8Array(Buffer.from(text)), writer: 'test' });
  }

  async account(): Promise<RelayAccount> {
    const { logs } = await this.store.relay.accounts();
    return logs ?? expect.fail('not switched on');
  }

  async accountText(): Promise<string> {
    const { sent, waiting, refused, repeated, dropped } = await this.account();
    return `sent ${sent} waiting ${waiting} refused ${refused} repeated ${repeated} dropped ${dropped}`;
  }
}

/** Thrown where the process is killed. */
class Killed extends Error {}

/** A hub's life on a world, which ends at its `end`th step to the outside: before and after each thing that it writes, sends or settles. */
export class LogLife {
  readonly #world: LogWorld;
  readonly #end: number;
  readonly #ended = Promise.withResolvers<'killed'>();
  readonly #stop = new AbortController();
  readonly #stopped = Promise.withResolvers<undefined>();
  readonly #step: Step;
  readonly #delivery: Delivery;
  #steps = 0;
  /** Called before each answer of the destination. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  /** Instead of the next settlement. */
  settleTrouble: Error | undefined;

  constructor(world: LogWorld, end = Infinity) {
    this.#world = world;
    this.#end = end;
    const pages = new LogPages(world.dataDir);
    const file = new LogJournalFile(world.dataDir);
    const database = openForReading(world.dataDir);
    onTestFinished(() => {
      pages.close();
      file.close();
      database.close();
    });
    const position = database.prepare("select position, progress as mark from relay where dest = 'logs'");
    const outbox: Outbox = {
      position: () => position.get() as { position: number; mark: string | null },
      settle: async (settlement) => {
        await this.#stepOut();
        if (this.settleTrouble !== undefined) {
          const trouble = this.settleTrouble;
          this.settleTrouble = undefined;
          throw trouble;
        }
        await world.store.relay.settle(settlement);
        await this.#stepOut();
      },
      nextRefused: () => undefined,
      newestRefused: () => 0,
    };
    const journal: LogJournal = {
      read: () => file.read(),
      write: (record) => {
        this.#pass();
        file.write(record);
        this.#pass();
      },
    };
    this.#step = logsStep({ outbox, pages, journal });
    this.#delivery = new Delivery(this.#sender(), () => undefined);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Until nothing waits, or the life has ended. */
  async run(): Promise<'idle' | 'killed'> {
    for (;;) {
      const step = this.#step(this.#delivery, this.#stop.signal);
      // oxlint-disable-next-line no-await-in-loop -- page after page.
      const didSend = await Promise.race([step, this.#ended.promise]).catch((error: unknown) => {
        if (error instanceof Killed) {
          return 'killed' as const;
        }
        throw error;
      });
      if (didSend !== true) {
        return didSend === 'killed' ? 'killed' : 'idle';
      }
    }
  }

  /** Ends it as a lane is ended. */
  stop(): void {
    this.#stop.abort(new Error('stopped'));
    this.#stopped.resolve(undefined);
  }

  get stopped(): Promise<undefined> {
    return this.#stopped.promise;
  }

  #pass(): void {
    this.#steps += 1;
    if (this.#steps >= this.#end) {
      this.#ended.resolve('killed');
      throw new Killed('killed');
    }
  }

  /** The same where nothing can be thrown: a process that has been killed does not go on. */
  async #stepOut(): Promise<void> {
    try {
      this.#pass();
    } catch {
      await new Promise(() => undefined);
    }
  }

  #sender(): Sender {
    return {
      split: (items) => items.map((item) => [item]),
      send: async ([item], signal): Promise<Outcome> => {
        await this.#stepOut();
        // A connection may look at the body again until it is answered.
        await turn();
        await turn();
        const { stream } = JSON.parse(item?.about ?? '') as LogBatchAbout;
        const events = JSON.parse(Buffer.from(item?.body ?? []).toString()) as { readonly message: string }[];
        const text = `${stream}: ${events.map(({ message }) => message).join('|')}`;
        const isRefused = text.includes('refused');
        if (!isRefused) {
          this.#world.arrived.push(text);
        }
        await this.beforeAnswer();
        signal.throwIfAborted();
        await this.#stepOut();
        return isRefused ? { kind: 'refused', reason: 'no' } : { kind: 'arrived' };
      },
      test: () => Promise.resolve(''),
      close: () => undefined,
    };
  }
}

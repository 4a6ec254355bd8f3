import type { DatabaseSync } from 'node:sqlite';
import type { RelayChange, RelayDestination, RelayResendReply, RelayTestReply } from '../client/relayApi.ts';
import { SentUsage, type Sent } from '../cost/sentUsage.ts';
import type { RelaySettlement } from '../store/relay/relayStore.ts';
import type { RefusedRow } from '../store/relay/relayTables.ts';
import { openForReading } from '../store/schema.ts';
import { UserError } from '../userError.ts';
import { ItemSource } from './itemSource.ts';
import { Lane, type Outbox, type Step } from './lane.ts';
import { LogJournalFile } from './logJournal.ts';
import { LogPages } from './logPages.ts';
import { logsStep } from './logsStep.ts';
import { makeSender } from './makeSender.ts';
import { TestFailure, type Sender } from './outcome.ts';
import { pagedStep } from './pagedStep.ts';
import { RawSource } from './rawSource.ts';
import type { LaneStatuses } from './relayMessages.ts';
import { withoutSecrets } from './withoutSecrets.ts';

const testMillis = 20_000;
/** What is not sent again by then stays refused. */
const resendMillis = 20_000;

/** The lanes of all destinations, in the relay's thread. */
export class Lanes {
  readonly #dataDir: string;
  readonly #database: DatabaseSync;
  readonly #outbox: Outbox;
  readonly #onUsed: (destination: RelayDestination, used: Sent) => void;
  readonly #lanes = new Map<RelayDestination, Lane>();
  #logs: { readonly pages: LogPages; readonly journal: LogJournalFile } | undefined;

  constructor(
    dataDir: string,
    settle: (settlement: RelaySettlement) => Promise<void>,
    onUsed: (destination: RelayDestination, used: Sent) => void,
  ) {
    this.#onUsed = onUsed;
    this.#dataDir = dataDir;
    this.#database = openForReading(dataDir);
    const position = this.#database.prepare('select position, progress as mark from relay where dest = ?');
    const refused = this.#database.prepare(
      'select id, at, reason, records, about, body from relay_refused where dest = ? and id > ? order by id limit 1',
    );
    const newest = this.#database.prepare('select max(id) as id from relay_refused where dest = ?');
    this.#outbox = {
      settle,
      position: (destination) =>
        (position.get(destination) as { position: number; mark: string | null } | undefined) ?? {
          position: 0,
          mark: null,
        },
      nextRefused: (destination, after) => refused.get(destination, after) as RefusedRow | undefined,
      newestRefused: (destination) => (newest.get(destination) as { id: number | null }).id ?? 0,
    };
  }

  /** Ends the lane of a destination, and begins it anew where there are settings. Throws `UserError`. */
  async configure(destination: RelayDestination, settings: RelayChange | undefined): Promise<void> {
    await this.#lanes.get(destination)?.close();
    this.#lanes.delete(destination);
    if (settings === undefined) {
      return;
    }
    const sender = withoutSecrets(await makeSender(destination, settings), settings);
    const sent = new SentUsage(destination, settings);
    const lane = new Lane({
      destination,
      outbox: this.#outbox,
      sender,
      step: this.#stepOf(destination, sender),
      isPaused: settings.pausedBecause !== undefined,
      onArrived: (items) => this.#onUsed(destination, sent.of(items)),
    });
    this.#lanes.set(destination, lane);
  }

  notice(): void {
    for (const lane of this.#lanes.values()) {
      lane.notice();
    }
  }

  statuses(): LaneStatuses {
    return Object.fromEntries(Array.from(this.#lanes, ([destination, lane]) => [destination, lane.status]));
  }

  /** With a sender of its own, so that a key can be tried before it is used. */
  async test(destination: RelayDestination, settings: RelayChange): Promise<RelayTestReply> {
    const sender = withoutSecrets(await makeSender(destination, settings), settings);
    try {
      const message = await sender.test(AbortSignal.timeout(testMillis));
      this.#lanes.get(destination)?.hurry();
      return { ok: true, message };
    } catch (error) {
      if (error instanceof TestFailure) {
        return { ok: false, message: error.message };
      }
      if (error instanceof Error && error.name === 'TimeoutError') {
        return { ok: false, message: `No answer came within ${testMillis / 1000} seconds.` };
      }
      throw error;
    } finally {
      sender.close();
    }
  }

  async resend(destination: RelayDestination): Promise<RelayResendReply> {
    const lane = this.#lanes.get(destination);
    if (lane === undefined) {
      throw new UserError('This destination is not set up: nothing can be sent again.');
    }
    lane.hurry();
    return await lane.resend(AbortSignal.timeout(resendMillis));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#lanes.values(), (lane) => lane.close()));
    this.#logs?.pages.close();
    this.#logs?.journal.close();
    this.#database.close();
  }

  #stepOf(destination: RelayDestination, sender: Sender): Step {
    switch (destination) {
      case 'xray':
      case 'otlp':
        return pagedStep(destination, this.#outbox, new RawSource(this.#database, destination), sender);
      case 'rollbar':
        return pagedStep(destination, this.#outbox, new ItemSource(this.#database), sender);
      case 'logs':
        this.#logs ??= { pages: new LogPages(this.#dataDir), journal: new LogJournalFile(this.#dataDir) };
        return logsStep({ outbox: this.#outbox, ...this.#logs });
    }
  }
}

import type { CostReads } from '@sightline/hub/client/costApi';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { addUsage, type Usage } from '@sightline/telemetry/cost/usage';
import { Disposable, Emitter } from '../lifetime.ts';
import type { ReadDestination, ReadMeter } from './aws/readMeter.ts';
import type { HubPresence } from './hubSource.ts';

/** A view asks several things at once; they are told together. */
const pauseMillis = 500;

export interface HubReadMeterParts {
  readonly presence: HubPresence;
  readonly client: Pick<HubClient, 'countReads' | 'changeCostSettings'>;
}

/** Has the hub count what the views read in AWS, and keeps it while no hub runs. The hub knows the caps: its answers say when one is reached. */
export class HubReadMeter extends Disposable implements ReadMeter {
  readonly #capReached = this.register(new Emitter<ReadDestination>());
  /** Fires when a cap has been reached since the last answer. */
  readonly onDidReachCap = this.#capReached.event;
  readonly #parts: HubReadMeterParts;
  readonly #waiting = new Map<ReadDestination, Usage>();
  readonly #capped = new Set<ReadDestination>();
  #isTransactionSearch: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending = Promise.resolve();

  constructor(parts: HubReadMeterParts) {
    super();
    this.#parts = parts;
    this.register(parts.presence.onDidChange(() => this.#sendSoon()));
    this.register({ dispose: () => clearTimeout(this.#timer) });
  }

  count(destination: ReadDestination, usage: CostReads['usage']): void {
    this.#waiting.set(destination, addUsage(this.#waiting.get(destination) ?? {}, usage));
    this.#sendSoon();
  }

  mayPoll(destination: ReadDestination): boolean {
    if (!this.#capped.has(destination)) {
      return true;
    }
    // It may be a higher one by now, or another month: asked of the hub, not of AWS.
    this.count(destination, {});
    return false;
  }

  noteTransactionSearch(isOn: boolean): void {
    this.#isTransactionSearch = isOn;
    this.#sendSoon();
  }

  /** Settles when everything that was counted has been told, or cannot be now. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(() => this.#send());
    await this.#sending;
  }

  #sendSoon(): void {
    const hasSomething = this.#waiting.size > 0 || this.#isTransactionSearch !== undefined;
    if (hasSomething && this.#parts.presence.state.kind === 'running' && !this.isDisposed) {
      this.#timer ??= setTimeout(() => void this.flush(), pauseMillis);
    }
  }

  async #send(): Promise<void> {
    if (this.#parts.presence.state.kind === 'running') {
      await Promise.all([this.#sendBilling(), ...Array.from(this.#waiting.keys(), (each) => this.#sendReads(each))]);
    }
  }

  async #sendReads(destination: ReadDestination): Promise<void> {
    const usage = this.#waiting.get(destination) ?? {};
    this.#waiting.delete(destination);
    try {
      const { isCapped } = await this.#parts.client.countReads({ destination, usage });
      if (isCapped && !this.#capped.has(destination)) {
        this.#capReached.fire(destination);
      }
      this.#capped[isCapped ? 'add' : 'delete'](destination);
    } catch {
      // The session says what is wrong with the hub; this is told with what is read next.
      this.#waiting.set(destination, addUsage(usage, this.#waiting.get(destination) ?? {}));
    }
  }

  async #sendBilling(): Promise<void> {
    const isTransactionSearch = this.#isTransactionSearch;
    if (isTransactionSearch === undefined) {
      return;
    }
    this.#isTransactionSearch = undefined;
    try {
      await this.#parts.client.changeCostSettings({ billing: { isTransactionSearch } });
    } catch {
      // As above.
      this.#isTransactionSearch ??= isTransactionSearch;
    }
  }
}

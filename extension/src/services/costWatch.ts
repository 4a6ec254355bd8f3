import type { CostJson } from '@sightline/hub/client/costApi';
import type { HubClient } from '@sightline/hub/client/hubClient';
import type { CostSettings, CostSettingsChange } from '@sightline/telemetry/cost/costSettings';
import { HubError } from '@sightline/hub/client/hubError';
import { Disposable, Emitter } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { HubSession } from './hubSession.ts';

/** Sums of an hour and a month need not be newer than that. */
const pauseMillis = 10_000;

export interface CostWatchParts {
  readonly session: Pick<HubSession, 'state' | 'onDidChange'>;
  readonly client: Pick<HubClient, 'loadCost' | 'changeCostSettings'>;
  /** The prices of the person's settings. */
  readonly prices: () => CostSettings['prices'];
  readonly report: (error: unknown) => void;
}

/** What things cost, looked up while the Services view is shown and the hub runs; hands the prices of the settings to each hub. */
export class CostWatch extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #parts: CostWatchParts;
  #cost: CostJson | undefined;
  #isVisible = false;
  #hub: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: CostWatchParts) {
    super();
    this.#parts = parts;
    this.register(parts.session.onDidChange(() => this.#follow()));
    this.register({ dispose: () => clearTimeout(this.#timer) });
    this.#follow();
  }

  /** `undefined` until it has been looked up. */
  get cost(): CostJson | undefined {
    return this.#cost;
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#follow();
  }

  async change(change: CostSettingsChange): Promise<void> {
    this.#take(await this.#parts.client.changeCostSettings(change));
  }

  /** Hands the prices of the settings to the hub, even where there are none any more. */
  async applyPrices(): Promise<void> {
    if (this.#isRunning) {
      try {
        await this.change({ prices: this.#parts.prices() });
      } catch (error) {
        this.#parts.report(wordedFor(error));
      }
    }
  }

  get #isRunning(): boolean {
    return this.#parts.session.state.kind === 'running';
  }

  #follow(): void {
    if (!this.#isRunning) {
      this.#hub = undefined;
      this.#cost = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    // A hub by itself has the prices that it was given last.
    this.#hub ??= Object.keys(this.#parts.prices()).length > 0 ? this.applyPrices() : Promise.resolve();
    if (this.#isVisible && this.#timer === undefined) {
      this.#lookIn(0);
    } else if (!this.#isVisible) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #lookIn(millis: number): void {
    this.#timer = setTimeout(() => void this.#look(), millis);
  }

  async #look(): Promise<void> {
    try {
      await this.#hub;
      this.#take(await this.#parts.client.loadCost());
    } catch {
      // The session watches the connection and says what is wrong with it.
    }
    if (this.#isVisible && this.#isRunning && !this.isDisposed) {
      this.#lookIn(pauseMillis);
    }
  }

  #take(cost: CostJson): void {
    if (this.#isRunning) {
      this.#cost = cost;
      this.#changed.fire();
    }
  }
}

function wordedFor(error: unknown): unknown {
  return error instanceof HubError && error.kind === 'refused'
    ? new UserError(`The setting sightline.cost.prices was not taken. ${error.message}`, { cause: error })
    : error;
}

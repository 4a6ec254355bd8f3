import type { ProblemJson } from '@sightline/hub/client/api';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { Disposable, Emitter } from '../lifetime.ts';
import type { HubActivity } from './hubActivity.ts';

/** How many problems there were when a person last looked at them, kept between windows. */
export interface SeenProblems {
  get(): number;
  set(count: number): void;
}

export interface ProblemWatchParts {
  readonly activity: Pick<HubActivity, 'stats' | 'onDidChange'>;
  readonly client: Pick<HubClient, 'listProblems'>;
  readonly seen: SeenProblems;
}

/** The problems with received data that nobody has looked at, and the newest of all. */
export class ProblemWatch extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #parts: ProblemWatchParts;
  #count = 0;
  #newest: ProblemJson | undefined;

  constructor(parts: ProblemWatchParts) {
    super();
    this.#parts = parts;
    this.register(parts.activity.onDidChange(() => this.#follow()));
    this.#follow();
  }

  get unseen(): number {
    return Math.max(0, this.#count - this.#parts.seen.get());
  }

  /** Absent while there is none, and until the hub has told it. */
  get newest(): ProblemJson | undefined {
    return this.#newest;
  }

  /** A person looks at the list. */
  noteSeen(): void {
    this.#parts.seen.set(this.#count);
    this.#changed.fire();
  }

  #follow(): void {
    // A hub that is away has its problems still when it comes back.
    const count = this.#parts.activity.stats?.problems ?? this.#count;
    if (count === this.#count) {
      return;
    }
    this.#count = count;
    if (count < this.#parts.seen.get()) {
      // The list was cleared: what comes now is new.
      this.#parts.seen.set(count);
    }
    this.#changed.fire();
    void this.#askNewest(count);
  }

  async #askNewest(count: number): Promise<void> {
    try {
      const { problems } = await this.#parts.client.listProblems(1);
      if (count === this.#count) {
        this.#newest = problems[0];
        this.#changed.fire();
      }
    } catch {
      // The count says that there are some, and the list is asked again at the next.
    }
  }
}

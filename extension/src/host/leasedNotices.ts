import type { ErrorGroupJson } from '@sightline/hub/client/errorsApi';
import type { NoticeRight } from './errorNotices.ts';

/** What deciding needs of the world. */
export interface LeasedNoticesWorld {
  /** Asks the hub for a lease in this window's name. */
  claim(name: string, millis: number): Promise<{ readonly held: boolean }>;
  /** Whether a person looks at this window. */
  isFocused(): boolean;
  sleep(millis: number): Promise<void>;
}

/** Longer than any window takes to hear of an error; after it, the same error may be new again. */
const leaseMillis = 60_000;
/** The window that a person looks at is asked first. */
const politeMillis = 250;

/** Of several windows on one hub, the one that gets a group's lease tells of it. */
export class LeasedNotices implements NoticeRight {
  readonly #world: LeasedNoticesWorld;

  constructor(world: LeasedNoticesWorld) {
    this.#world = world;
  }

  async claim(groups: readonly ErrorGroupJson[]): Promise<readonly ErrorGroupJson[]> {
    if (!this.#world.isFocused()) {
      await this.#world.sleep(politeMillis);
    }
    const held = await Promise.all(groups.map((group) => this.#holds(group)));
    return groups.filter((_group, index) => held[index]);
  }

  async #holds({ counter, reactivated }: ErrorGroupJson): Promise<boolean> {
    try {
      const { held } = await this.#world.claim(`error:${counter}:${reactivated ? 'again' : 'new'}`, leaseMillis);
      return held;
    } catch {
      // A hub that gives no leases, or none now: told twice is better than not at all.
      return true;
    }
  }
}

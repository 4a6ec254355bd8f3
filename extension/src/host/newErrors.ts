import type { ErrorGroupJson, ErrorGroupList } from '@sightline/hub/client/errorsApi';
import type { ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { type EpochMillis } from '@sightline/telemetry/view/duration';
import { epochMillisOf } from './tracesText.ts';

const toldLevels: ReadonlySet<ErrorLevel> = new Set<ErrorLevel>(['critical', 'error', 'warning']);

/**
 * Tells new groups, and resolved ones that happened again, from those that were there before the window opened.
 * Invariant: a group is answered once, until it has been resolved and happens again.
 */
export class NewErrors {
  readonly #openedAt: EpochMillis;
  readonly #known = new Map<number, ErrorStatus>();
  /** Counters grow, so a group that is not known but has a lower one is only one that was too far down the list. */
  #highest: number | undefined;

  constructor(openedAt: EpochMillis) {
    this.#openedAt = openedAt;
  }

  /** Of the groups that were seen last, those that somebody is to be told of; the newest first. */
  freshIn({ groups, next }: ErrorGroupList): readonly ErrorGroupJson[] {
    const highest = this.#highest;
    const fresh = groups.filter((group) => {
      const isNew =
        highest === undefined ? epochMillisOf(group.firstSeen) >= this.#openedAt : this.#isNew(group, highest);
      return isNew && group.status === 'active' && toldLevels.has(group.level);
    });
    for (const { counter, status } of groups) {
      this.#known.set(counter, status);
    }
    const top = groups.reduce((most, { counter }) => Math.max(most, counter), 0);
    // A whole list without the highest one: the errors were cleared, or it is another hub.
    this.#highest = next === undefined ? top : Math.max(top, highest ?? 0);
    return fresh;
  }

  #isNew({ counter, reactivated }: ErrorGroupJson, highest: number): boolean {
    const before = this.#known.get(counter);
    return before === undefined ? counter > highest : before === 'resolved' && reactivated;
  }
}

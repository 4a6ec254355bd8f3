import type { EventPosition } from '../store/logs/eventQuery.ts';
import { invalidParameter } from '../store/logs/logFailure.ts';
import { PageTokens } from './pageTokens.ts';

/** The tokens of CloudWatch Logs, refused in its words. */
export class LogsTokens {
  readonly #tokens = new PageTokens();

  make(call: readonly unknown[], place: string): string {
    return this.#tokens.make(call, place);
  }

  /** The place in a token. Throws `LogRefusal` for one that is stale, forged or from another call. */
  read(call: readonly unknown[], token: string): string {
    const place = this.#tokens.parse(call, token);
    if (place === undefined) {
      throw invalidParameter('The specified nextToken is invalid.');
    }
    return place;
  }
}

export function toPlace({ time, group, sequence }: EventPosition): string {
  return `${time}/${group}/${sequence}`;
}

/** Reads what `toPlace` made. */
export function positionOf(place: string): EventPosition {
  const [time = 0, group = 0, sequence = 0] = place.split('/').map(Number);
  return { time, group, sequence };
}

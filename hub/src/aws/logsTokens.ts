import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EventPosition } from '../store/logs/eventQuery.ts';
import { invalidParameter } from '../store/logs/logFailure.ts';

const signatureLength = 22;
/** AWS: "The token expires after 24 hours." */
const lifeMillis = 24 * 3_600_000;

/** Makes and reads the tokens of one hub: a token is good only for the call that it was given to, and only for a day. */
export class LogsTokens {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `call` says what the token is for: the operation and the parameters that have to stay the same. */
  make(call: readonly unknown[], place: string): string {
    const text = `${this.#now()} ${place}`;
    return Buffer.from(text).toString('base64url') + this.#signatureOf(call, text);
  }

  /** The place in a token. Throws `LogRefusal` for one that is stale, forged or from another call. */
  read(call: readonly unknown[], token: string): string {
    const text = Buffer.from(token.slice(0, -signatureLength), 'base64url').toString();
    const given = Buffer.from(token.slice(-signatureLength));
    const expected = Buffer.from(this.#signatureOf(call, text));
    const [madeAt = '', place = ''] = text.split(/ (.*)/s);
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isOurs || Number(madeAt) < this.#now() - lifeMillis) {
      throw invalidParameter('The specified nextToken is invalid.');
    }
    return place;
  }

  #signatureOf(call: readonly unknown[], text: string): string {
    const digest = createHmac('sha256', this.#key).update(JSON.stringify(call)).update('\n').update(text);
    return digest.digest('base64url').slice(0, signatureLength);
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

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const signatureLength = 22;
/** CloudWatch Logs: "The token expires after 24 hours." X-Ray names no time. */
const lifeMillis = 24 * 3_600_000;

/** Makes and reads the `NextToken`s of one hub: a token is good only for the call that it was given to, and only for a day. */
export class PageTokens {
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

  /** The place in a token; `undefined` for one that is stale, forged or from another call. */
  parse(call: readonly unknown[], token: string): string | undefined {
    const text = Buffer.from(token.slice(0, -signatureLength), 'base64url').toString();
    const given = Buffer.from(token.slice(-signatureLength));
    const expected = Buffer.from(this.#signatureOf(call, text));
    const [madeAt = '', place = ''] = text.split(/ (.*)/s);
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs && Number(madeAt) >= this.#now() - lifeMillis ? place : undefined;
  }

  #signatureOf(call: readonly unknown[], text: string): string {
    const digest = createHmac('sha256', this.#key).update(JSON.stringify(call)).update('\n').update(text);
    return digest.digest('base64url').slice(0, signatureLength);
  }
}

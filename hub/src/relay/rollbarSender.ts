import { randomUUID } from 'node:crypto';
import { Connections, commonOutcome, outcomeOfFailure, retryAfterMillis, shortOf, type Reply } from './post.ts';
import { requireArrival, type Item, type Outcome, type Sender } from './outcome.ts';

export interface RollbarSettings {
  /** Of the API, such as `https://api.rollbar.com/api/1/`. */
  readonly endpoint: URL;
  readonly token: string;
}

/** Sends items (Rollbar API reference, "Create item"), one a request. */
export class RollbarSender implements Sender {
  readonly #settings: RollbarSettings;
  readonly #connections: Connections;

  constructor(settings: RollbarSettings, connections = new Connections()) {
    this.#settings = settings;
    this.#connections = connections;
  }

  split(items: readonly Item[]): readonly (readonly Item[])[] {
    return items.map((item) => [item]);
  }

  async send([item]: readonly Item[], signal: AbortSignal): Promise<Outcome> {
    if (item === undefined) {
      return { kind: 'arrived' };
    }
    try {
      const { endpoint, token } = this.#settings;
      const isForm = Buffer.from(item.body.subarray(0, 8)).toString() === 'payload=';
      const headers = {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        'x-rollbar-access-token': token,
      };
      const url = new URL('item/', endpoint);
      return outcomeOf(await this.#connections.post(url, { headers, body: item.body, signal }), endpoint.host);
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }

  /** A post token can do nothing but send, so the test item is the check. */
  async test(signal: AbortSignal): Promise<string> {
    const uuid = randomUUID().replaceAll('-', '');
    const timestamp = Math.floor(Date.now() / 1000);
    const body = { message: { body: 'Sightline test' } };
    const data = { environment: 'sightline-test', level: 'debug', platform: 'sightline', uuid, timestamp, body };
    requireArrival(await this.send([{ about: 'item', body: Buffer.from(JSON.stringify({ data })) }], signal));
    return 'Rollbar takes the token. A test item "Sightline test" has been sent to the environment "sightline-test".';
  }

  close(): void {
    this.#connections.close();
  }
}

function outcomeOf(reply: Reply, host: string): Outcome {
  const { status, headers, text } = reply;
  if (status === 429) {
    const seconds = headers['x-rate-limit-remaining-seconds'];
    const afterMillis = retryAfterMillis(
      headers['retry-after'] ?? (Array.isArray(seconds) ? seconds[0] : seconds),
      Date.now(),
    );
    const reason = 'Rollbar takes no more items now: the limit of the token is reached.';
    return { kind: 'later', reason, ...(afterMillis !== undefined && { afterMillis }) };
  }
  const common = commonOutcome(reply, host);
  if (common !== undefined) {
    return common;
  }
  const said = shortOf(messageIn(text), 'text/plain');
  switch (status) {
    case 200:
      return { kind: 'arrived' };
    case 401:
    case 403:
      return { kind: 'blocked', reason: `Rollbar does not take the token (${status})${said}.` };
    case 404:
      return { kind: 'blocked', reason: `${host} has no Rollbar API (404): the endpoint is something else.` };
    default:
      return { kind: 'refused', reason: `Rollbar refused it (${status})${said}.` };
  }
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

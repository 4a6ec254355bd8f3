import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../userError.ts';
import { RateLimit } from '../aws/rateLimit.ts';
import {
  answerTrouble,
  connectionTrouble,
  isOfOtherScope,
  scopesIn,
  setToken,
  type RollbarAnswer,
  type RollbarScope,
} from './rollbarFailures.ts';

export interface RollbarProjectOptions {
  /** Of the API, without `/api/1`. */
  readonly endpoint: string;
  /** The setting that names the endpoint. */
  readonly setting: string;
  /** Asked for anew with each call, since a person may set another one meanwhile. */
  readonly loadToken: (scope: RollbarScope) => Promise<string | undefined>;
  /** A hub must not look at itself as if it were Rollbar. */
  readonly isOwnHub: (endpoint: string) => Promise<boolean>;
  /** How long an answer may take, in milliseconds. */
  readonly answerMillis?: number;
}

export interface RollbarRequest {
  readonly method?: 'GET' | 'PATCH';
  /** Below `/api/1/`, with its query. */
  readonly path: string;
  readonly scope?: RollbarScope;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export const rollbarEndpoint = 'https://api.rollbar.com';

/** Calls in a second, and at once: far below what Rollbar allows a token, which other tools share. */
const callsPerSecond = 10;
const callsAtOnce = 20;
const attempts = 3;
const usualAnswerMillis = 30_000;
/** What Rollbar asks to wait is waited for in silence up to this long; a longer one is said. */
const patienceMillis = 5_000;
const mostAnswerBytes = 64 * 2 ** 20;

/** One project in Rollbar, behind its API (API reference: items, occurrences). Nothing is called before the first question. */
export class RollbarProject {
  /** `Rollbar`, or with the host where it is another than Rollbar's. */
  readonly label: string;
  readonly #options: RollbarProjectOptions;
  readonly #host: string;
  readonly #limit = new RateLimit({
    perSecond: callsPerSecond,
    atOnce: callsAtOnce,
    now: () => performance.now(),
    sleep,
  });
  /** Until when Rollbar wants no calls, on the clock of `performance`. */
  #closedUntil = 0;
  #isElsewhere: boolean;

  constructor(options: RollbarProjectOptions) {
    this.#options = options;
    // One that is no address is told of when something is asked.
    const { host, origin } = URL.canParse(options.endpoint)
      ? new URL(options.endpoint)
      : { host: options.endpoint, origin: options.endpoint };
    this.#host = host;
    this.#isElsewhere = origin === rollbarEndpoint;
    this.label = origin === rollbarEndpoint ? 'Rollbar' : `Rollbar (${host})`;
  }

  /** The result of a call; `undefined` where Rollbar says that there is no such thing. Rejects with a `UserError`, or with the signal's reason. */
  async ask(request: RollbarRequest): Promise<{ readonly result: unknown } | undefined> {
    const answer = await this.answer(request);
    if (answer.status === 404 && isOfRollbar(answer.text)) {
      return undefined;
    }
    return { result: this.#resultOf(answer, request, await this.#token(request.scope ?? 'read')) };
  }

  /** `undefined` for a token that reads; of another one what Rollbar says that it has. Rejects where it is no token. */
  async scopesBesideReading(signal: AbortSignal): Promise<{ readonly scopes: string | undefined } | undefined> {
    const answer = await this.answer({ path: 'items/?page=1', signal });
    if (isOfOtherScope(answer)) {
      return { scopes: scopesIn(answer.text) };
    }
    this.#resultOf(answer, {}, await this.#token('read'));
    return undefined;
  }

  /** Where Rollbar redirects to an item, the item's id. Not followed: the answer has the token in its address. */
  async idOfCounter(counter: number, signal?: AbortSignal): Promise<number | undefined> {
    const answer = await this.answer({ path: `item_by_counter/${counter}`, signal });
    if (answer.status === 404 && isOfRollbar(answer.text)) {
      return undefined;
    }
    const isRedirect = answer.status >= 301 && answer.status <= 308;
    const result = this.#resultOf(isRedirect ? { ...answer, status: 200 } : answer, {}, await this.#token('read'));
    const { itemId, id } = (result ?? {}) as { readonly itemId?: unknown; readonly id?: unknown };
    return [itemId, id].find((each) => typeof each === 'number');
  }

  /** The answer of a call, whatever it says, once Rollbar takes one and is not in trouble. */
  async answer(request: RollbarRequest): Promise<RollbarAnswer> {
    await this.#refuseOwnHub();
    const token = await this.#token(request.scope ?? 'read');
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const wait = this.#closedUntil - performance.now();
      if (wait > patienceMillis) {
        break;
      }
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other.
      await sleepFor(wait, request.signal);
      // oxlint-disable-next-line no-await-in-loop -- as above.
      const answer = await this.#attempt(request, token, attempt < attempts);
      if (answer !== undefined) {
        return answer;
      }
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await sleepFor(100 * 2 ** attempt, request.signal);
    }
    const seconds = Math.max(1, Math.ceil((this.#closedUntil - performance.now()) / 1000));
    throw new UserError(
      `Rollbar takes no more calls now: the limit of the token is reached. It can be asked again in ${seconds} s.`,
    );
  }

  /** `undefined` where it is worth another attempt. */
  async #attempt(request: RollbarRequest, token: string, mayFail: boolean): Promise<RollbarAnswer | undefined> {
    const { signal } = request;
    try {
      await this.#limit.take(signal);
      const reply = await this.#send(request, token);
      this.#noteLimit(reply);
      const { headers, status } = reply;
      const isInTrouble = status === 429 || (status >= 500 && mayFail);
      const text = await textOf(reply);
      return isInTrouble
        ? undefined
        : {
            status,
            text,
            contentType: headers.get('content-type') ?? '',
            location: headers.get('location') ?? undefined,
          };
    } catch (error) {
      signal?.throwIfAborted();
      if (mayFail && (error as { name?: string }).name !== 'TimeoutError') {
        return undefined;
      }
      throw connectionTrouble(error, { host: this.#host, setting: this.#options.setting });
    }
  }

  async #send({ method = 'GET', path, body, signal }: RollbarRequest, token: string): Promise<Response> {
    const timeout = AbortSignal.timeout(this.#options.answerMillis ?? usualAnswerMillis);
    return await fetch(new URL(`/api/1/${path}`, this.#options.endpoint), {
      method,
      headers: { 'x-rollbar-access-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // `fetch` would take our header along to wherever it is sent.
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  }

  /** "Rate limits" of Rollbar's API reference: what is left of the period, and how long it goes on. */
  #noteLimit({ status, headers }: Response): void {
    const left = headers.get('x-rate-limit-remaining');
    if (status === 429 || left === '0') {
      const seconds = Number(headers.get('retry-after') ?? headers.get('x-rate-limit-remaining-seconds') ?? 1);
      const millis = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
      this.#closedUntil = Math.max(this.#closedUntil, performance.now() + Math.min(millis, 3_600_000));
    }
  }

  /** Asked until it is known to be another, which it then stays. */
  async #refuseOwnHub(): Promise<void> {
    const { isOwnHub, endpoint, setting } = this.#options;
    if (this.#isElsewhere) {
      return;
    }
    const actions = [{ label: 'Open Settings', command: 'sightline.openSettings' }];
    if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
      throw new UserError(`The setting ${setting} is no address: "${endpoint}".`, { actions });
    }
    if (await isOwnHub(endpoint)) {
      throw new UserError(
        `The setting ${setting} (${endpoint}) is this window's own hub, not Rollbar. Leave it empty for Rollbar itself.`,
        { actions },
      );
    }
    this.#isElsewhere = true;
  }

  async #token(scope: RollbarScope): Promise<string> {
    const token = await this.#options.loadToken(scope);
    if (token === undefined) {
      throw new UserError('Reading errors from Rollbar needs a project token with the scope read.', {
        actions: [setToken],
      });
    }
    if (!/^[!-~]+$/.test(token)) {
      throw new UserError('The Rollbar token that is kept has characters that no token has. Set it again.', {
        actions: [setToken],
      });
    }
    return token;
  }

  #resultOf(answer: RollbarAnswer, { scope = 'read' }: Pick<RollbarRequest, 'scope'>, token: string): unknown {
    const parsed = parse(answer.text);
    if (answer.status !== 200 || parsed?.err !== 0) {
      throw answerTrouble(answer, { scope, token, host: this.#host, setting: this.#options.setting });
    }
    return parsed.result;
  }
}

function isOfRollbar(text: string): boolean {
  return parse(text)?.err === 1;
}

function parse(text: string): { readonly err?: unknown; readonly result?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Told by the status and the type of the answer.
    return undefined;
  }
}

async function sleepFor(millis: number, signal: AbortSignal | undefined): Promise<void> {
  if (millis > 0) {
    await sleep(millis, undefined, { ...(signal !== undefined && { signal }) }).catch(() => undefined);
  }
  signal?.throwIfAborted();
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > mostAnswerBytes) {
      throw new Error('the answer does not end');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

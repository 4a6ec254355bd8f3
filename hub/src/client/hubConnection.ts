import { readFile } from 'node:fs/promises';
import { ChangeSubscription, type ChangeListener } from './changeSubscription.ts';
import { tokenFileOf } from './dataDirectory.ts';
import { HubError } from './hubError.ts';
import { openReply, readReply, type HubRequest } from './hubHttp.ts';
import { findRunningHub } from './hubLock.ts';
import { Agent } from './nodeHttp.ts';

/**
 * Where a hub is. By its data directory, the hub is looked up there again whenever it stops answering, so that a restart
 * on another port is followed.
 */
export type HubLocation = { readonly endpoint: string; readonly token: string } | { readonly dataDir: string };

const silenceMillis = 30_000;

/**
 * The way to a hub: where it is, one keep-alive connection pool, and the change feed. Answers are JSON, of the shape that the caller knows.
 * Every method rejects with `HubError`, or with the signal's reason when it is aborted.
 */
export class HubConnection {
  readonly #location: HubLocation;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 4 });
  readonly #subscriptions = new Set<ChangeSubscription>();
  #found: { readonly endpoint: string; readonly token: string } | undefined;

  constructor(location: HubLocation) {
    this.#location = location;
  }

  async get<T>(path: string, signal: AbortSignal | undefined): Promise<T> {
    return parseBody((await this.send('GET', path, signal)).body) as T;
  }

  /** `undefined` where the hub has no such thing. */
  async find<T>(path: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const { status, body } = await this.send('GET', path, signal, { expected: [404] });
    return status === 404 ? undefined : (parseBody(body) as T);
  }

  async post<T>(path: string, body: string, signal: AbortSignal | undefined): Promise<T> {
    return parseBody((await this.send('POST', path, signal, { body })).body) as T;
  }

  async put<T>(path: string, body: string, signal: AbortSignal | undefined): Promise<T> {
    return parseBody((await this.send('PUT', path, signal, { body })).body) as T;
  }

  /** `undefined` where the hub has no such thing. */
  async patch<T>(path: string, change: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const { status, body } = await this.send('PATCH', path, signal, { expected: [404], body: change });
    return status === 404 ? undefined : (parseBody(body) as T);
  }

  /** Answers false where the hub has no such thing. */
  async remove(path: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { status } = await this.send('DELETE', path, signal, { expected: [404] });
    return status !== 404;
  }

  /** Any answer from 300 on rejects, other than those `expected`. */
  async send(
    method: HubRequest['method'],
    path: string,
    signal: AbortSignal | undefined,
    { expected = [], body: sent }: { readonly expected?: readonly number[]; readonly body?: string } = {},
  ): Promise<{ status: number; body: Buffer }> {
    try {
      const { endpoint, token } = await this.#locate();
      const headers = { authorization: `Bearer ${token}` };
      const content = sent === undefined ? {} : { body: sent };
      const asked = { endpoint, method, path, headers, ...content, agent: this.#agent, silenceMillis };
      const reply = await openReply(asked, signal);
      const status = reply.statusCode ?? 0;
      const body = await readReply(reply, signal);
      if (status >= 300 && !expected.includes(status)) {
        throw errorOf(status, body);
      }
      return { status, body };
    } catch (error) {
      if (error instanceof HubError && (error.kind === 'unreachable' || error.kind === 'unauthorized')) {
        this.#forget();
      }
      throw error;
    }
  }

  /** Follows the change feed until the returned function is called. */
  subscribe(listener: ChangeListener): () => void {
    const subscription = new ChangeSubscription({
      listener,
      locate: () => this.#locate(),
      forget: () => this.#forget(),
    });
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.dispose();
    };
  }

  /** Ends every subscription and closes the connections. */
  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#subscriptions.clear();
    this.#agent.destroy();
  }

  async #locate(): Promise<{ readonly endpoint: string; readonly token: string }> {
    this.#found ??= 'endpoint' in this.#location ? this.#location : await locateByDataDirectory(this.#location.dataDir);
    return this.#found;
  }

  #forget(): void {
    this.#found = undefined;
  }
}

async function locateByDataDirectory(dataDir: string): Promise<{ endpoint: string; token: string }> {
  // Asked for its health before it is given the token: a killed hub's port may be somebody else's by now.
  const record = await findRunningHub(dataDir);
  if (record === undefined) {
    throw new HubError('unreachable', `No Sightline hub is running on ${dataDir}.`);
  }
  try {
    return { endpoint: record.api, token: (await readFile(tokenFileOf(dataDir), 'utf8')).trim() };
  } catch (error) {
    throw new HubError('unauthorized', `The hub's token file ${tokenFileOf(dataDir)} cannot be read.`, {
      cause: error,
    });
  }
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new HubError('failed', 'The answer is not JSON: something other than a Sightline hub is there.', {
      cause: error,
    });
  }
}

function errorOf(status: number, body: Buffer): HubError {
  const message = sentenceIn(body) ?? `The hub answered with status ${status}.`;
  if (status === 401) {
    return new HubError('unauthorized', message);
  }
  return new HubError(status < 500 ? 'refused' : 'failed', message);
}

function sentenceIn(body: Buffer): string | undefined {
  try {
    const reply: unknown = JSON.parse(body.toString());
    return typeof reply === 'object' && reply !== null && 'error' in reply && typeof reply.error === 'string'
      ? reply.error
      : undefined;
  } catch {
    // Not the hub's own error body; the caller words one from the status.
    return undefined;
  }
}

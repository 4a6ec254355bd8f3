import type { IncomingMessage } from 'node:http';
import type { ChangeEvent } from './api.ts';
import { HubError } from './hubError.ts';
import { openReply } from './hubHttp.ts';
import { ServerSentEventReader } from './serverSentEvents.ts';

export type HubConnectionState = { readonly kind: 'connected' } | { readonly kind: 'lost'; readonly reason: string };

export interface ChangeListener {
  onChange(change: ChangeEvent): void;
  /** Told once per connection made or lost; a hub that cannot be reached at the start counts as lost once. */
  onState?(state: HubConnectionState): void;
}

export interface ChangeSubscriptionOptions {
  readonly listener: ChangeListener;
  readonly locate: () => Promise<{ readonly endpoint: string; readonly token: string }>;
  /** Called when what `locate` answered did not work, so that the next call looks again. */
  readonly forget: () => void;
  /** First and longest pause before another try, in milliseconds. */
  readonly pauses?: { readonly first: number; readonly longest: number };
}

// The hub sends a heartbeat every 15 s; three missed ones mean that it hangs or the machine slept.
const silenceMillis = 45_000;

/** Keeps one connection to the change feed, from its making until `dispose`. */
export class ChangeSubscription {
  readonly #options: ChangeSubscriptionOptions;
  readonly #ended = new AbortController();
  #state: HubConnectionState['kind'] | 'none' = 'none';
  #lastEventId: string | undefined;

  constructor(options: ChangeSubscriptionOptions) {
    this.#options = options;
    void this.#run();
  }

  dispose(): void {
    this.#ended.abort();
  }

  async #run(): Promise<void> {
    const { first, longest } = this.#options.pauses ?? { first: 100, longest: 5_000 };
    let pause = first;
    while (!this.#ended.signal.aborted) {
      try {
        await this.#follow(() => (pause = first));
        this.#tell({ kind: 'lost', reason: 'The hub closed the change feed.' });
      } catch (error) {
        this.#tell({ kind: 'lost', reason: error instanceof Error ? error.message : String(error) });
      }
      this.#options.forget();
      await this.#sleep(pause);
      pause = Math.min(pause * 2, longest);
    }
  }

  async #follow(onConnected: () => void): Promise<void> {
    const { endpoint, token } = await this.#options.locate();
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    if (this.#lastEventId !== undefined) {
      headers['last-event-id'] = this.#lastEventId;
    }
    const path = '/sightline/v1/changes';
    const reply = await openReply({ endpoint, method: 'GET', path, headers, silenceMillis }, this.#ended.signal);
    if (reply.statusCode !== 200) {
      reply.resume();
      throw statusError(reply.statusCode ?? 0);
    }
    onConnected();
    this.#tell({ kind: 'connected' });
    await this.#readEvents(reply);
  }

  async #readEvents(reply: IncomingMessage): Promise<void> {
    const reader = new ServerSentEventReader(({ event, data, id }) => {
      this.#lastEventId = id ?? this.#lastEventId;
      if (event === 'change' && !this.#ended.signal.aborted) {
        this.#options.listener.onChange(JSON.parse(data) as ChangeEvent);
      }
    });
    for await (const chunk of reply) {
      reader.push(chunk as Buffer);
    }
  }

  #tell(state: HubConnectionState): void {
    if (this.#ended.signal.aborted || this.#state === state.kind) {
      return;
    }
    this.#state = state.kind;
    this.#options.listener.onState?.(state);
  }

  #sleep(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#ended;
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, millis);
      signal.addEventListener('abort', wake);
    });
  }
}

function statusError(status: number): HubError {
  return status === 401
    ? new HubError('unauthorized', "The hub does not take this token: it is another hub's, or an old one.")
    : new HubError('refused', `The hub answered the change feed with status ${status}.`);
}

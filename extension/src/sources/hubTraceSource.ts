import type { ChangeEvent, RawTrace, SpanJson, TraceList, TraceTreeRows } from '@sightline/hub/client/api';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { HubError } from '@sightline/hub/client/hubError';
import { Disposable, Emitter, type Event } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { SourceState, TracePageQuery, TraceSource } from './traceSource.ts';

/** The hub of this window, as seen by those who only ask it. */
export interface HubConnection {
  /** Present while the state is `ready`; another object after the hub was replaced. */
  readonly client: HubClient | undefined;
  readonly state: SourceState;
  readonly onDidChange: Event<void>;
}

/** The traces of the local hub. The change feed is open only while somebody listens to `onDidChange`. */
export class HubTraceSource extends Disposable implements TraceSource {
  readonly label = 'Local';
  readonly capabilities = { pin: true, clear: true };
  readonly #connection: HubConnection;
  readonly #changed = this.register(new Emitter<ChangeEvent>());
  readonly #stateChanged = this.register(new Emitter<SourceState>());
  #listeners = 0;
  #feed: { readonly client: HubClient; readonly end: () => void } | undefined;
  #isFeedLost = false;
  #state: SourceState;

  constructor(connection: HubConnection) {
    super();
    this.#connection = connection;
    this.#state = connection.state;
    this.register(connection.onDidChange(() => this.#follow()));
    this.register({ dispose: () => this.#endFeed() });
  }

  get state(): SourceState {
    return this.#state;
  }

  readonly onDidChangeState: Event<SourceState> = (listener) => this.#stateChanged.event(listener);

  readonly onDidChange: Event<ChangeEvent> = (listener) => {
    const subscription = this.#changed.event(listener);
    this.#listeners += 1;
    this.#follow();
    let isOver = false;
    return {
      dispose: () => {
        subscription.dispose();
        this.#listeners -= isOver ? 0 : 1;
        isOver = true;
        this.#follow();
      },
    };
  };

  async listTraces(query: TracePageQuery, signal?: AbortSignal): Promise<TraceList> {
    const { limit, before, excludeHealthChecks } = query;
    return await this.#ask((client) =>
      client.listTraces(
        { limit, ...(before !== undefined && { before }), ...(excludeHealthChecks && { health: 'exclude' }) },
        signal,
      ),
    );
  }

  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    return await this.#ask((client) => client.loadTreeRows(traceId, signal));
  }

  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return await this.#ask((client) => client.loadSpan(traceId, spanId, signal));
  }

  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return await this.#ask((client) => client.loadRaw(traceId, signal));
  }

  async countTraces(signal?: AbortSignal): Promise<number> {
    const { traces } = await this.#ask((client) => client.stats(signal));
    return traces;
  }

  async setPinned(traceId: string, isPinned: boolean): Promise<boolean> {
    return await this.#ask((client) => client.setPinned(traceId, isPinned));
  }

  async clear(): Promise<void> {
    await this.#ask((client) => client.clearTraces());
  }

  async #ask<T>(question: (client: HubClient) => Promise<T>): Promise<T> {
    const { client } = this.#connection;
    if (client === undefined) {
      throw new UserError('The Sightline hub is not running. Start it in the Services view.', {
        actions: [{ label: 'Start', command: 'sightline.start' }],
      });
    }
    try {
      return await question(client);
    } catch (error) {
      throw error instanceof HubError ? new UserError(sentenceFor(error), { cause: error }) : error;
    }
  }

  #follow(): void {
    const wanted = this.#listeners > 0 && !this.isDisposed ? this.#connection.client : undefined;
    if (this.#feed?.client !== wanted) {
      this.#endFeed();
      this.#feed = wanted === undefined ? undefined : { client: wanted, end: this.#subscribe(wanted) };
    }
    this.#updateState();
  }

  #subscribe(client: HubClient): () => void {
    return client.subscribe({
      onChange: (change) => this.#changed.fire(change),
      onState: (state) => {
        // What was missed meanwhile is unknown: listeners that hear `ready` look again at all they show.
        this.#isFeedLost = state.kind === 'lost';
        this.#updateState();
      },
    });
  }

  #endFeed(): void {
    this.#feed?.end();
    this.#feed = undefined;
    this.#isFeedLost = false;
  }

  #updateState(): void {
    const { state: hubState } = this.#connection;
    const state: SourceState =
      hubState.kind === 'ready' && this.#isFeedLost ? { kind: 'failed', message: lostSentence } : hubState;
    if (!isSameState(this.#state, state)) {
      this.#state = state;
      this.#stateChanged.fire(state);
    }
  }
}

const lostSentence = 'The Sightline hub does not answer; trying again. The Services view can restart it.';

function sentenceFor(error: HubError): string {
  switch (error.kind) {
    case 'unreachable':
      return lostSentence;
    case 'unauthorized':
      return `${error.message} Restart the hub in the Services view.`;
    case 'refused':
    case 'failed':
      return error.message;
  }
}

function isSameState(one: SourceState, other: SourceState): boolean {
  return one.kind === other.kind && (one.kind !== 'failed' || other.kind !== 'failed' || one.message === other.message);
}

import type { ChangeEvent } from '@sightline/hub/client/api';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { HubError } from '@sightline/hub/client/hubError';
import { Disposable, Emitter, type Event } from '../lifetime.ts';
import type { HubState } from '../services/hubState.ts';
import { UserError } from '../userError.ts';
import { localLabel, type SourceState } from './traceSource.ts';

/** The window's relation to its hub, as seen by those who only ask the hub. */
export interface HubPresence {
  readonly state: HubState;
  readonly onDidChange: Event<HubState>;
}

/** What every source behind the local hub has in common. The change feed is open only while somebody listens to `onDidChange`. */
export abstract class HubSource extends Disposable {
  readonly label = localLabel;
  readonly #presence: HubPresence;
  readonly #client: HubClient;
  readonly #changed = this.register(new Emitter<ChangeEvent>(() => this.#follow()));
  readonly #stateChanged = this.register(new Emitter<SourceState>());
  #endFeed: (() => void) | undefined;
  #isFeedLost = false;
  #state: SourceState;

  /** `client` finds the hub by its data directory, so that it follows a restart; it stays the caller's. */
  constructor(presence: HubPresence, client: HubClient) {
    super();
    this.#presence = presence;
    this.#client = client;
    this.#state = sourceStateOf(presence.state);
    this.register(presence.onDidChange(() => this.#follow()));
    this.register({ dispose: () => this.#endFeed?.() });
  }

  get state(): SourceState {
    return this.#state;
  }

  readonly onDidChangeState: Event<SourceState> = (listener) => this.#stateChanged.event(listener);

  readonly onDidChange: Event<ChangeEvent> = this.#changed.event;

  /** Puts a question to the hub, if it runs; rejects with a `UserError` where a person can do something about it. */
  protected async ask<T>(question: (client: HubClient) => Promise<T>): Promise<T> {
    if (this.#presence.state.kind !== 'running') {
      throw new UserError('The Sightline hub is not running. Start it in the Services view.', {
        actions: [{ label: 'Start', command: 'sightline.start' }],
      });
    }
    try {
      return await question(this.#client);
    } catch (error) {
      throw error instanceof HubError ? new UserError(sentenceFor(error), { cause: error }) : error;
    }
  }

  #follow(): void {
    const isWanted = this.#changed.hasListeners && !this.isDisposed && this.#presence.state.kind === 'running';
    if (isWanted) {
      this.#endFeed ??= this.#subscribe();
    } else {
      this.#endFeed?.();
      this.#endFeed = undefined;
      this.#isFeedLost = false;
    }
    this.#updateState();
  }

  #subscribe(): () => void {
    return this.#client.subscribe({
      onChange: (change) => this.#changed.fire(change),
      onState: (state) => {
        this.#isFeedLost = state.kind === 'lost';
        this.#updateState();
        if (state.kind === 'connected') {
          this.#changed.fire(anything);
        }
      },
    });
  }

  #updateState(): void {
    const state = this.#isFeedLost ? lost : sourceStateOf(this.#presence.state);
    if (!isSameState(this.#state, state)) {
      this.#state = state;
      this.#stateChanged.fire(state);
    }
  }
}

/** For when the feed has begun: what changed between a listener's first question and now is not known. */
const anything: ChangeEvent = {
  revision: 0,
  traces: 'many',
  logs: true,
  errors: true,
  sampling: true,
  problems: true,
  removed: true,
};

const lost = {
  kind: 'failed',
  message: 'The Sightline hub does not answer; trying again. The Services view can restart it.',
} as const;

function sourceStateOf(state: HubState): SourceState {
  switch (state.kind) {
    case 'off':
    case 'stopped':
      return { kind: 'stopped' };
    case 'starting':
      return { kind: 'connecting' };
    case 'running':
      return { kind: 'ready' };
    case 'lost':
      return lost;
    case 'failed':
      return { kind: 'failed', message: state.message };
  }
}

function sentenceFor(error: HubError): string {
  switch (error.kind) {
    case 'unreachable':
      return lost.message;
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

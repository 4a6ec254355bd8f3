import type { ChangeEvent } from '@sightline/hub/client/api';
import { Disposable, Emitter, type Disposer, type Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/** What the sources of all subjects have in common. */
export interface LiveSource {
  readonly label: string;
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  readonly onDidChange: Event<ChangeEvent>;
}

/**
 * One of several sources of a subject, whichever is chosen: the views hold on to this, and are told of another one as of a change of its state.
 * Invariant: an answer is always that of the source that is chosen when it is given.
 */
export abstract class SwitchedSource<S extends LiveSource> extends Disposable {
  readonly #stateChanged = this.register(new Emitter<SourceState>());
  readonly #listeners = new Map<(change: ChangeEvent) => unknown, Disposer>();
  #chosen: S;
  #stateFeed: Disposer;

  constructor(first: S) {
    super();
    this.#chosen = first;
    this.#stateFeed = this.#followState();
    this.register({ dispose: () => this.#stateFeed.dispose() });
    this.register({ dispose: () => this.#listeners.forEach((feed) => feed.dispose()) });
  }

  get label(): string {
    return this.#chosen.label;
  }

  get state(): SourceState {
    return this.#chosen.state;
  }

  readonly onDidChangeState: Event<SourceState> = (listener) => this.#stateChanged.event(listener);

  readonly onDidChange: Event<ChangeEvent> = (listener) => {
    // A function of its own, so that one listener may subscribe twice.
    const own = (change: ChangeEvent): unknown => listener(change);
    this.#listeners.set(own, this.#chosen.onDidChange(own));
    return {
      dispose: () => {
        this.#listeners.get(own)?.dispose();
        this.#listeners.delete(own);
      },
    };
  };

  /** Asks another source from now on. */
  choose(source: S): void {
    if (source === this.#chosen) {
      return;
    }
    this.#stateFeed.dispose();
    this.#listeners.forEach((feed) => feed.dispose());
    this.#chosen = source;
    this.#stateFeed = this.#followState();
    this.#stateChanged.fire(source.state);
    for (const listener of this.#listeners.keys()) {
      this.#listeners.set(listener, source.onDidChange(listener));
      listener(anything);
    }
  }

  protected get chosen(): S {
    return this.#chosen;
  }

  /** Puts a question to the chosen source, and to the next one where another is chosen before the answer is there. */
  protected async ask<T>(question: (source: S) => Promise<T>): Promise<T> {
    for (;;) {
      const source = this.#chosen;
      try {
        // oxlint-disable-next-line no-await-in-loop -- asked again only where the answer is of no use.
        const answer = await question(source);
        if (source === this.#chosen) {
          return answer;
        }
      } catch (error) {
        if (source === this.#chosen) {
          throw error;
        }
      }
    }
  }

  #followState(): Disposer {
    return this.#chosen.onDidChangeState((state) => this.#stateChanged.fire(state));
  }
}

const anything: ChangeEvent = {
  revision: 0,
  traces: 'many',
  logs: true,
  errors: true,
  sampling: true,
  problems: true,
  removed: true,
};

import type { ChangeEvent } from '@sightline/hub/client/api';
import { Disposable, Emitter, type Disposer, type Event } from '../lifetime.ts';
import type { Pacer } from './liveQuestion.ts';
import type { SourceState } from './traceSource.ts';

export interface PollPace {
  readonly clock: Pacer;
  /** Views are told at this pace, in milliseconds, that there may be more; they ask only while a person sees them. */
  readonly pollMillis: number;
}

/** A source that nobody tells of changes. Nothing is called until a view asks. */
export abstract class PolledSource extends Disposable {
  readonly state: SourceState = { kind: 'ready' };
  readonly #changed = this.register(new Emitter<ChangeEvent>(() => this.#follow()));
  readonly #pace: PollPace;
  readonly #change: ChangeEvent;
  #timer: Disposer | undefined;

  /** `change` is what there may be more of. */
  constructor(pace: PollPace, change: Partial<ChangeEvent>) {
    super();
    this.#pace = pace;
    this.#change = { ...nothing, ...change };
    this.register({ dispose: () => this.#timer?.dispose() });
  }

  /** Never fires: there is always somebody to ask, and a call that fails says so itself. */
  readonly onDidChangeState: Event<SourceState> = () => ({ dispose: () => undefined });

  readonly onDidChange: Event<ChangeEvent> = this.#changed.event;

  /** Whether views may be told now; a source whose calls cost something has its own answer. */
  protected mayPoll(): boolean {
    return true;
  }

  #follow(): void {
    const { clock, pollMillis } = this.#pace;
    if (this.#changed.hasListeners && !this.isDisposed) {
      this.#timer ??= clock.every(pollMillis, () => {
        if (this.mayPoll()) {
          this.#changed.fire(this.#change);
        }
      });
    } else {
      this.#timer?.dispose();
      this.#timer = undefined;
    }
  }
}

const nothing: ChangeEvent = {
  revision: 0,
  traces: [],
  logs: false,
  errors: false,
  sampling: false,
  problems: false,
  removed: false,
};

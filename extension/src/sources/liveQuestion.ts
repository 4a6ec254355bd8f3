import { Disposable, type Disposer, type Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/** Time, as a parameter. */
export interface Pacer {
  /** Calls back at this pace until disposed. */
  every(millis: number, callback: () => void): Disposer;
}

export interface LiveQuestionOptions<Change> {
  readonly source: {
    readonly state: SourceState;
    readonly onDidChangeState: Event<SourceState>;
    readonly onDidChange: Event<Change>;
  };
  readonly clock: Pacer;
  /** Whether a change makes the last answer an old one. */
  readonly concerns: (change: Change) => boolean;
  /** Asks, and keeps the answer. Must not reject. */
  readonly ask: () => Promise<void>;
  /** Called when the view is shown, and at this pace, in milliseconds, for as long as it is. */
  readonly tick: () => void;
  readonly pace: number;
}

/**
 * A question whose answer a view shows, asked again whenever it is an old one.
 * Invariant: at most one is under way, and none is asked by itself while the view is hidden.
 */
export class LiveQuestion<Change> extends Disposable {
  readonly #options: LiveQuestionOptions<Change>;
  #isVisible = false;
  #isWanted = true;
  #feed: Disposer | undefined;
  #timer: Disposer | undefined;
  #asking: Promise<void> | undefined;

  constructor(options: LiveQuestionOptions<Change>) {
    super();
    this.#options = options;
    this.register(options.source.onDidChangeState(() => this.want()));
    this.register({ dispose: () => this.#feed?.dispose() });
    this.register({ dispose: () => this.#timer?.dispose() });
  }

  setVisible(isVisible: boolean): void {
    if (this.#isVisible === isVisible) {
      return;
    }
    this.#isVisible = isVisible;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (isVisible) {
      const { clock, pace, tick } = this.#options;
      this.#follow();
      tick();
      this.#timer = clock.every(pace, tick);
      this.#start();
    }
  }

  /** Settles once the answer is the current one, also while hidden; at once where there is no source to ask. */
  async whenCurrent(): Promise<void> {
    this.#start();
    await this.#asking;
  }

  /** Asks again. Settles when the answer is there. */
  async refresh(): Promise<void> {
    this.#isWanted = true;
    await this.whenCurrent();
  }

  /** The answer is an old one: asks again, at once or when the view is shown. */
  want(): void {
    this.#isWanted = true;
    if (this.#isVisible) {
      this.#start();
    }
  }

  /** Once begun it goes on while the view is hidden, and only says that there is something to ask for. */
  #follow(): void {
    if (this.#feed === undefined) {
      // What changed before anybody listened is not known.
      this.#isWanted = true;
      const { source, concerns } = this.#options;
      this.#feed = source.onDidChange((change) => {
        if (concerns(change)) {
          this.want();
        }
      });
    }
  }

  #start(): void {
    if (this.#options.source.state.kind === 'ready' && this.#isWanted) {
      this.#asking ??= this.#askUntilCurrent().finally(() => (this.#asking = undefined));
    }
  }

  async #askUntilCurrent(): Promise<void> {
    do {
      this.#isWanted = false;
      await this.#options.ask();
    } while (this.#isWanted && this.#isVisible && !this.isDisposed);
  }
}

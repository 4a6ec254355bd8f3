import { Disposable, Emitter } from '../lifetime.ts';
import { LiveQuestion, type Pacer } from '../sources/liveQuestion.ts';
import type { KnownRule, KnownRules, SamplingChanged, SamplingSource } from '../sources/samplingSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';

/** All that the Sampling view shows. */
export interface SamplingState {
  readonly source: SourceState;
  /** `undefined` until the first answer. */
  readonly sampling: KnownRules | undefined;
  /** Why the last question failed, as a sentence. */
  readonly failure: string | undefined;
}

/** SDKs report every ten seconds; asked in between, the counts would be the same. */
const countsPace = 10_000;

/** Keeps the rules of the Sampling view, and how often they match, up to date. */
export class SamplingController extends Disposable {
  readonly #changed = this.register(new Emitter<SamplingState>());
  readonly onDidChange = this.#changed.event;
  readonly source: SamplingSource;
  readonly #ended = new AbortController();
  readonly #question: LiveQuestion<SamplingChanged>;
  /** Of the source that the rules are of. */
  #label: string;
  #state: SamplingState;

  constructor(source: SamplingSource, clock: Pacer) {
    super();
    this.source = source;
    this.#state = { source: source.state, sampling: undefined, failure: undefined };
    this.#label = source.label;
    this.register(source.onDidChangeState(() => this.#onSourceState()));
    this.register({ dispose: () => this.#ended.abort() });
    this.#question = this.register(
      new LiveQuestion({
        source,
        clock,
        concerns: ({ sampling }) => sampling === true,
        ask: () => this.#ask(),
        // The counts grow old without a change, also while the view is hidden. Elsewhere the source says when it is time.
        tick: () => source.isShared || this.#question.want(),
        pace: countsPace,
      }),
    );
  }

  get state(): SamplingState {
    return this.#state;
  }

  setVisible(isVisible: boolean): void {
    this.#question.setVisible(isVisible);
  }

  async whenCurrent(): Promise<void> {
    await this.#question.whenCurrent();
  }

  async refresh(): Promise<void> {
    await this.#question.refresh();
  }

  ruleOf(name: string): KnownRule | undefined {
    return ruleIn(this.#state, name);
  }

  #onSourceState(): void {
    const { label, state } = this.source;
    const isOther = label !== this.#label;
    this.#label = label;
    this.#set({ source: state, failure: undefined, ...(isOther && { sampling: undefined }) });
  }

  async #ask(): Promise<void> {
    try {
      const sampling = await this.source.listRules(this.#ended.signal);
      this.#set({ sampling, failure: undefined });
    } catch (error) {
      const failure = error instanceof UserError ? error.message : `The rules could not be loaded: ${String(error)}`;
      this.#set({ failure });
    }
  }

  #set(change: Partial<SamplingState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.isDisposed) {
      this.#changed.fire(this.#state);
    }
  }
}

export function ruleIn({ sampling }: SamplingState, name: string): KnownRule | undefined {
  return sampling?.rules.find(({ rule }) => rule.RuleName === name);
}

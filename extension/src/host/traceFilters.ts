import { filterHintsOf } from '@sightline/telemetry/language/filterExpressionHints';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { emptyVocabulary, type FilterVocabulary } from '@sightline/telemetry/language/filterExpressionSuggestions';
import { Disposable, Emitter } from '../lifetime.ts';
import type { FilterSource } from '../sources/filterSource.ts';
import { UserError } from '../userError.ts';
import { filterTroubleOf } from './traceFilterText.ts';
import type { TracesController } from './tracesController.ts';

/** What a window remembers; the editor's `Memento` is one. */
export interface FilterMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const longestHistory = 30;
const filterKey = 'traces.filter';
const historyKey = 'traces.filterHistory';

/** The filter that was on when the window was left. */
export function rememberedFilter(memory: FilterMemory): string {
  const filter = memory.get(filterKey);
  return typeof filter === 'string' ? filter : '';
}

/** The filters of the Traces view: the one that is on, those before it, and why it may find nothing. */
export class TraceFilters extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly source: FilterSource;
  readonly #controller: TracesController;
  readonly #memory: FilterMemory;
  #history: readonly string[];
  /** Of the filter that it was asked for. */
  #hints: { readonly filter: string; readonly hints: readonly string[] } = { filter: '', hints: [] };

  constructor(source: FilterSource, controller: TracesController, memory: FilterMemory) {
    super();
    this.source = source;
    this.#controller = controller;
    this.#memory = memory;
    const history = memory.get(historyKey);
    this.#history = Array.isArray(history) ? history.filter((each) => typeof each === 'string') : [];
    this.register(controller.onDidChange(() => this.#onChange()));
  }

  /** Filters that were chosen before, the last one first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** Why nothing was found, in sentences, where that can be told. */
  get hints(): readonly string[] {
    const { filter, rows } = this.#controller.state;
    return rows.length === 0 && this.#hints.filter === filter ? this.#hints.hints : [];
  }

  /** Shows the traces that fulfil the filter. `isChosen`: it goes into the history. Throws `UserError` for one that is wrong. */
  apply(filter: string, { isChosen }: { readonly isChosen: boolean }): void {
    const text = filter.trim();
    const trouble = text === '' ? undefined : filterTroubleOf(text);
    if (trouble !== undefined) {
      throw new UserError(`This is no filter expression. ${trouble}`);
    }
    if (isChosen && text !== '') {
      this.#history = [text, ...this.#history.filter((each) => each !== text)].slice(0, longestHistory);
      void this.#memory.update(historyKey, this.#history);
    }
    void this.#memory.update(filterKey, text);
    this.#controller.filterBy(text);
    this.#changed.fire();
  }

  /** What could be typed; without what was seen where that is not to be had. */
  async loadVocabulary(): Promise<FilterVocabulary> {
    try {
      return await this.source.loadVocabulary();
    } catch (error) {
      if (error instanceof UserError) {
        // The grammar's own words are still worth offering, and the view says by itself that the hub is away.
        return emptyVocabulary;
      }
      throw error;
    }
  }

  #onChange(): void {
    const { filter, isLoaded, isSearching, rows } = this.#controller.state;
    const isInVain = filter !== '' && isLoaded && !isSearching && rows.length === 0;
    if (isInVain && this.#hints.filter !== filter) {
      this.#hints = { filter, hints: [] };
      void this.#explain(filter);
    }
  }

  async #explain(filter: string): Promise<void> {
    if (!parseFilterExpression(filter).ok) {
      return;
    }
    const hints = filterHintsOf(filter, await this.loadVocabulary());
    if (this.#hints.filter === filter && !this.isDisposed) {
      this.#hints = { filter, hints };
      this.#changed.fire();
    }
  }
}

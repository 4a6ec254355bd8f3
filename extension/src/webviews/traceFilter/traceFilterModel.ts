import type { FilterExpressionError } from '@sightline/telemetry/language/filterExpression';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import {
  applySuggestion,
  emptyVocabulary,
  suggestionsAt,
  type FilterSuggestion,
  type FilterSuggestions,
  type FilterVocabulary,
} from '@sightline/telemetry/language/filterExpressionSuggestions';
import { Peer, type Wire } from '../../contracts/peer.ts';
import type { TraceFilterNews, TraceFilterQuestions, TraceFilterStatus } from '../../contracts/traceFilter.ts';
import type { FilterKey } from './keys.ts';

/** Calls back after a while, unless the result is called before. */
export type After = (millis: number, callback: () => void) => () => void;

/** How long somebody must stop typing before a filter is applied. */
const typingMillis = 300;
const mostSuggestions = 60;

/** The filter box without its looks: the text, what could be typed next, what is wrong, and what was found. */
export class TraceFilterModel {
  text = '';
  caret = 0;
  /** Where the cursor is to be put, after the text was changed by other means than typing. */
  caretToPlace: number | undefined;
  /** The suggestion that Enter would take, `-1` for none. */
  active = -1;
  isOpen = false;
  /** Somebody pressed Enter on what is not complete, so that it is an error by now. */
  #isInsisted = false;
  #status: TraceFilterStatus = { filter: '', history: [], found: 0, isMore: false, isSearching: false, hints: [] };
  #vocabulary: FilterVocabulary = emptyVocabulary;
  #trouble: string | undefined;
  /** Where in the history the text is from, `-1` for nowhere. */
  #historyAt = -1;
  /** What had been typed before somebody went through the history. */
  #draft = '';
  #cancelTyping: (() => void) | undefined;
  /** The filter that was asked for last, so that those of others are told from it. */
  #asked = '';
  readonly #peer: Peer<TraceFilterNews, TraceFilterQuestions>;
  readonly #after: After;
  readonly #onChange: () => void;

  constructor(wire: Wire, { onChange, onFocus, after }: { onChange: () => void; onFocus: () => void; after: After }) {
    this.#onChange = onChange;
    this.#after = after;
    this.#peer = new Peer<TraceFilterNews, TraceFilterQuestions>(wire, {
      status: (status) => this.#onStatus(status),
      focus: () => {
        onFocus();
        return undefined;
      },
    });
    void this.#begin();
  }

  dispose(): void {
    this.#cancelTyping?.();
    this.#peer.dispose();
  }

  get status(): TraceFilterStatus {
    return this.#status;
  }

  /** What is wrong with the text, if anything. */
  get wrong(): FilterExpressionError | undefined {
    if (this.text.trim() === '') {
      return undefined;
    }
    const parsed = parseFilterExpression(this.text);
    return parsed.ok ? undefined : parsed.error;
  }

  /** The text may only need more typing, as at its end or in a word that becomes one of the suggestions: that is no error yet. */
  get isUnfinished(): boolean {
    const { wrong } = this;
    if (wrong === undefined || this.#isInsisted) {
      return false;
    }
    const isAtEnd = wrong.column - 1 + wrong.length >= this.text.length;
    return wrong.length === 0 || (isAtEnd && this.suggestions.length > 0);
  }

  /** Why the filter could not be applied, as a sentence. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get suggestions(): readonly FilterSuggestion[] {
    return this.isOpen ? this.#suggestionsHere().items.slice(0, mostSuggestions) : [];
  }

  /** The box was entered: what can be suggested may have changed since it was left. */
  entered(): void {
    void this.#ask(async () => {
      this.#vocabulary = await this.#peer.ask('vocabulary', undefined);
    });
  }

  left(): void {
    this.#close();
    this.#onChange();
  }

  typed(text: string, caret: number): void {
    this.#setText(text, caret);
    this.#historyAt = -1;
    this.#open();
    this.#applySoon();
  }

  moved(caret: number): void {
    if (caret !== this.caret) {
      this.caret = caret;
      this.#close();
      this.#onChange();
    }
  }

  /** Answers false for a key that is left to the browser. */
  press(key: FilterKey): boolean {
    const isHandled = this.#press(key);
    if (isHandled) {
      this.#onChange();
    }
    return isHandled;
  }

  choose(index: number): void {
    const suggestion = this.suggestions[index];
    if (suggestion === undefined) {
      return;
    }
    const { text, offset } = applySuggestion(this.text, this.#suggestionsHere(), suggestion);
    this.#putText(text, offset);
    // Behind a value the expression may be complete; behind anything else something is to come.
    this.#close();
    if (suggestion.kind !== 'value') {
      this.#open();
    }
    this.#applySoon();
  }

  clear(): void {
    this.#putText('', 0);
    this.#close();
    this.#apply(true);
  }

  stop(): void {
    void this.#ask(() => this.#peer.ask('stop', undefined));
  }

  #press(key: FilterKey): boolean {
    switch (key) {
      case 'enter':
        if (this.active >= 0) {
          this.choose(this.active);
        } else {
          this.#insist();
        }
        return true;
      case 'escape':
        if (this.isOpen && this.suggestions.length > 0) {
          this.#close();
        } else {
          this.clear();
        }
        return true;
      case 'take':
        if (this.active < 0) {
          return false;
        }
        this.choose(this.active);
        return true;
      case 'suggest':
        this.isOpen = true;
        this.active = this.suggestions.length > 0 ? 0 : -1;
        return true;
      case 'up':
        this.#step(-1);
        return true;
      case 'down':
        this.#step(1);
        return true;
    }
  }

  #insist(): void {
    this.#close();
    this.#isInsisted = true;
    if (this.wrong === undefined) {
      this.#apply(true);
    }
  }

  /** Through the suggestions while they are shown, else through the history: upwards is back in time. */
  #step(by: 1 | -1): void {
    const { length } = this.suggestions;
    if (length > 0) {
      this.active = this.active < 0 ? (by === 1 ? 0 : length - 1) : (this.active + by + length) % length;
      return;
    }
    const { history } = this.#status;
    const at = this.#historyAt - by;
    if (at < -1 || at >= history.length) {
      return;
    }
    if (this.#historyAt === -1) {
      this.#draft = this.text;
    }
    this.#historyAt = at;
    const text = history[at] ?? this.#draft;
    this.#putText(text, text.length);
    this.#applySoon();
  }

  #setText(text: string, caret: number): void {
    this.text = text;
    this.caret = caret;
    this.#isInsisted = false;
    this.#trouble = undefined;
  }

  #putText(text: string, caret: number): void {
    this.#setText(text, caret);
    this.caretToPlace = caret;
  }

  #open(): void {
    // An empty box is for the history, and for reading what is in it.
    this.isOpen = this.text.trim() !== '' && this.#suggestionsHere().items.length > 0;
    this.active = -1;
  }

  #close(): void {
    this.isOpen = false;
    this.active = -1;
  }

  #suggestionsHere(): FilterSuggestions {
    return suggestionsAt(this.text, this.caret, this.#vocabulary);
  }

  /** Only what is right is applied while somebody types. */
  #applySoon(): void {
    this.#cancelTyping?.();
    this.#cancelTyping = this.#after(typingMillis, () => {
      if (this.wrong === undefined) {
        this.#apply(false);
      }
    });
    this.#onChange();
  }

  #apply(isChosen: boolean): void {
    this.#cancelTyping?.();
    this.#onChange();
    const filter = this.text.trim();
    this.#asked = filter;
    void this.#ask(() => this.#peer.ask('apply', { filter, isChosen }));
  }

  #onStatus(status: TraceFilterStatus): undefined {
    if (status.filter !== this.#status.filter && status.filter !== this.#asked) {
      // A command, or a row, chose it.
      this.#cancelTyping?.();
      this.#asked = status.filter;
      this.#putText(status.filter, status.filter.length);
      this.#close();
    }
    this.#status = status;
    this.#onChange();
  }

  async #begin(): Promise<void> {
    await this.#ask(async () => {
      const { status, vocabulary } = await this.#peer.ask('begin', undefined);
      this.#status = status;
      this.#vocabulary = vocabulary;
      if (this.text === '') {
        this.#asked = status.filter;
        this.#putText(status.filter, status.filter.length);
      }
    });
  }

  async #ask(question: () => Promise<unknown>): Promise<void> {
    try {
      await question();
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
    this.#onChange();
  }
}

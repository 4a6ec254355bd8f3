import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import type { LogTableChoice } from '../../contracts/logTable.ts';
import type { BarEvents, BarState } from './bar.ts';
import { fieldsOf } from './logRow.ts';
import type { LogTableModel } from './logTableModel.ts';
import { timeRangeOf, type TimeRangeKey } from './timeRange.ts';

/** How long somebody must stop typing before the pattern is applied. */
const typingMillis = 400;
const mostFieldChoices = 60;

/** What is chosen in the bar above the table, on its way to the model. */
export class LogTableBar {
  /** Fields of JSON messages that are columns. */
  fields: readonly string[] = [];
  isWrapped = false;
  readonly #model: LogTableModel;
  readonly #onChange: () => void;
  readonly #onChoice: (choice: LogTableChoice) => void;
  /** What is in the box, where it is not what is shown. */
  #typed: string | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #fieldChoices: readonly string[] = [];
  #range: TimeRangeKey = 'all';
  #custom = { from: '', to: '' };

  constructor(model: LogTableModel, onChange: () => void, onChoice: (choice: LogTableChoice) => void) {
    this.#model = model;
    this.#onChange = onChange;
    this.#onChoice = onChoice;
  }

  get state(): BarState {
    const { choice, find, isFinding, isFollowing, waiting } = this.#model;
    const pattern = this.#typed ?? choice.pattern;
    const parsed = parseFilterPattern(pattern);
    return {
      pattern,
      wrong: parsed.ok ? undefined : parsed.error,
      range: this.#range,
      custom: this.#custom,
      find,
      isFinding,
      fields: this.fields,
      fieldChoices: this.#fieldChoices,
      isWrapped: this.isWrapped,
      isFollowing,
      waiting,
    };
  }

  readonly events: BarEvents = {
    pattern: (text) => {
      this.#typed = text;
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.events.applyPattern(), typingMillis);
      this.#onChange();
    },
    applyPattern: () => {
      clearTimeout(this.#typing);
      const typed = this.#typed?.trim();
      if (typed !== undefined && typed !== this.#model.choice.pattern && parseFilterPattern(typed).ok) {
        this.#choose(typed);
      }
    },
    range: (key) => {
      this.#range = key;
      this.#choose(this.#model.choice.pattern);
    },
    custom: (ends) => {
      this.#custom = ends;
      this.#choose(this.#model.choice.pattern);
    },
    find: (text) => {
      this.#model.find = text;
      this.#onChange();
    },
    findNext: (direction) => void this.#model.findNext(direction),
    openFields: (isOpen) => {
      this.#fieldChoices = isOpen ? this.#fieldNames() : [];
      this.#onChange();
    },
    field: (name, isShown) => {
      this.fields = isShown ? [...this.fields, name] : this.fields.filter((each) => each !== name);
      this.#onChange();
    },
    wrap: () => {
      this.isWrapped = !this.isWrapped;
      this.#model.viewport.forgetMeasures();
      this.#onChange();
    },
    copy: () => void this.#model.copy(),
    save: () => void this.#model.save(),
    follow: (isFollowing) => void this.#model.follow(isFollowing),
  };

  #choose(pattern: string): void {
    const choice = { pattern, ...timeRangeOf(this.#range, Date.now(), this.#custom) };
    this.#onChoice(choice);
    this.#typed = undefined;
    void this.#model.choose(choice);
  }

  #fieldNames(): readonly string[] {
    const names = new Set(this.fields);
    for (const row of this.#model.cache.known()) {
      for (const name of fieldsOf(row).keys()) {
        names.add(name);
      }
      if (names.size >= mostFieldChoices) {
        break;
      }
    }
    return [...names];
  }
}

/** Whether a value is a time, which is written as a date; known before the query runs. */
export type ValueType = 'time' | 'other';

interface Slot {
  readonly index: number;
  readonly type: ValueType;
}

/** The names that a command can use, and where in a row their values are. */
export class Scope {
  /** Whether rows are events, with the fields of events; after `stats` they are not. */
  readonly hasEvents: boolean;
  readonly #slots = new Map<string, Slot>();

  constructor(hasEvents: boolean) {
    this.hasEvents = hasEvents;
  }

  find(name: string): Slot | undefined {
    return this.#slots.get(name);
  }

  /** Gives a name its slot; a name that is given again gets a new one. */
  declare(name: string, type: ValueType): number {
    const index = this.#next++;
    this.#slots.set(name, { index, type });
    return index;
  }

  #next = 0;
}

/** Something in a payload that could not be taken as it stands, and where it is. */
export interface Problem {
  /** A path into the payload, such as `resourceSpans[0].scopeSpans[2].spans[7].traceId` or `subsegments[1].start_time`. */
  readonly place: string;
  /** One sentence for the person who wrote the sender. */
  readonly message: string;
}

/** What could be read, and what could not; of very many problems the first ones (`countProblems`). Decoders never throw. */
export interface Decoded<T> {
  readonly records: readonly T[];
  readonly problems: readonly Problem[];
}

/** As many as a person reads of one payload; a hostile one could have millions. */
const keptProblems = 100;

/** The first problems of a payload; those behind them are only counted. */
export class ProblemList extends Array<Problem> {
  /** What is made of one by `map` or `filter` is an ordinary array. */
  static override readonly [Symbol.species] = Array;
  #omitted = 0;

  /** Problems that are counted, but not kept. */
  get omitted(): number {
    return this.#omitted;
  }

  /** Whether further problems are only counted. */
  get isFull(): boolean {
    return this.length >= keptProblems;
  }

  override push(...problems: Problem[]): number {
    for (const problem of problems) {
      if (this.isFull) {
        this.#omitted += 1;
      } else {
        super.push(problem);
      }
    }
    return this.length;
  }

  /** Counts a problem of which nobody will read more; only where the list is full. */
  omit(): void {
    this.#omitted += 1;
  }
}

/** How many problems there were, those that are not kept included. */
export function countProblems(problems: readonly Problem[]): number {
  return problems.length + (problems instanceof ProblemList ? problems.omitted : 0);
}

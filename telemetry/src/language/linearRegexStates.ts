import { holdsAt, type Place } from './linearRegexThreads.ts';
import type { RegexProgram } from './linearRegexProgram.ts';

/** Which of the states a text has led to matters for yes or no; each such set of states is a number here. */
export const unknownState = -1;
/** The text matches, whatever follows. */
export const acceptedState = -2;

/** More sets than this are not kept: a few expressions have exponentially many. */
const mostSets = 500;

/** Marks a state that belongs to the set, beside 1 for those only passed through. */
const kept = 2;

const inTheMiddle: Place = { atStart: false, atEnd: false, atWordEdge: false };
const atTheStart: Place = { atStart: true, atEnd: false, atWordEdge: false };
const atTheEnd: Place = { atStart: false, atEnd: true, atWordEdge: false };

/**
 * The automaton made deterministic, as far as the texts need it, for expressions without `\b`.
 * One table look-up a character; when there are too many sets it forgets all and begins again, so its size is bounded.
 */
export class StateTable {
  /** For state s and symbol c at s * symbolCount + c: the next state, `unknownState` or `acceptedState`. */
  readonly transitions: Int32Array;
  readonly #seen: Uint8Array;
  #sets: Int32Array[] = [];
  /** The sets of each hash. */
  #numbers = new Map<number, number[]>();
  /** How often all was forgotten: a number from before means nothing after. */
  #forgotten = 0;
  #start: number | undefined;
  #acceptsAtEnd: (boolean | undefined)[] = [];

  readonly #program: RegexProgram;

  constructor(program: RegexProgram) {
    this.#program = program;
    this.transitions = new Int32Array(mostSets * program.symbolCount).fill(unknownState);
    this.#seen = new Uint8Array(program.instructions.length);
  }

  /** The state before the first character. */
  start(): number {
    this.#start ??= this.#numberOf(this.#closure([this.#program.start], atTheStart));
    return this.#start;
  }

  /** The state after one more character, which the table did not know. */
  step(from: number, symbol: number): number {
    const reached: number[] = [];
    for (const state of this.#sets[from] ?? []) {
      const instruction = this.#program.instructions[state];
      if (instruction?.kind === 'consume' && instruction.symbols[symbol] === 1) {
        reached.push(instruction.next);
      }
    }
    // A match may begin anywhere.
    reached.push(this.#program.start);
    const forgotten = this.#forgotten;
    const to = this.#numberOf(this.#closure(reached, inTheMiddle));
    if (forgotten === this.#forgotten) {
      this.transitions[from * this.#program.symbolCount + symbol] = to;
    }
    return to;
  }

  /** Whether a text that ends in this state matches. */
  acceptsAtEnd(state: number, isEmpty: boolean): boolean {
    if (isEmpty) {
      return this.#closure([this.#program.start], { atStart: true, atEnd: true, atWordEdge: false }) === 'accepted';
    }
    return (this.#acceptsAtEnd[state] ??= this.#closure(this.#sets[state] ?? [], atTheEnd) === 'accepted');
  }

  /** All that is reached without a character. An edge that does not hold here stays, since the end may make it hold. */
  #closure(from: Iterable<number>, place: Place): Int32Array | 'accepted' {
    const { instructions } = this.#program;
    const seen = this.#seen.fill(0);
    const pending = [...from];
    let size = 0;
    for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
      const instruction = instructions[state];
      if (instruction === undefined || seen[state] !== 0) {
        continue;
      }
      seen[state] = 1;
      switch (instruction.kind) {
        case 'accept':
          return 'accepted';
        case 'consume':
          seen[state] = kept;
          size++;
          break;
        case 'save':
          pending.push(instruction.next);
          break;
        case 'split':
          pending.push(instruction.next, instruction.other);
          break;
        case 'edge':
          if (holdsAt(instruction.edge, place)) {
            pending.push(instruction.next);
          } else if (instruction.edge === 'end') {
            seen[state] = kept;
            size++;
          }
      }
    }
    const set = new Int32Array(size);
    for (let state = 0, next = 0; next < size; state++) {
      if (seen[state] === kept) {
        set[next++] = state;
      }
    }
    return set;
  }

  #numberOf(set: Int32Array | 'accepted'): number {
    if (set === 'accepted') {
      return acceptedState;
    }
    const hash = hashOf(set);
    const known = this.#numbers.get(hash)?.find((number) => areSame(this.#sets[number] as Int32Array, set));
    if (known !== undefined) {
      return known;
    }
    if (this.#sets.length >= mostSets) {
      this.#sets = [];
      this.#numbers = new Map();
      this.transitions.fill(unknownState);
      this.#acceptsAtEnd = [];
      this.#start = undefined;
      this.#forgotten++;
    }
    const number = this.#sets.push(set) - 1;
    const others = this.#numbers.get(hash);
    if (others === undefined) {
      this.#numbers.set(hash, [number]);
    } else {
      others.push(number);
    }
    return number;
  }
}

function hashOf(set: Int32Array): number {
  let hash = set.length;
  for (let index = 0; index < set.length; index++) {
    hash = (Math.imul(hash, 31) + (set[index] as number)) | 0;
  }
  return hash;
}

function areSame(left: Int32Array, right: Int32Array): boolean {
  let same = 0;
  while (same < left.length && left[same] === right[same]) {
    same++;
  }
  return left.length === right.length && same === left.length;
}

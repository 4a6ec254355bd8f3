import type { Edge } from './linearRegexTree.ts';
import type { RegexProgram } from './linearRegexProgram.ts';

/** Where in the text a step happens, for `^`, `$` and `\b`. */
export interface Place {
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly atWordEdge: boolean;
}

/**
 * Runs all readings of the expression side by side, one character at a time: the time is the length of the text times
 * the number of states, whatever the expression (Thompson's and Pike's construction).
 */
export function runThreads(program: RegexProgram, text: string): readonly (number | undefined)[] | undefined {
  let current = new ThreadList(program);
  let following = new ThreadList(program);
  let found: readonly (number | undefined)[] | undefined;
  let at = 0;
  for (;;) {
    const code = at < text.length ? (text.codePointAt(at) ?? 0) : -1;
    const place = placeAt(text, at, code);
    // Once a match began further left, one that begins here is not wanted.
    if (found === undefined) {
      current.add(program.start, Array.from<undefined>({ length: program.slotCount }), at, place);
    }
    const width = code > 0xffff ? 2 : 1;
    const nextAt = at + width;
    const nextPlace =
      code === -1 ? place : placeAt(text, nextAt, nextAt < text.length ? (text.codePointAt(nextAt) ?? 0) : -1);
    const symbol = code === -1 ? -1 : program.symbolOf(code);
    for (const [state, slots] of current.threads) {
      const instruction = program.instructions[state];
      if (instruction?.kind === 'accept') {
        // The threads behind this one are less preferred.
        found = slots;
        break;
      }
      if (instruction?.kind === 'consume' && symbol !== -1 && instruction.symbols[symbol] === 1) {
        following.add(instruction.next, slots, nextAt, nextPlace);
      }
    }
    if (code === -1 || (found !== undefined && following.threads.length === 0)) {
      return found;
    }
    [current, following] = [following, current];
    following.clear();
    at = nextAt;
  }
}

function placeAt(text: string, at: number, code: number): Place {
  return {
    atStart: at === 0,
    atEnd: code === -1,
    atWordEdge: isWord(at === 0 ? -1 : text.charCodeAt(at - 1)) !== isWord(code),
  };
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

/** Whether the edge is at this place. */
export function holdsAt(edge: Edge, place: Place): boolean {
  switch (edge) {
    case 'start':
      return place.atStart;
    case 'end':
      return place.atEnd;
    case 'word':
      return place.atWordEdge;
    case 'notWord':
      return !place.atWordEdge;
  }
}

type Slots = readonly (number | undefined)[];

/** The states reached, each once, the preferred first. */
class ThreadList {
  readonly threads: (readonly [state: number, slots: Slots])[] = [];
  readonly #seen: Uint8Array;

  readonly #program: RegexProgram;

  constructor(program: RegexProgram) {
    this.#program = program;
    this.#seen = new Uint8Array(program.instructions.length);
  }

  clear(): void {
    this.threads.length = 0;
    this.#seen.fill(0);
  }

  /** Adds a state and all that it reaches without a character. */
  add(state: number, slots: Slots, at: number, place: Place): void {
    // A stack of its own: `(a?){1000}` would be too deep for the engine's.
    const pending: (readonly [number, Slots])[] = [[state, slots]];
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const [index, own] = top;
      const instruction = this.#program.instructions[index];
      if (instruction === undefined || this.#seen[index] === 1) {
        continue;
      }
      this.#seen[index] = 1;
      switch (instruction.kind) {
        case 'split':
          pending.push([instruction.other, own], [instruction.next, own]);
          break;
        case 'save':
          pending.push([instruction.next, own.with(instruction.slot, at)]);
          break;
        case 'edge':
          if (holdsAt(instruction.edge, place)) {
            pending.push([instruction.next, own]);
          }
          break;
        case 'consume':
        case 'accept':
          this.threads.push([index, own]);
      }
    }
  }
}

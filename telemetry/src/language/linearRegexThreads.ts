import type { Instruction, RegexProgram } from './linearRegexProgram.ts';
import type { Edge } from './linearRegexTree.ts';

/** Where in the text a step happens, for `^`, `$` and `\b`. */
export interface Place {
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly atWordEdge: boolean;
}

/** Where each group begins and ends, as the program numbers the slots. */
type Slots = readonly (number | undefined)[];

/**
 * Runs all readings of the expression side by side, one character at a time: the time is the length of the text times
 * the number of states, whatever the expression (Thompson's and Pike's construction). Gives the slots of the first match.
 */
export function runThreads(program: RegexProgram, text: string): Slots | undefined {
  const { beginnings } = program;
  const none: Slots = Array.from<undefined>({ length: program.slotCount });
  let current = new ThreadList(program);
  let following = new ThreadList(program);
  let found: Slots | undefined;
  let at = 0;
  for (;;) {
    const code = at < text.length ? (text.codePointAt(at) ?? 0) : -1;
    const symbol = code === -1 ? -1 : program.symbolOf(code);
    const nextAt = at + (code > 0xffff ? 2 : 1);
    if (current.states.length === 0 && beginnings !== undefined && (code === -1 || beginnings[symbol] !== 1)) {
      // No reading is under way, and none begins with this character.
      if (code === -1 || found !== undefined) {
        return found;
      }
      at = nextAt;
      continue;
    }
    // Once a match began further left, one that begins here is not wanted.
    if (found === undefined) {
      current.add(program.start, none, at, text);
    }
    for (let index = 0; index < current.states.length; index++) {
      const instruction = program.instructions[current.states[index] as number] as Instruction;
      const slots = current.slots[index] as Slots;
      if (instruction.kind === 'accept') {
        // The threads behind this one are less preferred.
        found = slots;
        break;
      }
      if (instruction.kind === 'consume' && symbol !== -1 && instruction.symbols[symbol] === 1) {
        following.add(instruction.next, slots, nextAt, text);
      }
    }
    if (code === -1 || (found !== undefined && following.states.length === 0)) {
      return found;
    }
    [current, following] = [following, current];
    following.clear();
    at = nextAt;
  }
}

function placeAt(text: string, at: number): Place {
  const before = at === 0 ? -1 : text.charCodeAt(at - 1);
  const after = at < text.length ? text.charCodeAt(at) : -1;
  return { atStart: at === 0, atEnd: after === -1, atWordEdge: isWord(before) !== isWord(after) };
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

/** The states reached, each once, the preferred first. */
class ThreadList {
  readonly states: number[] = [];
  /** The slots of the state at the same index. */
  readonly slots: Slots[] = [];
  readonly #program: RegexProgram;
  /** The round in which each state was last added. */
  readonly #added: Uint32Array;
  #round = 1;

  constructor(program: RegexProgram) {
    this.#program = program;
    this.#added = new Uint32Array(program.instructions.length);
  }

  clear(): void {
    this.states.length = 0;
    this.slots.length = 0;
    this.#round++;
  }

  /** Adds a state and all that it reaches without a character, at a place in the text. */
  add(from: number, slotsThere: Slots, at: number, text: string): void {
    // A stack of its own: hundreds of optional parts would be too deep for the engine's.
    const states = [from];
    const slots = [slotsThere];
    for (let state = states.pop(); state !== undefined; state = states.pop()) {
      const own = slots.pop() as Slots;
      const instruction = this.#program.instructions[state] as Instruction;
      if (this.#added[state] === this.#round) {
        continue;
      }
      this.#added[state] = this.#round;
      switch (instruction.kind) {
        case 'split':
          states.push(instruction.other, instruction.next);
          slots.push(own, own);
          break;
        case 'save':
          states.push(instruction.next);
          slots.push(own.with(instruction.slot, at));
          break;
        case 'edge':
          if (holdsAt(instruction.edge, placeAt(text, at))) {
            states.push(instruction.next);
            slots.push(own);
          }
          break;
        case 'consume':
        case 'accept':
          this.states.push(state);
          this.slots.push(own);
      }
    }
  }
}

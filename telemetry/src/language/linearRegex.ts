import { compileRegex, type RegexProgram } from './linearRegexProgram.ts';
import { acceptedState, StateTable, unknownState } from './linearRegexStates.ts';
import { runThreads } from './linearRegexThreads.ts';
import { parseRegex, type RegexDialect } from './linearRegexSyntax.ts';
import { requiredText } from './linearRegexFactors.ts';
import type { ParsedRegex, RegexProblem } from './linearRegexTree.ts';
import { containsBytes, utf8BytesOf } from './utf8Bytes.ts';

/**
 * A regular expression whose time grows only with the length of the text: the patterns come over the network, and the
 * engine's own backtracking could be made to run for years.
 */
export class LinearRegex {
  readonly source: string;
  /** A text that every match has in it; empty where none is known. */
  readonly requiredText: string;
  readonly #requiredBytes: Uint8Array;
  readonly #table: StateTable | undefined;

  readonly parsed: ParsedRegex;
  readonly #program: RegexProgram;

  constructor(parsed: ParsedRegex, program: RegexProgram) {
    this.parsed = parsed;
    this.#program = program;
    this.source = parsed.source;
    this.requiredText = requiredText(parsed.root);
    this.#requiredBytes = utf8BytesOf(this.requiredText);
    this.#table = program.hasWordEdges ? undefined : new StateTable(program);
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    // The engine finds a text several times faster than the automaton walks over what has it not.
    if (!text.includes(this.requiredText)) {
      return false;
    }
    const table = this.#table;
    if (table === undefined) {
      return runThreads(this.#program, text) !== undefined;
    }
    const { asciiSymbols, symbolCount } = this.#program;
    const { transitions } = table;
    let state = table.start();
    for (let at = 0; at < text.length && state !== acceptedState; at++) {
      let code = text.charCodeAt(at);
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at) ?? code;
        at += code > 0xffff ? 1 : 0;
      }
      const symbol = code < 128 ? (asciiSymbols[code] as number) : this.#program.symbolOf(code);
      const next = transitions[state * symbolCount + symbol] as number;
      state = next === unknownState ? table.step(state, symbol) : next;
    }
    return state === acceptedState || table.acceptsAtEnd(state, text.length === 0);
  }

  /**
   * Whether it matches anywhere in UTF-8 bytes. Only for the `pattern` dialect, which tells ASCII characters apart and
   * takes all others for one.
   */
  testBytes(bytes: Uint8Array, start: number, end: number): boolean {
    if (!containsBytes(bytes, start, end, this.#requiredBytes)) {
      return false;
    }
    const table = this.#table;
    if (table === undefined) {
      throw new Error('Only expressions of the pattern dialect can be matched against bytes.');
    }
    const { asciiSymbols, symbolCount } = this.#program;
    const beyondAscii = this.#program.symbolOf(0x80);
    const { transitions } = table;
    let state = table.start();
    for (let at = start; at < end && state !== acceptedState; at++) {
      const byte = bytes[at] as number;
      if (byte >= 0x80 && byte < 0xc0) {
        continue;
      }
      const symbol = byte < 128 ? (asciiSymbols[byte] as number) : beyondAscii;
      const next = transitions[state * symbolCount + symbol] as number;
      state = next === unknownState ? table.step(state, symbol) : next;
    }
    return state === acceptedState || table.acceptsAtEnd(state, end === start);
  }

  /** The text of each capturing group of the first match, in order; `undefined` where it does not match. */
  captures(text: string): readonly (string | undefined)[] | undefined {
    const slots = text.includes(this.requiredText) ? runThreads(this.#program, text) : undefined;
    return (
      slots &&
      this.parsed.groups.map((_, index) => {
        const from = slots[2 * index + 2];
        const to = slots[2 * index + 3];
        return from === undefined || to === undefined ? undefined : text.slice(from, to);
      })
    );
  }
}

/** Reads and compiles a regular expression, or says what is wrong with it. */
export function createLinearRegex(source: string, dialect: RegexDialect): LinearRegex | RegexProblem {
  const parsed = parseRegex(source, dialect);
  if (!('root' in parsed)) {
    return parsed;
  }
  const program = compileRegex(parsed);
  return program === undefined
    ? { message: 'the repeats in this regular expression multiply to too much', at: 0, length: source.length }
    : new LinearRegex(parsed, program);
}

import { createLinearRegex, type LinearRegex } from './linearRegex.ts';
import type { FilterPatternError } from './filterPatternTree.ts';

/** Leaves the parser of filter patterns from any depth; never leaves `parseFilterPattern`. */
export class FilterPatternSyntaxError extends Error {
  override readonly name = 'FilterPatternSyntaxError';
  readonly error: FilterPatternError;

  constructor(error: FilterPatternError) {
    super(error.message);
    this.error = error;
  }
}

/** AWS's limit for a pattern, whatever its kind. */
const mostRegexes = 2;
/** AWS's limits: one wildcard in a selector, three in a pattern. */
const mostWildcards = 3;

/** Where the parser of a filter pattern stands. */
export class FilterPatternCursor {
  at = 0;
  readonly text: string;
  #regexes = 0;
  #wildcards = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  skipSpaces(): void {
    while (!this.done && isSpace(this.text.charCodeAt(this.at))) {
      this.at++;
    }
  }

  /** Takes the text if it comes next, after spaces. */
  take(expected: string): boolean {
    this.skipSpaces();
    const isHere = this.text.startsWith(expected, this.at);
    if (isHere) {
      this.at += expected.length;
    }
    return isHere;
  }

  /** Takes a word in any case, if it comes next and ends there. */
  takeWord(word: string): boolean {
    this.skipSpaces();
    const end = this.at + word.length;
    const isHere =
      this.text.slice(this.at, end).toUpperCase() === word && !/^[A-Za-z0-9_]/.test(this.text.slice(end, end + 1));
    if (isHere) {
      this.at = end;
    }
    return isHere;
  }

  /** Fails where the cursor stands. */
  fail(message: string, expected?: readonly string[]): never {
    return this.failAt(this.at, this.done ? 0 : 1, message, expected);
  }

  failAt(at: number, length: number, message: string, expected?: readonly string[]): never {
    throw new FilterPatternSyntaxError({
      message,
      column: at + 1,
      length: Math.max(0, Math.min(length, this.text.length - at)),
      ...(expected && { expected }),
    });
  }

  /** Reads text in double quotes, with `\"` and `\\` inside. */
  quoted(): string {
    const start = this.at;
    let text = '';
    for (let at = start + 1; at < this.text.length; at++) {
      const character = this.text.charAt(at);
      const following = this.text.charAt(at + 1);
      if (character === '"') {
        this.at = at + 1;
        return text;
      }
      if (character === '\\' && (following === '"' || following === '\\')) {
        text += following;
        at++;
      } else {
        text += character;
      }
    }
    return this.failAt(start, this.text.length - start, 'This quotation mark is not closed.', ['"']);
  }

  /** Reads a regular expression between percent signs. */
  regex(): LinearRegex {
    const start = this.at;
    const end = this.text.indexOf('%', start + 1);
    if (end === -1) {
      this.failAt(start, this.text.length - start, 'This regular expression has no closing %.', ['%']);
    }
    if (end === start + 1) {
      this.failAt(start, 2, 'There is no regular expression between the percent signs.');
    }
    if (++this.#regexes > mostRegexes) {
      this.failAt(start, end + 1 - start, `A filter pattern may have ${mostRegexes} regular expressions at most.`);
    }
    const regex = createLinearRegex(this.text.slice(start + 1, end), 'pattern');
    if (!('test' in regex)) {
      const reason = regex.message.charAt(0).toUpperCase() + regex.message.slice(1);
      return this.failAt(start + 1 + regex.at, Math.max(1, regex.length), `${reason}.`);
    }
    this.at = end + 1;
    return regex;
  }

  countWildcard(start: number): void {
    if (++this.#wildcards > mostWildcards) {
      this.failAt(start, this.at - start, `A filter pattern may have ${mostWildcards} wildcard selectors at most.`);
    }
  }
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

import { createLinearRegex, type LinearRegex } from './linearRegex.ts';
import type { InsightsError } from './insightsTree.ts';

/** Leaves the parser of queries from any depth; never leaves `parseInsights`. */
export class InsightsSyntaxError extends Error {
  override readonly name = 'InsightsSyntaxError';
  readonly error: InsightsError;

  constructor(error: InsightsError) {
    super(error.message);
    this.error = error;
  }
}

const name = /[A-Za-z_@$][\w@$]*(?:\.\w[\w@$]*)*/y;
const numeral = /\d+(?:\.\d+)?(?:[eE][+-]?\d+(?![A-Za-z]))?/y;

/** Where the parser of a query stands. */
export class InsightsCursor {
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Skips spaces, and comments to the end of their line; whether there is more. */
  skip(): boolean {
    const gap = /(?:\s+|#[^\n]*)*/y;
    gap.lastIndex = this.at;
    gap.test(this.text);
    this.at = gap.lastIndex;
    return this.at < this.text.length;
  }

  peek(sign: string): boolean {
    this.skip();
    return this.text.startsWith(sign, this.at);
  }

  take(sign: string): boolean {
    const isHere = this.peek(sign);
    if (isHere) {
      this.at += sign.length;
    }
    return isHere;
  }

  /** The name that comes next, without taking it. */
  peekName(): string | undefined {
    this.skip();
    return this.#match(name);
  }

  /** Takes a keyword in any case. */
  takeWord(word: string): boolean {
    const isHere = this.peekName()?.toLowerCase() === word;
    if (isHere) {
      this.at += word.length;
    }
    return isHere;
  }

  takeNumber(): number | undefined {
    this.skip();
    const written = this.#match(numeral);
    this.at += written?.length ?? 0;
    return written === undefined ? undefined : Number(written);
  }

  /** A field as it is named, with its path: dots part it, backticks keep them together. */
  takeField(): { readonly name: string; readonly path: readonly string[] } | undefined {
    const path: string[] = [];
    this.skip();
    for (;;) {
      const start = this.at;
      if (this.text.charAt(start) === '`') {
        const end = this.text.indexOf('`', start + 1);
        if (end === -1) {
          this.failAt(start, this.text.length - start, 'This backtick is not closed.');
        }
        path.push(this.text.slice(start + 1, end));
        this.at = end + 1;
      } else {
        const plain = this.#match(path.length === 0 ? name : /\w[\w@$]*(?:\.\w[\w@$]*)*/y);
        if (plain === undefined) {
          if (path.length === 0) {
            return undefined;
          }
          this.fail('The name of a field has to come after the dot.');
        } else {
          path.push(...plain.split('.'));
          this.at += plain.length;
        }
      }
      if (this.text.charAt(this.at) !== '.') {
        return { name: path.join('.'), path };
      }
      this.at++;
    }
  }

  /** Text in single or double quotation marks; `undefined` where none comes next. */
  takeString(): string | undefined {
    this.skip();
    const start = this.at;
    const mark = this.text.charAt(start);
    if (mark !== '"' && mark !== "'") {
      return undefined;
    }
    let value = '';
    for (let at = start + 1; at < this.text.length; at++) {
      const character = this.text.charAt(at);
      const following = this.text.charAt(at + 1);
      if (character === mark) {
        this.at = at + 1;
        return value;
      }
      if (character === '\\' && (following === mark || following === '\\')) {
        value += following;
        at++;
      } else {
        value += character;
      }
    }
    return this.failAt(start, this.text.length - start, 'This quotation mark is not closed.');
  }

  /** A regular expression between slashes; `undefined` where none comes next. */
  takeRegex(): LinearRegex | undefined {
    if (!this.peek('/')) {
      return undefined;
    }
    const start = this.at;
    const written = /\/((?:[^/\\\n]|\\.)*)\//y;
    written.lastIndex = start;
    const source = written.exec(this.text)?.[1];
    if (source === undefined) {
      return this.failAt(start, this.text.length - start, 'This regular expression has no closing slash.');
    }
    const regex = createLinearRegex(source, 'full');
    if (!('test' in regex)) {
      const reason = regex.message.charAt(0).toUpperCase() + regex.message.slice(1);
      return this.failAt(start + 1 + regex.at, Math.max(1, regex.length), `${reason}.`);
    }
    this.at = start + source.length + 2;
    return regex;
  }

  /** Fails where the cursor stands, at the word or the sign there. */
  fail(message: string): never {
    this.skip();
    return this.failAt(this.at, this.#match(name)?.length ?? (this.at < this.text.length ? 1 : 0), message);
  }

  failAt(at: number, length: number, message: string): never {
    const before = this.text.slice(0, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    throw new InsightsSyntaxError({
      message,
      line: before.split('\n').length,
      column: at - lineStart + 1,
      length: Math.min(length, this.text.length - at),
    });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }
}

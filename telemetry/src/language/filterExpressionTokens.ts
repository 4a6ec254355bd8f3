import type { Json } from './filterExpression.ts';
import {
  isDigit,
  isNumberPart,
  isSpace,
  isWordPart,
  isWordStart,
  quotedEnd,
  unquote,
} from './filterExpressionCharacters.ts';
import { readJsonList } from './filterExpressionJson.ts';

export type TokenKind =
  | 'word'
  | 'annotation'
  | 'string'
  | 'number'
  | 'json'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '!'
  | '('
  | ')'
  | '{'
  | '}'
  | ','
  | ':'
  /** No token: `problem` says why. */
  | 'bad'
  | 'end';

const numberForm = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;

/** Reads the tokens of a filter expression one after another. Never fails: what is no token is `bad`. */
export class FilterExpressionTokens {
  kind: TokenKind = 'end';
  /** Offset of the token's first character. */
  start = 0;
  /** Offset behind its last character. */
  end = 0;
  /** Of a word: itself in lower case. Of a string: what it stands for. Of an annotation: its key. */
  text = '';
  number = 0;
  json: readonly Json[] = [];
  /** Of a bad token: a sentence that says what is wrong. */
  problem = '';

  /** The whole expression. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
    this.advance();
  }

  advance(): void {
    const { source } = this;
    let at = this.end;
    while (at < source.length && isSpace(source.charCodeAt(at))) {
      at++;
    }
    this.start = at;
    if (at === source.length) {
      this.#token('end', at);
      return;
    }
    const code = source.charCodeAt(at);
    if (isWordStart(code)) {
      this.#readWord();
    } else if (code === 0x22) {
      this.#readString();
    } else if (isDigit(code) || code === 0x2d || code === 0x2e) {
      this.#readNumber();
    } else if (code === 0x23) {
      this.#readJson();
    } else {
      this.#readSign(source.charAt(at), source.charAt(at + 1));
    }
  }

  /** The token as it stands in the text. */
  get written(): string {
    return this.source.slice(this.start, this.end);
  }

  #token(kind: TokenKind, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  #bad(end: number, problem: string): void {
    this.#token('bad', end);
    this.problem = problem;
  }

  #readWord(): void {
    const end = this.#wordEnd(this.start);
    this.text = this.source.slice(this.start, end).toLowerCase();
    if (this.text.startsWith('annotation.')) {
      this.text = this.source.slice(this.start + 'annotation.'.length, end);
      this.#annotation(end);
    } else if (this.text === 'annotation' && this.source.charCodeAt(end) === 0x5b) {
      this.#readBracketedKey(end + 1);
    } else {
      this.#token('word', end);
    }
  }

  #wordEnd(from: number): number {
    let end = from;
    while (end < this.source.length && isWordPart(this.source.charCodeAt(end))) {
      end++;
    }
    return end;
  }

  #annotation(end: number): void {
    if (this.text === '') {
      this.#bad(end, 'The key of the annotation is missing: write annotation.key or annotation[key].');
    } else {
      this.#token('annotation', end);
    }
  }

  /** `annotation[key]` takes any key; one with a bracket, quotation mark or outer space in it is quoted, which the guide does not know. */
  #readBracketedKey(from: number): void {
    const { source } = this;
    if (source.charCodeAt(from) === 0x22) {
      const end = quotedEnd(source, from);
      if (source.charCodeAt(end) === 0x5d) {
        this.text = unquote(source.slice(from + 1, end - 1));
        this.#annotation(end + 1);
      } else {
        this.#bad(end, 'The closing bracket ] of annotation[…] is missing.');
      }
      return;
    }
    const bracket = source.indexOf(']', from);
    if (bracket === -1) {
      this.#bad(source.length, 'The closing bracket ] of annotation[…] is missing.');
      return;
    }
    this.text = source.slice(from, bracket).trim();
    this.#annotation(bracket + 1);
  }

  #readString(): void {
    const { source, start } = this;
    const end = quotedEnd(source, start);
    if (end > source.length) {
      this.#bad(source.length, 'The closing quotation mark is missing.');
      return;
    }
    this.text = unquote(source.slice(start + 1, end - 1));
    this.#token('string', end);
  }

  #readNumber(): void {
    const { source, start } = this;
    let end = start + 1;
    while (end < source.length && isNumberPart(source.charCodeAt(end), source.charCodeAt(end - 1))) {
      end++;
    }
    const written = source.slice(start, end);
    // Adding zero makes minus zero zero, which is what a person who writes it means.
    this.number = Number(written) + 0;
    if (!numberForm.test(written)) {
      this.#bad(end, `${written} is not a number: a number is written 200 or 0.25, seconds without a unit.`);
    } else if (Number.isFinite(this.number)) {
      this.#token('number', end);
    } else {
      this.#bad(end, `${written} is larger than any number here.`);
    }
  }

  #readJson(): void {
    const read = readJsonList(this.source, this.start);
    if ('problem' in read) {
      this.#bad(read.end, read.problem);
    } else {
      this.json = read.value;
      this.#token('json', read.end);
    }
  }

  #readSign(sign: string, next: string): void {
    const { start } = this;
    switch (sign) {
      case '!':
      case '<':
      case '>':
        this.#token(next === '=' ? `${sign}=` : sign, start + (next === '=' ? 2 : 1));
        return;
      case '=':
      case '(':
      case ')':
      case '{':
      case '}':
      case ',':
      case ':':
        this.#token(sign, start + 1);
        return;
      case '&':
      case '|':
        this.#bad(start + (next === sign ? 2 : 1), `Write ${sign === '&' ? 'AND' : 'OR'} between two conditions.`);
        return;
      case "'":
      case '`':
      case '“':
      case '”':
        this.#bad(start + 1, 'Text stands in double quotation marks: "…".');
        return;
      default: {
        const [char = sign] = this.source.slice(start, start + 2);
        this.#bad(start + char.length, `${char} has no meaning here.`);
      }
    }
  }
}

import type { RegexDialect } from './linearRegexSyntax.ts';
import { joined, type CodePointSet } from './linearRegexTree.ts';

/** Leaves the parser of regular expressions from any depth; never leaves `parseRegex`. */
export class RegexSyntaxError extends Error {
  override readonly name = 'RegexSyntaxError';

  readonly at: number;
  readonly length: number;

  constructor(message: string, at: number, length: number) {
    super(message);
    this.at = at;
    this.length = length;
  }
}

/** Where the parser of a regular expression stands, and what it has seen that changes how it goes on. */
export class RegexCursor {
  at = 0;
  ignoreCase = false;
  readonly groups: (string | undefined)[] = [];

  readonly source: string;
  readonly dialect: RegexDialect;

  constructor(source: string, dialect: RegexDialect) {
    this.source = source;
    this.dialect = dialect;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  /** The character ahead; only asked where there is one. */
  peek(): string {
    return String.fromCodePoint(this.source.codePointAt(this.at) ?? 0);
  }

  next(): string {
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  take(text: string): boolean {
    const isHere = this.source.startsWith(text, this.at);
    if (isHere) {
      this.at += text.length;
    }
    return isHere;
  }

  fail(message: string, length: number): never {
    throw new RegexSyntaxError(message, this.at, Math.min(length, this.source.length - this.at));
  }

  /** The next character where it stands for itself, as far as the dialect lets it. */
  nextAllowed(): string {
    const character = this.peek();
    if (this.dialect === 'pattern' && !/^[A-Za-z0-9 :_#=@/;,-]$/.test(character)) {
      const code = character.codePointAt(0) ?? 0;
      const instead = code < 0x80 ? `; write \\x${code.toString(16).padStart(2, '0')} for it` : '';
      this.fail(`"${character}" is not supported in %regex%${instead}`, character.length);
    }
    return this.next();
  }

  /** The set of one character, in both cases after `(?i)`. */
  literal(character: string): CodePointSet {
    return this.inBothCases([[character.codePointAt(0) ?? 0, character.codePointAt(0) ?? 0]]);
  }

  inBothCases(set: CodePointSet): CodePointSet {
    if (!this.ignoreCase) {
      return set;
    }
    const both = [...set];
    for (const [from, to] of set) {
      // Wide ranges come from negated classes and hold both cases but for single letters, which ASCII covers.
      const last = to - from > 1000 ? Math.min(to, 0x17f) : to;
      for (let code = from; code <= last; code++) {
        for (const other of [String.fromCodePoint(code).toLowerCase(), String.fromCodePoint(code).toUpperCase()]) {
          const otherCode = other.codePointAt(0) ?? 0;
          if (String.fromCodePoint(otherCode) === other && otherCode !== code) {
            both.push([otherCode, otherCode]);
          }
        }
      }
    }
    return joined(both);
  }

  /** After an opening parenthesis: the name of a capturing group, `undefined` for none, `null` for a group that captures nothing. */
  groupName(start: number): string | undefined | null {
    if (this.take('?:')) {
      return null;
    }
    if (!this.source.startsWith('?', this.at)) {
      return undefined;
    }
    const named = /^\?P?<([A-Za-z_]\w*)>/.exec(this.source.slice(this.at));
    if (named === null) {
      this.at = start;
      return this.fail('only (…), (?:…), (?<name>…) and (?i) are supported', 2);
    }
    const [whole, name] = named;
    if (this.groups.includes(name)) {
      this.fail(`there is a group named "${name}" already`, whole.length);
    }
    this.at += whole.length;
    return name;
  }
}

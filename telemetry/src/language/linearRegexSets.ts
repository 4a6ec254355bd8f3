import type { RegexCursor } from './linearRegexCursor.ts';
import { complement, digits, joined, spaces, wordCharacters, type CodePointSet } from './linearRegexTree.ts';

const classes: Readonly<Record<string, CodePointSet>> = {
  d: digits,
  D: complement(digits),
  s: spaces,
  S: complement(spaces),
  w: wordCharacters,
  W: complement(wordCharacters),
};

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, v: 11 };

/** Reads a backslash and what it escapes. */
export function parseEscape(cursor: RegexCursor): CodePointSet {
  const start = cursor.at;
  cursor.next();
  if (cursor.done) {
    cursor.at = start;
    cursor.fail('a backslash at the end escapes nothing', 1);
  }
  const escaped = cursor.next();
  const named = classes[escaped];
  if (named !== undefined) {
    return named;
  }
  if (escaped === 'x' || (escaped === 'u' && cursor.dialect === 'full')) {
    return parseCode(cursor, start, escaped === 'x' ? 2 : 4);
  }
  const control = cursor.dialect === 'full' ? controls[escaped] : undefined;
  if (control !== undefined) {
    return [[control, control]];
  }
  if (!isEscapable(cursor, escaped)) {
    cursor.at = start;
    cursor.fail(`"\\${escaped}" is not supported`, 1 + escaped.length);
  }
  return cursor.literal(escaped);
}

function isEscapable(cursor: RegexCursor, escaped: string): boolean {
  return cursor.dialect === 'full' ? !/^[A-Za-z0-9]$/.test(escaped) : '^$?[]{}|\\*+.:_#=@/;,- '.includes(escaped);
}

function parseCode(cursor: RegexCursor, start: number, length: number): CodePointSet {
  const hex = cursor.source.slice(cursor.at, cursor.at + length);
  if (hex.length < length || !/^[0-9A-Fa-f]+$/.test(hex)) {
    cursor.at = start;
    cursor.fail(`${length} hexadecimal digits have to follow`, 2);
  }
  const code = Number.parseInt(hex, 16);
  if (cursor.dialect === 'pattern' && code > 0x7f) {
    cursor.at = start;
    cursor.fail('only ASCII characters can be written as a code', 4);
  }
  cursor.at += length;
  return cursor.inBothCases([[code, code]]);
}

/** Reads a class in square brackets. */
export function parseBracket(cursor: RegexCursor): CodePointSet {
  const start = cursor.at;
  cursor.next();
  const isNegated = cursor.take('^');
  const ranges: (readonly [number, number])[] = [];
  while (!cursor.done && cursor.peek() !== ']') {
    ranges.push(...parseMember(cursor));
  }
  if (!cursor.take(']')) {
    cursor.at = start;
    cursor.fail('this bracket is not closed', 1);
  }
  if (ranges.length === 0) {
    cursor.at = start;
    cursor.fail('a class needs at least one character', 2);
  }
  const set = cursor.inBothCases(joined(ranges));
  return isNegated ? complement(set) : set;
}

function parseMember(cursor: RegexCursor): CodePointSet {
  const start = cursor.at;
  const first = parseMemberCharacter(cursor);
  if (!cursor.source.startsWith('-', cursor.at) || cursor.source.startsWith('-]', cursor.at)) {
    return first;
  }
  const from = singleOf(first);
  cursor.next();
  if (cursor.done) {
    return first;
  }
  const to = singleOf(parseMemberCharacter(cursor));
  if (from === undefined || to === undefined || from > to) {
    const length = cursor.at - start;
    cursor.at = start;
    cursor.fail('a range goes from a lower character to a higher one', length);
  }
  return [[from, to]];
}

function singleOf(set: CodePointSet): number | undefined {
  const [only] = set;
  return set.length === 1 && only !== undefined && only[0] === only[1] ? only[0] : undefined;
}

function parseMemberCharacter(cursor: RegexCursor): CodePointSet {
  const character = cursor.peek();
  if (character === '\\') {
    return parseEscape(cursor);
  }
  if (character === '[') {
    cursor.fail('write \\[ for a bracket inside a class', 1);
  }
  const plain = '^$?{}|*+.'.includes(character) ? cursor.next() : cursor.nextAllowed();
  const code = plain.codePointAt(0) ?? 0;
  return [[code, code]];
}

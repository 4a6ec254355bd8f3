import { isSpace, type FilterPatternCursor } from './filterPatternCursor.ts';
import type { Term, TermsPattern } from './filterPatternTree.ts';

/** Reads terms to the end of the text; there is at least one. */
export function parseTerms(cursor: FilterPatternCursor): TermsPattern {
  const all: Term[] = [];
  const any: Term[] = [];
  const none: Term[] = [];
  for (cursor.skipSpaces(); !cursor.done; cursor.skipSpaces()) {
    const sign = cursor.text.charAt(cursor.at);
    if (sign !== '?' && sign !== '-') {
      all.push(parseTerm(cursor));
      continue;
    }
    const start = cursor.at;
    cursor.at++;
    cursor.skipSpaces();
    if (cursor.done) {
      cursor.failAt(start, 1, `There is no term after the ${sign}.`, ['a term']);
    }
    (sign === '?' ? any : none).push(parseTerm(cursor));
  }
  return { kind: 'terms', all, any: all.length + none.length > 0 ? [] : any, none };
}

function parseTerm(cursor: FilterPatternCursor): Term {
  const start = cursor.at;
  const first = cursor.text.charAt(start);
  if (first === '%') {
    const regex = cursor.regex();
    requireEnd(cursor, start);
    return { regex };
  }
  if (first === '"') {
    const text = cursor.quoted();
    requireEnd(cursor, start);
    if (text === '') {
      cursor.failAt(start, 2, `Invalid character(s) in term '""': the phrase is empty.`);
    }
    return { text };
  }
  const term = wordAt(cursor);
  const invalid = term.search(/[^A-Za-z0-9_]/);
  if (invalid !== -1) {
    const advice = term.includes('"')
      ? 'a quotation mark opens a phrase only at its start'
      : 'put it in double quotation marks';
    cursor.failAt(start + invalid, 1, `Invalid character(s) in term '${term}': ${advice}.`);
  }
  cursor.at += term.length;
  return { text: term };
}

function wordAt(cursor: FilterPatternCursor): string {
  let end = cursor.at;
  while (end < cursor.text.length && !isSpace(cursor.text.charCodeAt(end))) {
    end++;
  }
  return cursor.text.slice(cursor.at, end);
}

function requireEnd(cursor: FilterPatternCursor, start: number): void {
  const rest = wordAt(cursor);
  if (rest !== '') {
    const term = cursor.text.slice(start, cursor.at + rest.length);
    cursor.failAt(cursor.at, rest.length, `Invalid character(s) in term '${term}': a space has to follow.`, [
      'a space',
    ]);
  }
}

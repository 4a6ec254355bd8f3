import type { ComparedWith } from './filterExpressionComparisons.ts';
import { Expected, expectedWords } from './filterExpressionExpected.ts';
import { keywordEntries, type FilterScope } from './filterExpressionKeywords.ts';
import { FilterExpressionParser } from './filterExpressionParser.ts';
import { FilterExpressionTokens } from './filterExpressionTokens.ts';

export interface FilterCompletions {
  /** Offsets of what a chosen completion replaces: the word, key or text at the cursor, or nothing. */
  readonly start: number;
  readonly end: number;
  /** Not narrowed down to what was typed so far: an editor does that its own way. */
  readonly items: readonly FilterCompletion[];
}

export type FilterCompletion =
  | { readonly kind: 'keyword'; readonly text: string; readonly about: string }
  /** Operators and signs, `true` and `false`, the members of `id(…)`: to be written as they are. */
  | { readonly kind: 'operator' | 'sign' | 'word'; readonly text: string }
  /** A key of an annotation; `start` and `end` cover the whole `annotation…`, which `renderAnnotationKey` writes. */
  | { readonly kind: 'annotationKey' }
  /** A value, which only the data knows; text goes in quotation marks, which `start` and `end` cover. */
  | { readonly kind: 'value'; readonly of: ComparedWith };

/**
 * What could stand at the cursor, from the grammar alone. The text in front of the word at the cursor is parsed, and what its parser asked
 * for at the end is the answer, so that the two cannot differ. Behind a syntax error nothing is known and nothing is offered.
 */
export function completionsAt(text: string, offset: number): FilterCompletions {
  const { start, end, isAnnotation } = wordAt(text, offset);
  const parser = new FilterExpressionParser(text.slice(0, start));
  const parsed = parser.parse();
  // Only the end of the text is an error of no length.
  const items = parsed.ok || parsed.error.length === 0 ? itemsOf(parser) : [];
  return { start, end, items: isAnnotation ? items.filter(({ kind }) => kind === 'annotationKey') : items };
}

interface WordAt {
  readonly start: number;
  readonly end: number;
  readonly isAnnotation: boolean;
}

/** The word, number or text that the cursor stands in or behind; an unfinished text reaches to the cursor only. */
function wordAt(text: string, offset: number): WordAt {
  const tokens = new FilterExpressionTokens(text);
  while (tokens.kind !== 'end' && tokens.end < offset) {
    tokens.advance();
  }
  const { kind, start, end } = tokens;
  const isAnnotation = /^annotation[.[]/iu.test(text.slice(start, end));
  const isWord = isAnnotation || kind === 'word' || kind === 'number' || kind === 'string' || text[start] === '"';
  // Behind a closed text the cursor is past the value, not in it.
  if (!isWord || start >= offset || (kind === 'string' && end === offset)) {
    return { start: offset, end: offset, isAnnotation: false };
  }
  return { start, end: kind === 'bad' ? offset : end, isAnnotation };
}

function itemsOf({ expected, scope, valueOf }: FilterExpressionParser): FilterCompletion[] {
  const has = (what: number): boolean => (expected & what) !== 0;
  const value = has(Expected.string | Expected.number | Expected.json) && valueOf !== undefined;
  return [
    ...(value ? [{ kind: 'value', of: valueOf } as const] : []),
    ...written(expected & (Expected.boolean | Expected.idName | Expected.idType | Expected.idAccount), 'word'),
    ...written(
      expected & (Expected.equality | Expected.order | Expected.part | Expected.and | Expected.or),
      'operator',
    ),
    ...(has(Expected.id) ? [{ kind: 'word', text: 'id' } as const] : []),
    ...(has(Expected.keyword) ? keywordsOf(scope) : []),
    ...written(expected & signs, 'sign'),
  ];
}

const signs =
  Expected.not |
  Expected.openParenthesis |
  Expected.closeParenthesis |
  Expected.openBrace |
  Expected.closeBrace |
  Expected.comma |
  Expected.colon;

function written(expected: number, kind: 'word' | 'operator' | 'sign'): FilterCompletion[] {
  return expectedWords(expected).map((text) => ({ kind, text }));
}

function keywordsOf(scope: FilterScope): FilterCompletion[] {
  const keywords = keywordEntries
    .filter(({ scopes }) => scopes.includes(scope))
    .map(({ text, about }) => ({ kind: 'keyword', text, about }) as const);
  return scope === 'trace' ? [...keywords, { kind: 'annotationKey' }] : keywords;
}

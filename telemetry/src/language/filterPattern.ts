import { FilterPatternCursor, FilterPatternSyntaxError } from './filterPatternCursor.ts';
import { parseFieldsPattern } from './filterPatternFields.ts';
import { parseJsonPattern } from './filterPatternJson.ts';
import { parseTerms } from './filterPatternTerms.ts';
import type { FilterPattern, FilterPatternError } from './filterPatternTree.ts';

/** AWS's limit, in characters. */
export const longestFilterPattern = 1024;

export type ParsedFilterPattern =
  | { readonly ok: true; readonly pattern: FilterPattern }
  | { readonly ok: false; readonly error: FilterPatternError };

/** Reads a CloudWatch Logs filter pattern of any kind: terms, `%regex%`, `{ JSON selectors }`, `[space-delimited]`. Never throws. */
export function parseFilterPattern(text: string): ParsedFilterPattern {
  try {
    return { ok: true, pattern: parse(text) };
  } catch (error) {
    if (error instanceof FilterPatternSyntaxError) {
      return { ok: false, error: error.error };
    }
    throw error;
  }
}

function parse(text: string): FilterPattern {
  const cursor = new FilterPatternCursor(text);
  if (text.length > longestFilterPattern) {
    cursor.failAt(
      longestFilterPattern,
      text.length - longestFilterPattern,
      `A filter pattern may have ${longestFilterPattern} characters at most; this one has ${text.length}.`,
    );
  }
  cursor.skipSpaces();
  switch (text.charAt(cursor.at)) {
    case '':
      return { kind: 'all' };
    case '{':
      return parseJsonPattern(cursor);
    case '[':
      return parseFieldsPattern(cursor);
    default:
      return parseTerms(cursor);
  }
}

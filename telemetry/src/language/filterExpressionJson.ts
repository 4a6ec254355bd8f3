import type { Json } from './filterExpression.ts';
import { quotedEnd } from './filterExpressionCharacters.ts';

/** How deep the JSON of a root cause may nest; the real ones nest six deep. */
const maxJsonDepth = 32;

/** Reads `#[…]`, whose end is the bracket that closes the first; whether it is JSON, only JSON itself says. */
export function readJsonList(
  source: string,
  start: number,
): { readonly end: number; readonly value: readonly Json[] } | { readonly end: number; readonly problem: string } {
  if (source.charCodeAt(start + 1) !== 0x5b) {
    return { end: start + 1, problem: 'A # begins a list of root causes in JSON: write #[{ … }].' };
  }
  const end = closingEnd(source, start + 1);
  if (end === 'deep') {
    return { end: source.length, problem: `The JSON nests more than ${maxJsonDepth} deep.` };
  }
  if (end === 'open') {
    return { end: source.length, problem: 'The closing bracket ] of #[…] is missing.' };
  }
  const value = parseJsonList(source.slice(start + 1, end));
  return value === undefined ? { end, problem: 'What stands in #[…] is not JSON.' } : { end, value };
}

function closingEnd(source: string, from: number): number | 'open' | 'deep' {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '"') {
      at = quotedEnd(source, at) - 1;
    } else if (char === '[' || char === '{') {
      depth++;
      if (depth > maxJsonDepth) {
        return 'deep';
      }
    } else if (char === ']' || char === '}') {
      depth--;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return 'open';
}

function parseJsonList(text: string): readonly Json[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Json[]) : undefined;
  } catch {
    // The caller says so where the text stands.
    return undefined;
  }
}

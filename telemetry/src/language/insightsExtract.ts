import type { ParsePattern } from './insightsTree.ts';

/** Compiles a `parse` pattern: the parts of a text in the order of their names; `undefined` where the text is not such. */
export function compileExtraction(
  pattern: ParsePattern,
): (text: string) => readonly (string | undefined)[] | undefined {
  if (pattern.kind === 'regex') {
    const { regex, groups } = pattern;
    return (text) => {
      // The test is several times faster than the captures, and most texts do not match.
      const captures = regex.test(text) ? regex.captures(text) : undefined;
      return captures && groups.map((group) => captures[group]);
    };
  }
  return (text) => extractByGlob(text, pattern.parts);
}

/** Each star takes as little as it can, but the last takes the rest. */
function extractByGlob(text: string, parts: readonly string[]): readonly string[] | undefined {
  const [first = '', ...others] = parts;
  const begin = text.indexOf(first);
  if (begin === -1) {
    return undefined;
  }
  const values: string[] = [];
  let at = begin + first.length;
  for (const [index, part] of others.entries()) {
    const end = part === '' ? (index === others.length - 1 ? text.length : at) : text.indexOf(part, at);
    if (end === -1) {
      return undefined;
    }
    values.push(text.slice(at, end));
    at = end + part.length;
  }
  return values;
}

import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';

/** Where a filter pattern is wrong, as a person reads it below the box; `undefined` where it is right. */
export function filterPatternTroubleOf(text: string): string | undefined {
  const parsed = parseFilterPattern(text.trim());
  if (parsed.ok) {
    return undefined;
  }
  const { column, message } = parsed.error;
  const shift = text.length - text.trimStart().length;
  return `Column ${column + shift}: ${message}`;
}

import { inspect } from 'node:util';

/** What was thrown, as an error: JavaScript lets anything be thrown, even what has no text of its own. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(inspect(thrown));
}

import { HttpError } from '../httpError.ts';

/** The text of a field of a JSON body or query, trimmed. Throws 422 with `<name>_blank` or `<name>_exceed_max_chars`. */
export function requiredText(value: unknown, name: string, maxLength: number): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') {
    throw new HttpError(422, [`${name}_blank`]);
  }
  if (text.length > maxLength) {
    throw new HttpError(422, [`${name}_exceed_max_chars`]);
  }
  return text;
}

/** One field of a JSON body, whatever the body turned out to be. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Postgres would answer a text that is no uuid with an error of its own, which is the caller's mistake, not the service's. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

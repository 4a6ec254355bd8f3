/** JSON values before anybody knows what they are. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The value as an object with fields; `undefined` for anything else, arrays included. */
export function parseFields(value: unknown): JsonFields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : undefined;
}

export function parseArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Reads JSON text; `{ message }` says in words for the sender why it is none. */
export function parseJson(text: string): { readonly value: unknown } | { readonly message: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { message: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

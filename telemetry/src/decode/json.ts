/** JSON values before anybody knows what they are. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The value as an object with fields; `undefined` for anything else, arrays included. */
export function parseFields(value: unknown): JsonFields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : undefined;
}

export function parseArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/**
 * Reads JSON text; `{ message }` says in words for the sender why it is none. Each object and list costs some 60 bytes and more in memory,
 * however little was sent for it, so a text with more than `maxContainers` of them is not read.
 */
export function parseJson(
  text: string,
  maxContainers = Number.POSITIVE_INFINITY,
): { readonly value: unknown } | { readonly message: string } {
  if (text.length > maxContainers && countContainers(text) > maxContainers) {
    return { message: `more than ${maxContainers} objects and lists in one document` };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { message: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const openBrace = 0x7b;
const openBracket = 0x5b;

/** Counts those inside of quoted texts too, which are few. */
function countContainers(json: string): number {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === openBrace || code === openBracket) {
      count++;
    }
  }
  return count;
}

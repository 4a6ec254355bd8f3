/** A message as JSON on lines of its own, or `undefined` where it is no JSON object or array. */
export function prettyJsonOf(message: string): string | undefined {
  const parsed = jsonOf(message);
  return parsed === undefined ? undefined : JSON.stringify(parsed, undefined, 2);
}

/** The fields of a JSON message by their dotted path, such as `request.path`; empty for other messages. Objects are entered three levels deep. */
export function jsonFieldsOf(message: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const parsed = jsonOf(message);
  if (parsed !== undefined && !Array.isArray(parsed)) {
    addFields(fields, '', parsed, 0);
  }
  return fields;
}

const deepest = 2;
const mostFields = 200;

function jsonOf(message: string): object | undefined {
  const text = message.trim();
  // Most lines are no JSON, and finding that out by an exception is slow.
  if (!/^[{[]/.test(text) || !/[}\]]$/.test(text)) {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    // A line that only looks like JSON is text.
    return undefined;
  }
}

function addFields(fields: Map<string, string>, path: string, value: object, depth: number): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (fields.size >= mostFields) {
      return;
    }
    const own = path === '' ? name : `${path}.${name}`;
    if (typeof member === 'object' && member !== null && !Array.isArray(member) && depth < deepest) {
      addFields(fields, own, member, depth + 1);
    } else {
      fields.set(own, typeof member === 'string' ? member : JSON.stringify(member));
    }
  }
}

/**
 * The text of a member's value in the text of a JSON object; of several with one name the last, as `JSON.parse` takes it. For what is
 * handed on as it came: however deep it nests, nothing is parsed. The text has to be JSON.
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key = '';
  let start = -1;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at] as string;
    const isEnd = depth === 1 && (character === ',' || character === '}');
    if (isEnd && start !== -1) {
      found = key === name ? json.slice(start, at).trim() : found;
      start = -1;
    }
    if (character === '"') {
      const end = endOfText(json, at);
      key = depth === 1 && start === -1 ? (JSON.parse(json.slice(at, end + 1)) as string) : key;
      at = end;
    } else if (character === ':' && depth === 1) {
      start = at + 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    }
  }
  return found;
}

/** Where the quote is that ends the text beginning at `start`. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') {
      backslashes += 1;
    }
    if (backslashes % 2 === 0) {
      return end;
    }
  }
  return json.length;
}

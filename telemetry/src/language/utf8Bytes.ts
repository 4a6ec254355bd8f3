/** The UTF-8 bytes of a text, with U+FFFD for half a surrogate pair, as every encoder writes it. */
export function utf8BytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    appendCodePoint(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return Uint8Array.from(bytes);
}

function appendCodePoint(bytes: number[], code: number): void {
  if (code < 0x80) {
    bytes.push(code);
  } else if (code < 0x800) {
    bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  } else if (code < 0x1_0000) {
    bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  } else {
    bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
}

/** Whether the bytes from `start` to `end` contain the needle. */
export function containsBytes(bytes: Uint8Array, start: number, end: number, needle: Uint8Array): boolean {
  const length = needle.length;
  if (length === 0) {
    return true;
  }
  const first = needle[0] as number;
  const last = end - length;
  for (let at = start; at <= last; at++) {
    if (bytes[at] !== first) {
      continue;
    }
    let matched = 1;
    while (matched < length && bytes[at + matched] === needle[matched]) {
      matched++;
    }
    if (matched === length) {
      return true;
    }
  }
  return false;
}

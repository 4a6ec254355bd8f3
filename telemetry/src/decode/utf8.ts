const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of UTF-8 bytes; `undefined` where they are not UTF-8. */
export function parseUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    // The decoder's only way to say that the bytes are not UTF-8; the caller decides what that means.
    return undefined;
  }
}

/** Text of bytes that should be UTF-8, with U+FFFD for what is not. */
export function toUtf8(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

/** Text of a range of ASCII bytes; `undefined` where one is not ASCII. Faster than TextDecoder while the text is short. */
export function parseAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const a = bytes[at] as number;
    const b = bytes[at + 1] as number;
    const c = bytes[at + 2] as number;
    const d = bytes[at + 3] as number;
    const e = bytes[at + 4] as number;
    const f = bytes[at + 5] as number;
    const g = bytes[at + 6] as number;
    const h = bytes[at + 7] as number;
    if ((a | b | c | d | e | f | g | h) > 0x7f) {
      return undefined;
    }
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; at < end; at++) {
    const code = bytes[at] as number;
    if (code > 0x7f) {
      return undefined;
    }
    text += String.fromCharCode(code);
  }
  return text;
}

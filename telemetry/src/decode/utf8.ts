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

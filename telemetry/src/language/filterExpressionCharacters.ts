/** Characters are given as UTF-16 units. */
export function isSpace(code: number): boolean {
  return code <= 0x20 || code === 0xa0;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 0x2e || code === 0x2d;
}

/** A sign belongs to a number only behind the letter of its exponent. */
export function isNumberPart(code: number, before: number): boolean {
  return isWordPart(code) ? code !== 0x2d || isExponent(before) : code === 0x2b && isExponent(before);
}

function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

/** Offset behind the closing quotation mark of the text that begins at `from`, or one past the source where there is none. */
export function quotedEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x22) {
      return at + 1;
    }
    if (code === 0x5c) {
      at++;
    }
  }
  return source.length + 1;
}

/** Only `\"` and `\\` are escapes, so that a Windows path needs no care. The guide names none. */
export function unquote(inner: string): string {
  return inner.includes('\\') ? inner.replaceAll(/\\(["\\])/gu, '$1') : inner;
}

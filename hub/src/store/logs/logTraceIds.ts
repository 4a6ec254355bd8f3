const idsPerLine = 4;
/** Digits of an id, and of the last part of one in X-Ray's spelling. */
const idDigits = 32;
const lastPartDigits = 24;

/**
 * Adds a number of each trace id in the line, its last 32 bits, which both spellings share. Whatever could be an id counts: the index may
 * name a line too many, never one too few.
 */
export function indexTraceIds(bytes: Uint8Array, start: number, end: number, numbers: Set<number>): void {
  let found = 0;
  // No run of so many digits lies between two of the places that are looked at.
  for (let at = start + lastPartDigits - 1; at < end && found < idsPerLine; at += lastPartDigits) {
    if (!isDigit(bytes[at] as number)) {
      continue;
    }
    let first = at;
    while (first > start && isDigit(bytes[first - 1] as number)) {
      first -= 1;
    }
    let next = at + 1;
    while (next < end && isDigit(bytes[next] as number)) {
      next += 1;
    }
    if (next - first >= idDigits || (next - first === lastPartDigits && isLastPart(bytes, start, first))) {
      numbers.add(lastBits(bytes, next));
      found += 1;
    }
    at = next - 1;
  }
}

/** Whether `1-` and eight digits with a dash come before. */
function isLastPart(bytes: Uint8Array, start: number, first: number): boolean {
  const beginning = first - 11;
  if (beginning < start || bytes[beginning] !== 0x31 || bytes[beginning + 1] !== dash || bytes[first - 1] !== dash) {
    return false;
  }
  for (let at = beginning + 2; at < first - 1; at += 1) {
    if (!isDigit(bytes[at] as number)) {
      return false;
    }
  }
  return true;
}

const dash = 0x2d;

/** Of hexadecimal digits, large and small letters. */
const digitValues = new Int8Array(256).fill(-1);
for (const [value, digit] of Array.from('0123456789abcdef').entries()) {
  digitValues[digit.charCodeAt(0)] = value;
  digitValues[digit.toUpperCase().charCodeAt(0)] = value;
}

function isDigit(byte: number): boolean {
  return (digitValues[byte] as number) >= 0;
}

/** The value of the eight digits before `end`. */
function lastBits(bytes: Uint8Array, end: number): number {
  let bits = 0;
  for (let at = end - 8; at < end; at += 1) {
    bits = (bits << 4) | (digitValues[bytes[at] as number] as number);
  }
  return bits >>> 0;
}

/** What `indexTraceIds` notes of a trace id. */
export function traceNumber(id: string): number {
  return Number.parseInt(id.slice(-8), 16);
}

/** Character codes of the hex digits. */
const hexCodes = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** A range of bytes in lower-case hex, eight digits at a time: a string put together digit by digit is slow to compare later. */
export function toHex(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) {
    text += hexOfFour(bytes, at);
  }
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    text += String.fromCharCode(hexCodes[byte >> 4] as number, hexCodes[byte & 15] as number);
  }
  return text;
}

function hexOfFour(bytes: Uint8Array, at: number): string {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return String.fromCharCode(
    hexCodes[a >> 4] as number,
    hexCodes[a & 15] as number,
    hexCodes[b >> 4] as number,
    hexCodes[b & 15] as number,
    hexCodes[c >> 4] as number,
    hexCodes[c & 15] as number,
    hexCodes[d >> 4] as number,
    hexCodes[d & 15] as number,
  );
}

/**
 * Whether a text is one that a pattern means: `*` stands for any characters, `?` for one, case is not looked at, as in the X-Ray SDKs. A
 * step takes one character of the text, so the time is linear in it; no pattern makes it worse than the product of both lengths.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === '*') {
    return true;
  }
  const [first = '', ...others] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  if (!isAt(first, lower, 0)) {
    return false;
  }
  const last = others.pop();
  if (last === undefined) {
    return first.length === lower.length;
  }
  let from = first.length;
  for (const piece of others) {
    const found = indexOfPiece(piece, lower, from);
    if (found === -1) {
      return false;
    }
    from = found + piece.length;
  }
  return lower.length - last.length >= from && isAt(last, lower, lower.length - last.length);
}

/** The first place of a piece without `*`, or -1. */
function indexOfPiece(piece: string, text: string, from: number): number {
  if (!piece.includes('?')) {
    return text.indexOf(piece, from);
  }
  for (let at = from; at + piece.length <= text.length; at += 1) {
    if (isAt(piece, text, at)) {
      return at;
    }
  }
  return -1;
}

function isAt(piece: string, text: string, at: number): boolean {
  if (at + piece.length > text.length) {
    return false;
  }
  for (let index = 0; index < piece.length; index += 1) {
    const wanted = piece.charCodeAt(index);
    if (wanted !== questionMark && wanted !== text.charCodeAt(at + index)) {
      return false;
    }
  }
  return true;
}

const questionMark = 0x3f;

/** A value in a row; `undefined` where the row has none. Times are milliseconds since the Unix epoch. */
export type Value = string | number | boolean | undefined;

const numeral = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The value as a number, where it is one or its text is; else `undefined`. */
export function numberOf(value: Value): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return numeral.test(value) ? Number(value) : undefined;
    default:
      return undefined;
  }
}

/** The value as text: booleans are 1 and 0, as AWS writes them. */
export function textOf(value: Value): string | undefined {
  return typeof value === 'boolean' ? (value ? '1' : '0') : value === undefined ? undefined : String(value);
}

export function isTrue(value: Value): boolean {
  return typeof value === 'boolean' ? value : value === 'true' || (numberOf(value) ?? 0) !== 0;
}

/** Equal as numbers where both are, else as texts. What is missing equals nothing. */
export function areEqual(left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) {
    return false;
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    return booleanOf(left) === booleanOf(right);
  }
  if (left === right) {
    return true;
  }
  const leftNumber = numberOf(left);
  return leftNumber !== undefined && leftNumber === numberOf(right);
}

function booleanOf(value: Value): Value {
  const text = typeof value === 'boolean' ? String(value) : textOf(value);
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : value;
}

/** Negative where the left is less; `undefined` where one is missing, so that no comparison holds. */
export function orderOf(left: Value, right: Value): number | undefined {
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    return leftNumber - rightNumber;
  }
  return compareTexts(String(left), String(right));
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The order of `sort`: what is missing first, then texts, then numbers; digits inside texts count as numbers
 * (user guide, "sort").
 */
export function compareForSort(left: Value, right: Value): number {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined || rightNumber !== undefined) {
    return leftNumber === undefined ? -1 : rightNumber === undefined ? 1 : leftNumber - rightNumber;
  }
  return compareChunks(String(left), String(right));
}

function compareChunks(left: string, right: string): number {
  const leftChunks = left.match(/\d+|\D+/g) ?? [];
  const rightChunks = right.match(/\d+|\D+/g) ?? [];
  for (const [index, leftChunk] of leftChunks.entries()) {
    const rightChunk = rightChunks[index];
    if (rightChunk === undefined) {
      return 1;
    }
    const bothAreDigits = /^\d/.test(leftChunk) && /^\d/.test(rightChunk);
    const order = (bothAreDigits ? leftChunk.length - rightChunk.length : 0) || compareTexts(leftChunk, rightChunk);
    if (order !== 0) {
      return order;
    }
  }
  return leftChunks.length - rightChunks.length;
}

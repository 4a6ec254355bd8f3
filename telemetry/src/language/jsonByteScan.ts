import { parseAscii, toUtf8 } from '../decode/utf8.ts';

/** A path of keys below which values are wanted. */
interface PathNode {
  readonly key: Uint8Array;
  readonly children: PathNode[];
  /** Where in the results the value at this path goes; -1 for a path that only leads on. */
  slot: number;
}

/** What stands at a path: nothing, or a value from `start` to `end`. */
export interface FoundValue {
  start: number;
  end: number;
  hasEscapes: boolean;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Finds the values at a few paths of a JSON object in its bytes, several times faster than to parse it. It trusts the
 * bytes to be JSON, so what it finds in others means nothing.
 */
export class JsonByteScan {
  readonly #root: PathNode = { key: new Uint8Array(), children: [], slot: -1 };
  /** One for each path, in the order they were added. */
  readonly found: FoundValue[] = [];
  #bytes: Uint8Array = new Uint8Array();
  #end = 0;

  /** Asks for the value at a path of keys; its place in `found` is returned. */
  addPath(keys: readonly Uint8Array[]): number {
    let node = this.#root;
    for (const key of keys) {
      let child = node.children.find((candidate) => equalBytes(candidate.key, key));
      if (child === undefined) {
        child = { key, children: [], slot: -1 };
        node.children.push(child);
      }
      node = child;
    }
    if (node.slot === -1) {
      node.slot = this.found.push({ start: -1, end: -1, hasEscapes: false }) - 1;
    }
    return node.slot;
  }

  /** Fills `found`; false where the bytes need a real parser: they are no object, or have keys with escapes. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#end = end;
    for (let slot = 0; slot < this.found.length; slot++) {
      (this.found[slot] as FoundValue).start = -1;
    }
    const at = skipSpaces(bytes, start, end);
    return at < end && bytes[at] === openBrace && this.#scanObject(this.#root, at) !== -1;
  }

  /** The text of a string or a number that was found; `undefined` for any other value. */
  textAt(slot: number): string | undefined {
    const { start, end, hasEscapes } = this.found[slot] as FoundValue;
    const first = this.#bytes[start] as number;
    if (first !== quote) {
      return first === 0x2d || (first >= 0x30 && first <= 0x39) ? this.#numberText(start, end) : undefined;
    }
    if (hasEscapes) {
      try {
        return JSON.parse(toUtf8(this.#bytes.subarray(start, end))) as string;
      } catch {
        // Not JSON after all: the caller's parser finds that out too.
        return undefined;
      }
    }
    return parseAscii(this.#bytes, start + 1, end - 1) ?? toUtf8(this.#bytes.subarray(start + 1, end - 1));
  }

  firstByteAt(slot: number): number | undefined {
    const { start } = this.found[slot] as FoundValue;
    return start === -1 ? undefined : this.#bytes[start];
  }

  #numberText(start: number, end: number): string | undefined {
    const written = parseAscii(this.#bytes, start, end) ?? '';
    // Short whole numbers are written as JavaScript would write them.
    return end - start < 15 && /^(?:-?[1-9]\d*|0)$/.test(written) ? written : String(Number(written));
  }

  /** Reads an object from its opening brace and gives where it ends; -1 where a key has escapes or the bytes are no JSON. */
  #scanObject(node: PathNode, start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start + 1;
    for (;;) {
      at = skipSpaces(bytes, at, end);
      const byte = at < end ? bytes[at] : 0;
      if (byte !== quote) {
        if (byte === closeBrace) {
          return at + 1;
        }
        if (byte !== comma) {
          return -1;
        }
        at++;
        continue;
      }
      const keyStart = at + 1;
      const keyEnd = skipString(bytes, at, end) - 1;
      if (keyEnd < 0) {
        return -1;
      }
      const child = childOf(node, bytes, keyStart, keyEnd);
      at = skipSpaces(bytes, keyEnd + 1, end) + 1;
      at = skipSpaces(bytes, at, end);
      at = child === undefined ? Math.abs(skipValue(bytes, at, end)) : this.#scanChild(child, at);
      if (at === -1) {
        return -1;
      }
    }
  }

  #scanChild(child: PathNode, start: number): number {
    // Of a key that is there twice, the last counts.
    this.#forget(child);
    const goesOn = child.children.length > 0 && this.#bytes[start] === openBrace;
    const end = goesOn ? this.#scanObject(child, start) : skipValue(this.#bytes, start, this.#end);
    const value = this.found[child.slot];
    if (value !== undefined) {
      value.start = start;
      value.end = Math.abs(end);
      value.hasEscapes = end < 0;
    }
    return goesOn ? end : Math.abs(end);
  }

  #forget(node: PathNode): void {
    const value = this.found[node.slot];
    if (value !== undefined) {
      value.start = -1;
    }
    for (const child of node.children) {
      this.#forget(child);
    }
  }
}

function childOf(node: PathNode, bytes: Uint8Array, start: number, end: number): PathNode | undefined {
  const { children } = node;
  for (let index = 0; index < children.length; index++) {
    const child = children[index] as PathNode;
    const { key } = child;
    if (key.length === end - start) {
      let same = 0;
      while (same < key.length && bytes[start + same] === key[same]) {
        same++;
      }
      if (same === key.length) {
        return child;
      }
    }
  }
  return undefined;
}

function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] as number) <= 0x20) {
    at++;
  }
  return at;
}

/** From the opening quotation mark past the closing one; negative where there are escapes between. */
function skipString(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1;
  let sign = 1;
  while (at < end) {
    const byte = bytes[at++] as number;
    // Small letters are asked first, being most of what there is.
    if (byte > backslash) {
      continue;
    }
    if (byte === quote) {
      return sign * at;
    }
    if (byte === backslash) {
      sign = -1;
      at++;
    }
  }
  return sign * end;
}

/** Past a value; negative for a string with escapes. */
function skipValue(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from];
  if (first === quote) {
    return skipString(bytes, from, end);
  }
  if (first === openBrace || first === openBracket) {
    return skipNested(bytes, from, end);
  }
  let at = from;
  while (at < end && !endsScalar(bytes[at] as number)) {
    at++;
  }
  return at;
}

function skipNested(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0;
  let at = from;
  do {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = Math.abs(skipString(bytes, at, end));
      continue;
    }
    at++;
    if (byte === openBrace || byte === openBracket) {
      depth++;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth--;
    }
  } while (depth > 0 && at < end);
  return at;
}

function endsScalar(byte: number): boolean {
  return byte <= 0x20 || byte === comma || byte === closeBrace || byte === closeBracket;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

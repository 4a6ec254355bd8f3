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
  #at = 0;
  #end = 0;
  #stringHasEscapes = false;

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
    this.#at = start;
    this.#end = end;
    for (const value of this.found) {
      value.start = -1;
    }
    this.#skipSpaces();
    return bytes[this.#at] === openBrace && this.#scanObject(this.#root);
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

  /** Reads an object from its opening brace; false where a key has escapes or the bytes are no JSON. */
  #scanObject(node: PathNode): boolean {
    this.#at++;
    for (;;) {
      this.#skipSpaces();
      const byte = this.#bytes[this.#at];
      if (this.#at >= this.#end || (byte !== quote && byte !== 0x2c && byte !== closeBrace)) {
        return false;
      }
      if (byte !== quote) {
        this.#at++;
        if (byte === closeBrace) {
          return true;
        }
        continue;
      }
      const keyStart = this.#at + 1;
      this.#skipString();
      if (this.#stringHasEscapes) {
        return false;
      }
      const child = this.#childOf(node, keyStart, this.#at - 1);
      this.#skipSpaces();
      this.#at++;
      this.#skipSpaces();
      if (child === undefined) {
        this.#skipValue();
      } else if (!this.#scanChild(child)) {
        return false;
      }
    }
  }

  #scanChild(child: PathNode): boolean {
    // Of a key that is there twice, the last counts.
    this.#forget(child);
    const start = this.#at;
    this.#stringHasEscapes = false;
    if (child.children.length > 0 && this.#bytes[start] === openBrace) {
      if (!this.#scanObject(child)) {
        return false;
      }
    } else {
      this.#skipValue();
    }
    const value = this.found[child.slot];
    if (value !== undefined) {
      value.start = start;
      value.end = this.#at;
      value.hasEscapes = this.#stringHasEscapes;
    }
    return true;
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

  #childOf(node: PathNode, start: number, end: number): PathNode | undefined {
    const bytes = this.#bytes;
    for (const child of node.children) {
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

  #skipSpaces(): void {
    while (this.#at < this.#end && (this.#bytes[this.#at] as number) <= 0x20) {
      this.#at++;
    }
  }

  /** From the opening quotation mark past the closing one. */
  #skipString(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at + 1;
    this.#stringHasEscapes = false;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        break;
      }
      if (byte === backslash) {
        this.#stringHasEscapes = true;
        at++;
      }
    }
    this.#at = Math.min(at + 1, end);
  }

  #skipValue(): void {
    const first = this.#bytes[this.#at];
    if (first === quote) {
      this.#skipString();
    } else if (first === openBrace || first === openBracket) {
      this.#skipNested();
    } else {
      while (this.#at < this.#end && !endsScalar(this.#bytes[this.#at] as number)) {
        this.#at++;
      }
    }
  }

  #skipNested(): void {
    let depth = 0;
    do {
      const byte = this.#bytes[this.#at];
      if (byte === quote) {
        this.#skipString();
        continue;
      }
      this.#at++;
      if (byte === openBrace || byte === openBracket) {
        depth++;
      } else if (byte === closeBrace || byte === closeBracket) {
        depth--;
      }
    } while (depth > 0 && this.#at < this.#end);
  }
}

function endsScalar(byte: number): boolean {
  return byte <= 0x20 || byte === 0x2c || byte === closeBrace || byte === closeBracket;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

import { signedHash, textSeed, wordsOf } from './hashBytes.ts';

/** Longer texts are cut in the index; the payload keeps them whole. */
export const maxTextBytes = 4096;

export interface TextColumns {
  /** Where each text starts in `bytes`; its end is the next one's start. */
  readonly starts: Uint32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** Reads the texts of a segment. Text 0 is the empty text and stands for "none". */
export class TextReader {
  readonly columns: TextColumns;
  readonly #decoded: (string | undefined)[] = [''];

  constructor(columns: TextColumns) {
    this.columns = columns;
  }

  textOf(id: number): string {
    const known = this.#decoded[id];
    if (known !== undefined) {
      return known;
    }
    const { starts, bytes } = this.columns;
    // Buffer decodes shared memory in place, which TextDecoder refuses to do.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + (starts[id] as number), this.lengthOf(id)).toString(
      'utf8',
    );
    // Texts of many different URLs are not worth keeping twice.
    if (id < 4096) {
      this.#decoded[id] = text;
    }
    return text;
  }

  lengthOf(id: number): number {
    return (this.columns.starts[id + 1] as number) - (this.columns.starts[id] as number);
  }
}

/**
 * Interns texts by their bytes, so that scanning makes no JavaScript string. Only the writer has one.
 *
 * Invariant: a text is written whole before its id is handed out, and an id is never given to another text.
 */
export class TextTable {
  /** Open addressing of its own rather than HashSlots: a closure for each text is what interning cannot afford. */
  #hashes = new Int32Array(1024);
  /** Ids; 0 is an empty slot. */
  #ids = new Uint32Array(1024);
  #mask = 1023;
  readonly #starts: Uint32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #words: DataView;
  #count = 1;
  #used = 0;

  constructor(columns: TextColumns) {
    this.#starts = columns.starts;
    this.#bytes = columns.bytes;
    this.#words = new DataView(columns.bytes.buffer, columns.bytes.byteOffset, columns.bytes.byteLength);
  }

  /** Texts stored, the empty one included. */
  get count(): number {
    return this.#count;
  }

  get usedBytes(): number {
    return this.#used;
  }

  hasRoomFor(texts: number): boolean {
    return this.#count + texts < this.#starts.length - 1 && this.#used + texts * maxTextBytes <= this.#bytes.length;
  }

  /** The id of the text `source[from..to)` in UTF-8; 0 where it is empty or the table is full. */
  intern(source: Uint8Array, from: number, to: number): number {
    const end = to - from > maxTextBytes ? cutAtCharacter(source, from, from + maxTextBytes) : to;
    return end <= from ? 0 : this.#intern(source, from, end - from, signedHash(source, from, end, textSeed));
  }

  /** The same, where the signed hash of the whole text is known. */
  internHashed(source: Uint8Array, from: number, to: number, hash: number): number {
    if (to - from > maxTextBytes || to <= from) {
      return this.intern(source, from, to);
    }
    return this.#intern(source, from, to - from, hash);
  }

  #intern(source: Uint8Array, from: number, length: number, hash: number): number {
    let slot = hash & this.#mask;
    for (let id = this.#ids[slot] as number; id !== 0; id = this.#ids[slot] as number) {
      if (this.#hashes[slot] === hash && this.#equals(id, source, from, length)) {
        return id;
      }
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(hash, source, from, length);
  }

  /** Whether this is the text with that id. */
  isText(id: number, source: Uint8Array, from: number, to: number): boolean {
    return this.#equals(id, source, from, to - from);
  }

  #equals(id: number, source: Uint8Array, from: number, length: number): boolean {
    const start = this.#starts[id] as number;
    const bytes = this.#bytes;
    if ((this.#starts[id + 1] as number) - start !== length) {
      return false;
    }
    const words = this.#words;
    const sourceWords = wordsOf(source);
    let at = 0;
    for (const last = length - 3; at < last; at += 4) {
      if (words.getInt32(start + at) !== sourceWords.getInt32(from + at)) {
        return false;
      }
    }
    for (; at < length; at += 1) {
      if (bytes[start + at] !== source[from + at]) {
        return false;
      }
    }
    return true;
  }

  #add(hash: number, source: Uint8Array, from: number, length: number): number {
    if (!this.hasRoomFor(1)) {
      return 0;
    }
    const id = this.#count;
    const start = this.#used;
    for (let at = 0; at < length; at += 1) {
      this.#bytes[start + at] = source[from + at] as number;
    }
    this.#used = start + length;
    this.#starts[id] = start;
    this.#starts[id + 1] = this.#used;
    this.#count = id + 1;
    this.#enter(hash, id);
    return id;
  }

  #enter(hash: number, id: number): void {
    if (this.#count > this.#mask * 0.7) {
      this.#grow();
    }
    let slot = hash & this.#mask;
    while (this.#ids[slot] !== 0) {
      slot = (slot + 1) & this.#mask;
    }
    this.#hashes[slot] = hash;
    this.#ids[slot] = id;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const ids = this.#ids;
    this.#hashes = new Int32Array(ids.length * 4);
    this.#ids = new Uint32Array(ids.length * 4);
    this.#mask = ids.length * 4 - 1;
    for (let slot = 0; slot < ids.length; slot += 1) {
      const id = ids[slot] as number;
      if (id !== 0) {
        let free = (hashes[slot] as number) & this.#mask;
        while (this.#ids[free] !== 0) {
          free = (free + 1) & this.#mask;
        }
        this.#hashes[free] = hashes[slot] as number;
        this.#ids[free] = id;
      }
    }
  }
}

/** The last place at or before `to` that does not cut a UTF-8 character in two. */
export function cutAtCharacter(source: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && ((source[end] as number) & 0xc0) === 0x80) {
    end -= 1;
  }
  return end;
}

import { header, maxIndexedAttributes, textsPerSpan, valueTypeShift, type Segment } from './segment.ts';
import { seen } from './hashBytes.ts';
import { TextTable } from './textTable.ts';

/** What an attribute's key says about HTTP; 0 for all other keys. */
export type KeyRole = number;

/**
 * Appends to one segment. Rows and attributes are staged behind the published counters until `publish`, so a group that does not commit
 * is taken back by `rewind`. Interned texts stay: they belong to nobody and cost nothing but their room.
 */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #roleOfKey: (key: string) => KeyRole;
  readonly texts: TextTable;
  readonly #keys: TextTable;
  readonly #words: Uint32Array<SharedArrayBuffer>;
  readonly #attributeKeys: Uint16Array<SharedArrayBuffer>;
  readonly #keyRoles: Uint8Array;
  #knownKeys = 1;
  /** The key that came after each key the last time: spans of one kind name the same keys in the same order. */
  readonly #followers: Uint16Array;
  #lastKey = 0;
  rows = 0;
  attributes = 0;
  logs = 0;
  #spanAttributes = 0;

  constructor(segment: Segment, roleOfKey: (key: string) => KeyRole) {
    this.segment = segment;
    this.#roleOfKey = roleOfKey;
    const { columns, room } = segment;
    this.texts = new TextTable({ starts: columns.textStarts, bytes: columns.textBytes });
    this.#keys = new TextTable({ starts: columns.keyStarts, bytes: columns.keyBytes });
    this.#words = columns.attributeWord;
    this.#attributeKeys = columns.attributeKey;
    this.#keyRoles = new Uint8Array(room.keys + 2);
    this.#followers = new Uint16Array(room.keys + 2);
  }

  /** Whether one more span of any size fits. */
  hasRoomForSpan(): boolean {
    const { room } = this.segment;
    return (
      this.rows < room.rows &&
      this.attributes + maxIndexedAttributes <= room.attributes &&
      this.texts.hasRoomFor(textsPerSpan)
    );
  }

  hasRoomForLog(): boolean {
    return this.logs < this.segment.room.logs && this.texts.hasRoomFor(1);
  }

  /** Interns an attribute key; 0 where the segment has seen too many different ones. */
  internKey(bytes: Uint8Array, from: number, to: number): number {
    const expected = this.#followers[this.#lastKey] as number;
    if (expected !== 0 && this.#keys.isText(expected, bytes, from, to)) {
      this.#lastKey = expected;
      return expected;
    }
    const { nonAscii } = seen;
    seen.nonAscii = 0;
    const id = this.#keys.intern(bytes, from, to);
    // A key that is not plain ASCII is looked at each time: of one that was no UTF-8 the table may still have the bytes.
    if (seen.nonAscii === 0) {
      this.#followers[this.#lastKey] = id;
    }
    seen.nonAscii |= nonAscii;
    this.#lastKey = id;
    if (id >= this.#knownKeys) {
      this.#keyRoles[id] = this.#roleOfKey(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString());
      this.#knownKeys = id + 1;
    }
    return id;
  }

  roleOf(keyId: number): KeyRole {
    return this.#keyRoles[keyId] as number;
  }

  /** Adds an attribute to the span being staged: the word that stands for its value, and what the word is. */
  addAttribute(keyId: number, word: number, type: number): void {
    const at = this.attributes;
    if (this.#spanAttributes < maxIndexedAttributes) {
      this.#words[at] = word;
      this.#attributeKeys[at] = keyId | (type << valueTypeShift);
      this.attributes = at + 1;
      this.#spanAttributes += 1;
    }
  }

  /** Ends the staged span: its row is taken. Answers the row. */
  endSpan(): number {
    const row = this.rows;
    this.segment.columns.attributeEnd[row] = this.attributes;
    this.rows = row + 1;
    this.#spanAttributes = 0;
    return row;
  }

  /** Takes back everything staged after these positions. */
  rewind(rows: number, attributes: number, logs: number): void {
    this.rows = rows;
    this.attributes = attributes;
    this.logs = logs;
    this.#spanAttributes = 0;
  }

  /** Attributes of the span being staged are forgotten. */
  dropSpan(): void {
    const { attributeEnd } = this.segment.columns;
    this.rewind(this.rows, this.rows === 0 ? 0 : (attributeEnd[this.rows - 1] as number), this.logs);
  }

  publish(): void {
    const { header: counters } = this.segment.columns;
    Atomics.store(counters, header.texts, this.texts.count);
    Atomics.store(counters, header.textBytes, this.texts.usedBytes);
    Atomics.store(counters, header.keys, this.#keys.count);
    Atomics.store(counters, header.keyBytes, this.#keys.usedBytes);
    Atomics.store(counters, header.attributes, this.attributes);
    Atomics.store(counters, header.logs, this.logs);
    Atomics.store(counters, header.rows, this.rows);
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unpackGroup, type StoredPayload } from '../rawGroup.ts';

export interface StoredGroup {
  readonly receivedAt: number;
  readonly payloads: readonly StoredPayload[];
}

/** Groups are near 1 MB unpacked. */
const keptGroups = 4;

/** Reads raw groups, the last few of which stay unpacked. */
export class GroupReader {
  readonly #select: StatementSync;
  readonly #kept = new Map<number, StoredGroup>();

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('select at, codec, parts, body from raw where id = ?');
  }

  /** `undefined` where retention has just removed the group. */
  read(id: number): StoredGroup | undefined {
    const known = this.#kept.get(id);
    if (known !== undefined) {
      return known;
    }
    const row = this.#select.get(id) as { at: number; codec: number; parts: Uint8Array; body: Uint8Array } | undefined;
    if (row === undefined) {
      return undefined;
    }
    const group = { receivedAt: row.at, payloads: unpackGroup(row) };
    this.#kept.set(id, group);
    if (this.#kept.size > keptGroups) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as number);
    }
    return group;
  }
}

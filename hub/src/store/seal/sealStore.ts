import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { release } from '../bodyBuffers.ts';

/** A seal is written in slices, a few with each group, so that no acknowledgement waits for megabytes. */
const sliceBytes = 131_072;
const slicesPerCommit = 2;

interface Slice {
  readonly id: number;
  readonly part: number;
  readonly parts: number;
  readonly body: Uint8Array;
}

/** Sealed segments in the database: a start-up cache, which may be missing or incomplete at any time. */
export class SealStore {
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #waiting: Slice[] = [];
  readonly #doomed: number[] = [];
  #written = 0;
  #removed = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('insert or replace into seg (id, part, parts, body) values (?, ?, ?, ?)');
    this.#remove = database.prepare('delete from seg where id = ?');
  }

  get isWaiting(): boolean {
    return this.#waiting.length + this.#doomed.length > 0;
  }

  add(id: number, sealed: Uint8Array): void {
    const parts = Math.ceil(sealed.length / sliceBytes);
    for (let part = 0; part < parts; part += 1) {
      this.#waiting.push({ id, part, parts, body: sealed.subarray(part * sliceBytes, (part + 1) * sliceBytes) });
    }
  }

  /** The segment has left the index. */
  remove(id: number): void {
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) {
      if (this.#waiting[at]?.id === id) {
        this.#waiting.splice(at, 1);
      }
    }
    this.#doomed.push(id);
  }

  /** Within a transaction: writes some of what waits, or all of it. */
  write(all = false): void {
    this.#removed = this.#doomed.length;
    for (const id of this.#doomed) {
      this.#remove.run(id);
    }
    this.#written = all ? this.#waiting.length : Math.min(slicesPerCommit, this.#waiting.length);
    for (const { id, part, parts, body } of this.#waiting.slice(0, this.#written)) {
      this.#insert.run(id, part, parts, body);
    }
  }

  didCommit(): void {
    this.#doomed.splice(0, this.#removed);
    this.#waiting.splice(0, this.#written);
    this.#removed = 0;
    this.#written = 0;
  }
}

/** The bytes of a seal, `undefined` where a slice of it is missing. */
export function readSeal(database: DatabaseSync, id: number): Uint8Array | undefined {
  const slices = database.prepare('select parts, body from seg where id = ? order by part').all(id) as {
    parts: number;
    body: Uint8Array;
  }[];
  if (slices.length === 0 || slices.length !== slices[0]?.parts) {
    return undefined;
  }
  const seal = Buffer.concat(slices.map(({ body }) => body));
  for (const { body } of slices) {
    release(body);
  }
  return seal;
}

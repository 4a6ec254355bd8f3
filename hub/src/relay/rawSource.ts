import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { countFormats, unpackGroup, type PackedGroup } from '../store/rawGroup.ts';
import { release, releaseOwn } from '../store/bodyBuffers.ts';
import { destinationOf } from '../store/relay/relayOutbox.ts';
import type { Item } from './outcome.ts';

/** What is taken from the store at once. */
const pageBytes = 2_000_000;
const pageItems = 4_000;

/** What waits next, and where the destination stands once it has been dealt with. */
export interface Page {
  readonly items: readonly Item[];
  readonly position: number;
  /** What is missing before it: it has left the store. */
  readonly dropped: number;
  /** Gives the memory of the items back at once; nobody may look at them any more. */
  readonly release?: () => void;
}

/** Where a destination's records come from, in order. */
export interface Source {
  /** What lies behind the position; `undefined` where nothing does (yet). */
  next(position: number): Page | undefined;
}

/** Payloads of raw groups, as they came. */
export class RawSource implements Source {
  readonly #destination: 'xray' | 'otlp';
  readonly #heads: StatementSync;
  readonly #group: StatementSync;

  constructor(database: DatabaseSync, destination: 'xray' | 'otlp') {
    this.#destination = destination;
    this.#heads = database.prepare('select id, parts from raw where id > ? order by id limit 256');
    this.#group = database.prepare('select codec, parts, body from raw where id = ?');
  }

  next(position: number): Page | undefined {
    const items: Item[] = [];
    const buffers: ArrayBufferLike[] = [];
    let bytes = 0;
    let last = position;
    for (const { id, parts } of this.#heads.all(position) as { id: number; parts: Uint8Array }[]) {
      if (this.#holdsAny(parts)) {
        if (items.length > 0 && (bytes >= pageBytes || items.length >= pageItems)) {
          break;
        }
        for (const item of this.#read(id)) {
          items.push(item);
          bytes += item.body.length;
          if (buffers.at(-1) !== item.body.buffer) {
            buffers.push(item.body.buffer);
          }
        }
      }
      last = id;
    }
    return last === position
      ? undefined
      : { items, position: last, dropped: 0, release: () => buffers.forEach(releaseOwn) };
  }

  #holdsAny(parts: Uint8Array): boolean {
    return Array.from(countFormats(parts).keys()).some((format) => destinationOf[format] === this.#destination);
  }

  #read(id: number): Item[] {
    // Retention may have been quicker; then the writer has counted what is lost.
    const row = this.#group.get(id) as PackedGroup | undefined;
    const payloads = row === undefined ? [] : unpackGroup(row);
    if (row !== undefined && payloads[0]?.body.buffer !== row.body.buffer) {
      release(row.body);
    }
    return payloads.flatMap(({ format, body }) =>
      destinationOf[format] === this.#destination ? { about: format, body } : [],
    );
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import type { Page, Source } from './rawSource.ts';

const pageItems = 100;

/** Rollbar items, as they came; each carries its uuid, by which Rollbar knows one that it has. */
export class ItemSource implements Source {
  readonly #select: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('select id, uuid, codec, body from error_item where id > ? order by id limit ?');
  }

  next(position: number): Page | undefined {
    const rows = this.#select.all(position, pageItems) as {
      id: number;
      uuid: string;
      codec: number;
      body: Uint8Array;
    }[];
    const last = rows.at(-1);
    if (last === undefined) {
      return undefined;
    }
    const items = rows.map(({ uuid, codec, body }) => {
      const plain = codec === 0 ? Buffer.from(body) : zstdDecompressSync(body);
      return { about: 'item', body: withUuid(plain, uuid) };
    });
    // Numbers are given out one after the other, so what is missing between has left the store.
    return { items, position: last.id, dropped: last.id - position - rows.length };
  }
}

/** The item as it came where it names its uuid. Otherwise with the one it was given here: sent again, it is still the same. */
function withUuid(body: Buffer, uuid: string): Uint8Array {
  const text = body.toString();
  if (text.includes(uuid)) {
    return body;
  }
  try {
    const item = JSON.parse(text) as { data?: Record<string, unknown> };
    return typeof item.data === 'object' && item.data['uuid'] === undefined
      ? Buffer.from(JSON.stringify({ ...item, data: { ...item.data, uuid } }))
      : body;
  } catch {
    // A form (`payload=...`), which goes as it came.
    return body;
  }
}

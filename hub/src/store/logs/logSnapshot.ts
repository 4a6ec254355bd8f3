import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { hasLogPayload, type PackedGroup } from '../rawGroup.ts';
import { openForReading } from '../schema.ts';
import { selectChunkHeads, type ChunkHeadRow } from './logSchema.ts';

/**
 * A connection on which one question is answered. Between `begin` and `end` it sees the database as it was at the beginning, so that a
 * chunk that is removed or merged meanwhile is still there to be read.
 */
export class LogSnapshot {
  readonly database: DatabaseSync;
  readonly #heads: StatementSync;
  readonly #meta: StatementSync;
  readonly #body: StatementSync;
  readonly #grams: StatementSync;
  readonly #rawParts: StatementSync;
  readonly #raw: StatementSync;

  constructor(dataDir: string) {
    this.database = openForReading(dataDir);
    this.#heads = this.database.prepare(selectChunkHeads);
    this.#meta = this.database.prepare('select value from meta where key = ?');
    this.#body = this.database.prepare('select body from log_chunk where id = ?');
    this.#grams = this.database.prepare('select bits from log_grams where chunk = ?');
    this.#rawParts = this.database.prepare('select id, parts from raw where id > ? order by id');
    this.#raw = this.database.prepare('select at, codec, parts, body from raw where id = ?');
  }

  begin(): void {
    this.database.exec('begin');
  }

  end(): void {
    this.database.exec('commit');
  }

  close(): void {
    this.database.close();
  }

  /** The heads of the chunks after the one with this id. */
  headsAfter(id: number): ChunkHeadRow[] {
    return this.#heads.all(id) as unknown as ChunkHeadRow[];
  }

  meta(key: string): unknown {
    return (this.#meta.get(key) as { value: unknown } | undefined)?.value;
  }

  /** The raw groups after the one with this id that hold payloads of log records. */
  rawLogGroups(after: number): number[] {
    const rows = this.#rawParts.all(after) as unknown as { id: number; parts: Uint8Array }[];
    return rows.filter(({ parts }) => hasLogPayload(parts)).map(({ id }) => id);
  }

  rawGroup(id: number): (PackedGroup & { readonly at: number }) | undefined {
    return this.#raw.get(id) as (PackedGroup & { readonly at: number }) | undefined;
  }

  /** See `gramsOf`; `undefined` where nothing is known but what the chunk itself says. */
  grams(chunk: number): Uint8Array | undefined {
    return (this.#grams.get(chunk) as { bits: Uint8Array } | undefined)?.bits;
  }

  body(chunk: number): Uint8Array | undefined {
    return (this.#body.get(chunk) as { body: Uint8Array } | undefined)?.body;
  }
}

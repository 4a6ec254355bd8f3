import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** One row a document; its value is JSON. */
export const documentTable = `
  create table if not exists document (
    kind text not null, key text not null, value text not null, primary key (kind, key)
  ) without rowid;
`;

export interface DocumentChange {
  /** What kind of thing the document is, such as `group`. */
  readonly of: string;
  readonly key: string;
  /** JSON; absent where the document is removed. */
  readonly value?: string;
}

/** Changes documents, in the writer thread: each change is a transaction of its own. */
export class DocumentWriter {
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare('insert or replace into document (kind, key, value) values (?, ?, ?)');
    this.#remove = database.prepare('delete from document where kind = ? and key = ?');
  }

  change({ of, key, value }: DocumentChange): void {
    if (value === undefined) {
      this.#remove.run(of, key);
    } else {
      this.#put.run(of, key, value);
    }
  }
}

/** Every document of a kind as it was committed: pairs of key and JSON, by key. */
export function readDocuments(database: DatabaseSync, kind: string): [key: string, value: string][] {
  const rows = database.prepare('select key, value from document where kind = ? order by key').all(kind) as {
    key: string;
    value: string;
  }[];
  return rows.map(({ key, value }) => [key, value]);
}

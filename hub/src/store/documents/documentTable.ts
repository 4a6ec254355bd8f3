import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from '../transaction.ts';

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

/** Changes documents, in the writer thread: what is changed at once is one transaction. */
export class DocumentWriter {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#put = database.prepare('insert or replace into document (kind, key, value) values (?, ?, ?)');
    this.#remove = database.prepare('delete from document where kind = ? and key = ?');
  }

  /** Throws where the database fails; then all is as it was. */
  change(changes: readonly DocumentChange[]): void {
    inTransaction(this.#database, () => {
      for (const { of, key, value } of changes) {
        if (value === undefined) {
          this.#remove.run(of, key);
        } else {
          this.#put.run(of, key, value);
        }
      }
    });
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

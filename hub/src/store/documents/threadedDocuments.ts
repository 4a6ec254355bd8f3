import type { ThreadLink } from '../threadLink.ts';
import type { DocumentStore, StoredDocument } from '../traceAnalysis.ts';
import type { DocumentChange } from './documentTable.ts';

/** The documents of the store, as the main thread talks to its writer and its reader. */
export class ThreadedDocuments implements DocumentStore {
  readonly #writer: ThreadLink;
  readonly #reader: ThreadLink;

  constructor(writer: ThreadLink, reader: ThreadLink) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async all(kind: string): Promise<ReadonlyMap<string, unknown>> {
    const stored = await this.#reader.ask((id) => ({ kind: 'ask', id, call: { name: 'documents', kind } }));
    return new Map((stored as [string, string][]).map(([key, value]) => [key, JSON.parse(value) as unknown]));
  }

  async put(kind: string, key: string, value: unknown): Promise<void> {
    await this.putAll([{ kind, key, value }]);
  }

  async putAll(documents: readonly StoredDocument[]): Promise<void> {
    // Made into text here, so that a value that is no JSON is refused where it comes from.
    const changes = documents.map(toChange);
    await this.#writer.ask((id) => ({ kind: 'documents', id, changes }));
  }
}

function toChange({ kind, key, value }: StoredDocument): DocumentChange {
  const json = JSON.stringify(value) as string | undefined;
  return { of: kind, key, ...(json === undefined ? {} : { value: json }) };
}

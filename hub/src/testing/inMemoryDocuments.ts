import type { DocumentStore, StoredDocument } from '../store/traceAnalysis.ts';

/** Keeps documents as JSON does: what is put in comes out as it would after a restart. */
export class InMemoryDocuments implements DocumentStore {
  readonly #kinds = new Map<string, Map<string, unknown>>();

  all(kind: string): Promise<ReadonlyMap<string, unknown>> {
    const documents = [...(this.#kinds.get(kind) ?? [])];
    return Promise.resolve(new Map(documents.toSorted(([a], [b]) => (a < b ? -1 : 1))));
  }

  put(kind: string, key: string, value: unknown): Promise<void> {
    const documents = this.#kinds.get(kind) ?? new Map<string, unknown>();
    this.#kinds.set(kind, documents);
    if (value === undefined) {
      documents.delete(key);
    } else {
      documents.set(key, JSON.parse(JSON.stringify(value)) as unknown);
    }
    return Promise.resolve();
  }

  async putAll(documents: readonly StoredDocument[]): Promise<void> {
    await Promise.all(documents.map(({ kind, key, value }) => this.put(kind, key, value)));
  }
}

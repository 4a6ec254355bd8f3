import type { DocumentStore } from '../store/traceAnalysis.ts';

/** Keeps documents for as long as a test runs. */
export class InMemoryDocuments implements DocumentStore {
  readonly #kinds = new Map<string, Map<string, unknown>>();

  all(kind: string): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map(this.#kinds.get(kind)));
  }

  put(kind: string, key: string, value: unknown): Promise<void> {
    const documents = this.#kinds.get(kind) ?? new Map<string, unknown>();
    this.#kinds.set(kind, documents);
    if (value === undefined) {
      documents.delete(key);
    } else {
      documents.set(key, structuredClone(value));
    }
    return Promise.resolve();
  }
}

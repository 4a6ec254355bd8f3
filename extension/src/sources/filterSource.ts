import type { FilterVocabulary } from '@sightline/telemetry/language/filterExpressionSuggestions';

/** A filter expression under a name: what X-Ray calls a group. */
export interface SavedFilter {
  readonly name: string;
  readonly filter: string;
}

/** What is known of filters where the traces come from. Every call rejects with a `UserError` where a person can do something about it. */
export interface FilterSource {
  /** What was seen there, and so may be worth asking for. */
  loadVocabulary(signal?: AbortSignal): Promise<FilterVocabulary>;
  /** By name. */
  listSavedFilters(signal?: AbortSignal): Promise<readonly SavedFilter[]>;
  /** In place of the one of that name, if there is one. */
  saveFilter(saved: SavedFilter): Promise<void>;
  renameFilter(name: string, newName: string): Promise<void>;
  /** Answers false where there is none of that name (any more). */
  deleteFilter(name: string): Promise<boolean>;
}

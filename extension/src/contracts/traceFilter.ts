import type { FilterVocabulary } from '@sightline/telemetry/language/filterExpressionSuggestions';

/** What the filter box above the traces asks of the editor. */
export type TraceFilterQuestions = {
  /** First of all: what to show. */
  readonly begin: { readonly asks: undefined; readonly answers: TraceFilterBeginning };
  /** What could be typed; asked anew now and then, since services and annotations come. */
  readonly vocabulary: { readonly asks: undefined; readonly answers: FilterVocabulary };
  /** Shows the traces that fulfil a filter, all where it is empty. `isChosen` false while somebody is still typing. Refused where it is wrong. */
  readonly apply: {
    readonly asks: { readonly filter: string; readonly isChosen: boolean };
    readonly answers: undefined;
  };
  /** Leaves it at what has been found so far. */
  readonly stop: { readonly asks: undefined; readonly answers: undefined };
};

/** What the editor asks of the filter box. */
export type TraceFilterNews = {
  readonly status: { readonly asks: TraceFilterStatus; readonly answers: undefined };
  readonly focus: { readonly asks: undefined; readonly answers: undefined };
};

export interface TraceFilterBeginning {
  readonly status: TraceFilterStatus;
  readonly vocabulary: FilterVocabulary;
}

/** How the traces stand. */
export interface TraceFilterStatus {
  /** The filter that is on; empty where there is none. */
  readonly filter: string;
  /** Filters that were chosen before, the last one first. */
  readonly history: readonly string[];
  readonly found: number;
  /** There are more than `found`, or may be. */
  readonly isMore: boolean;
  readonly isSearching: boolean;
  /** Why nothing may have been found, or nothing comes. */
  readonly hints: readonly string[];
}

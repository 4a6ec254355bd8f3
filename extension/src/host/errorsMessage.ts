import type { ErrorFilter, ErrorsState } from './errorsModel.ts';

/**
 * The line above the tree, or `undefined` for none. An empty tree with a message hides the welcome text, so there is none while that text
 * says all.
 */
export function errorsMessageOf(state: ErrorsState): string | undefined {
  const { source, rows, failure } = state;
  switch (source.kind) {
    case 'failed':
      return source.message;
    case 'stopped':
      return rows.length === 0 ? undefined : 'The hub has stopped; these are the errors of before.';
    case 'connecting':
      return rows.length === 0 ? undefined : 'Waiting for the hub…';
    case 'ready':
      return failure ?? filterMessageOf(state);
  }
}

const filterMessages: Record<ErrorFilter, { readonly some: string | undefined; readonly none: string | undefined }> = {
  // An empty list of active errors is what the welcome text is for.
  active: { some: undefined, none: undefined },
  all: { some: 'Resolved and muted errors too', none: undefined },
  resolved: { some: 'Resolved errors only', none: 'No error is resolved.' },
  muted: { some: 'Muted errors only', none: 'No error is muted.' },
};

function filterMessageOf({ filter, rows, isLoaded }: ErrorsState): string | undefined {
  const { some, none } = filterMessages[filter];
  return rows.length > 0 ? some : isLoaded ? none : undefined;
}

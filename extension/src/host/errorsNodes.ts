import type { ErrorGroupJson, OccurrenceJson } from '@sightline/hub/client/errorsApi';
import { framesOf, itemOf, requestFactsOf } from './errorItemView.ts';
import { errorRowOf, hasOlderOccurrences, occurrenceOf, occurrencesOf, type ErrorsState } from './errorsModel.ts';

interface InGroup {
  readonly counter: number;
}

interface InOccurrence extends InGroup {
  readonly id: string;
}

/** One row of the Errors tree: only what identifies it, so that it stays the same while its contents change. */
export type ErrorsNode =
  | { readonly kind: 'environment'; readonly environment: string }
  | ({ readonly kind: 'group' } & InGroup)
  | ({ readonly kind: 'occurrence' } & InOccurrence)
  /** `index` counts along the chain: 0 was thrown, 1 caused it, and so on. */
  | ({ readonly kind: 'exception'; readonly index: number } & InOccurrence)
  | ({ readonly kind: 'frame'; readonly index: number; readonly frame: number } & InOccurrence)
  /** The frames of an exception that are not the app's own. */
  | ({ readonly kind: 'libraryFrames'; readonly index: number } & InOccurrence)
  /** What an occurrence without an exception says. */
  | ({ readonly kind: 'message' } & InOccurrence)
  | ({ readonly kind: 'request' } & InOccurrence)
  | ({ readonly kind: 'requestFact'; readonly index: number } & InOccurrence)
  | ({ readonly kind: 'person' } & InOccurrence)
  | ({ readonly kind: 'breadcrumbs' } & InOccurrence)
  | ({ readonly kind: 'breadcrumb'; readonly index: number } & InOccurrence)
  | ({ readonly kind: 'trace' } & InOccurrence)
  | ({ readonly kind: 'details' } & InOccurrence)
  /** Stands where the occurrences of a group could not be shown; says why. */
  | ({ readonly kind: 'note'; readonly text: string } & InGroup)
  | ({ readonly kind: 'olderOccurrences' } & InGroup)
  | { readonly kind: 'older' };

/** The same for the same row at any time: what the editor keeps expansion and selection by. */
export function errorNodeIdOf(node: ErrorsNode): string {
  switch (node.kind) {
    case 'environment':
      return `environment/${node.environment}`;
    case 'group':
      return `error/${node.counter}`;
    case 'occurrence':
      return `error/${node.counter}/${node.id}`;
    case 'exception':
    case 'libraryFrames':
    case 'requestFact':
    case 'breadcrumb':
      return `error/${node.counter}/${node.id}/${node.kind}/${node.index}`;
    case 'frame':
      return `error/${node.counter}/${node.id}/exception/${node.index}/${node.frame}`;
    case 'message':
    case 'request':
    case 'person':
    case 'breadcrumbs':
    case 'trace':
    case 'details':
      return `error/${node.counter}/${node.id}/${node.kind}`;
    case 'note':
    case 'olderOccurrences':
      return `error/${node.counter}/${node.kind}`;
    case 'older':
      return 'older';
  }
}

/** The rows at the top: groups, or the environments they happened in. */
export function topErrorNodesOf(state: ErrorsState): readonly ErrorsNode[] {
  const nodes: ErrorsNode[] =
    state.groupBy === 'none'
      ? state.rows.map(({ counter }) => ({ kind: 'group', counter }))
      : environmentsOf(state).map((environment) => ({ kind: 'environment', environment }));
  return state.next === undefined && !state.isLoadingOlder ? nodes : [...nodes, { kind: 'older' }];
}

/** The rows below a row, of what has been loaded. */
export function childErrorNodesOf(state: ErrorsState, node: ErrorsNode): readonly ErrorsNode[] {
  switch (node.kind) {
    case 'environment':
      return rowsIn(state, node.environment).map(({ counter }) => ({ kind: 'group', counter }));
    case 'group':
      return nodesInGroup(state, node.counter);
    case 'occurrence':
    case 'exception':
    case 'libraryFrames':
    case 'request':
    case 'breadcrumbs': {
      const occurrence = occurrenceOf(state, node.counter, node.id);
      return occurrence === undefined ? [] : nodesInOccurrence(occurrence, node);
    }
    default:
      return [];
  }
}

/** The row that a row is below, or `undefined` at the top. */
export function parentErrorNodeOf(state: ErrorsState, node: ErrorsNode): ErrorsNode | undefined {
  switch (node.kind) {
    case 'environment':
    case 'older':
      return undefined;
    case 'group': {
      const row = state.groupBy === 'none' ? undefined : errorRowOf(state, node.counter);
      return row === undefined ? undefined : { kind: 'environment', environment: environmentOf(row) };
    }
    case 'occurrence':
    case 'note':
    case 'olderOccurrences':
      return { kind: 'group', counter: node.counter };
    case 'frame':
      return parentOfFrame(state, node);
    case 'libraryFrames':
      return { kind: 'exception', counter: node.counter, id: node.id, index: node.index };
    case 'requestFact':
      return { kind: 'request', counter: node.counter, id: node.id };
    case 'breadcrumb':
      return { kind: 'breadcrumbs', counter: node.counter, id: node.id };
    default:
      return { kind: 'occurrence', counter: node.counter, id: node.id };
  }
}

/** The groups under one heading. */
export function rowsIn(state: ErrorsState, environment: string): readonly ErrorGroupJson[] {
  return state.rows.filter((row) => environmentOf(row) === environment);
}

function environmentsOf(state: ErrorsState): readonly string[] {
  // In an order that does not depend on what arrives, so that a heading never moves under the cursor.
  return [...new Set(state.rows.map(environmentOf))].toSorted((one, other) => one.localeCompare(other, 'en'));
}

/** An error that happened in several environments is listed once, under all of them: `dev, prod`. */
function environmentOf({ environments }: ErrorGroupJson): string {
  const names = environments.toSorted((one, other) => one.localeCompare(other, 'en')).join(', ');
  return names === '' ? '(no environment)' : names;
}

function nodesInGroup(state: ErrorsState, counter: number): readonly ErrorsNode[] {
  const loaded = state.occurrences.get(counter);
  if (loaded?.kind === 'failed') {
    return [{ kind: 'note', counter, text: loaded.message }];
  }
  const items = occurrencesOf(state, counter);
  if (loaded !== undefined && items.length === 0) {
    return [{ kind: 'note', counter, text: 'No occurrence of it is kept any more.' }];
  }
  const nodes: ErrorsNode[] = items.map(({ id }) => ({ kind: 'occurrence', counter, id }));
  return hasOlderOccurrences(state, counter) ? [...nodes, { kind: 'olderOccurrences', counter }] : nodes;
}

function nodesInOccurrence(
  occurrence: OccurrenceJson,
  node: Extract<ErrorsNode, { kind: 'occurrence' | 'exception' | 'libraryFrames' | 'request' | 'breadcrumbs' }>,
): readonly ErrorsNode[] {
  const item = itemOf(occurrence);
  const { counter, id } = node;
  switch (node.kind) {
    case 'occurrence':
      return partsOf(occurrence, { counter, id });
    case 'exception': {
      const frames = frameNodes(occurrence, node);
      return frames.some(({ isOwn }) => !isOwn)
        ? [
            ...frames.filter(({ isOwn }) => isOwn).map(({ node: frame }) => frame),
            { kind: 'libraryFrames', counter, id, index: node.index },
          ]
        : frames.map(({ node: frame }) => frame);
    }
    case 'libraryFrames':
      return frameNodes(occurrence, node)
        .filter(({ isOwn }) => !isOwn)
        .map(({ node: frame }) => frame);
    case 'request':
      return requestFactsOf(item).map((_fact, index) => ({ kind: 'requestFact', counter, id, index }));
    case 'breadcrumbs':
      return item.telemetry.map((_crumb, index) => ({ kind: 'breadcrumb', counter, id, index }));
  }
}

function partsOf(occurrence: OccurrenceJson, place: InOccurrence): readonly ErrorsNode[] {
  const { exceptions, request, person, telemetry, traceId } = itemOf(occurrence);
  const nodes: (ErrorsNode | undefined)[] = [
    ...exceptions.map((_exception, index): ErrorsNode => ({ kind: 'exception', ...place, index })),
    exceptions.length === 0 ? { kind: 'message', ...place } : undefined,
    request === undefined ? undefined : { kind: 'request', ...place },
    person === undefined ? undefined : { kind: 'person', ...place },
    telemetry.length === 0 ? undefined : { kind: 'breadcrumbs', ...place },
    traceId === undefined ? undefined : { kind: 'trace', ...place },
    { kind: 'details', ...place },
  ];
  return nodes.filter((node) => node !== undefined);
}

function frameNodes(
  occurrence: OccurrenceJson,
  { counter, id, index }: InOccurrence & { readonly index: number },
): readonly { readonly node: ErrorsNode; readonly isOwn: boolean }[] {
  const exception = itemOf(occurrence).exceptions[index];
  return (exception === undefined ? [] : framesOf(exception)).map(({ index: frame, isOwn }) => ({
    node: { kind: 'frame', counter, id, index, frame },
    isOwn,
  }));
}

function parentOfFrame(state: ErrorsState, node: Extract<ErrorsNode, { kind: 'frame' }>): ErrorsNode {
  const { counter, id, index } = node;
  const occurrence = occurrenceOf(state, counter, id);
  const exception = occurrence === undefined ? undefined : itemOf(occurrence).exceptions[index];
  const frame = exception === undefined ? undefined : framesOf(exception).find((known) => known.index === node.frame);
  return { kind: frame?.isOwn === false ? 'libraryFrames' : 'exception', counter, id, index };
}

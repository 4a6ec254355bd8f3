import { besideNodeIdOf, besideNodesOf, childrenBeside, parentBeside, type BesideNode } from './tracesBeside.ts';
import { groupTraces } from './tracesGroups.ts';
import { childrenOfFacts, factNodeIdOf, factNodesOf, parentOfFact, type FactNode } from './tracesFacts.ts';
import { childLimitOf, olderCursorOf, type TracesState } from './tracesModel.ts';
import {
  childrenOf,
  countChildren,
  hasChildren,
  isFailed,
  parentOf,
  rowOf,
  type SpanRow,
  type SpanTree,
} from './tracesSpanTree.ts';

/** One row of the Traces tree: only what identifies it, so that it stays the same while its contents change. */
export type TracesNode =
  | { readonly kind: 'group'; readonly groupKey: string }
  | { readonly kind: 'trace'; readonly traceId: string }
  | { readonly kind: 'span'; readonly traceId: string; readonly spanKey: string; readonly spanId: string }
  | {
      readonly kind: 'exception';
      readonly traceId: string;
      readonly spanKey: string;
      readonly spanId: string;
      readonly index: number;
    }
  | BesideNode
  | FactNode
  /** Opens the documents of the trace as they came. */
  | { readonly kind: 'details'; readonly traceId: string }
  /** Stands where the children of a trace or span could not be shown; says why. */
  | { readonly kind: 'note'; readonly traceId: string; readonly spanKey: string | undefined; readonly text: string }
  /** Shows more children of the trace or span above it. */
  | { readonly kind: 'more'; readonly traceId: string; readonly spanKey: string | undefined }
  | { readonly kind: 'older' };

/** The same for the same row at any time: what the editor keeps expansion and selection by. */
export function nodeIdOf(node: TracesNode): string {
  switch (node.kind) {
    case 'group':
      return `group/${node.groupKey}`;
    case 'trace':
      return node.traceId;
    case 'span':
      return `${node.traceId}/${node.spanKey}`;
    case 'exception':
      return `${node.traceId}/${node.spanKey}/exception/${node.index}`;
    case 'logLines':
    case 'logLine':
    case 'errors':
    case 'error':
    case 'besideFailure':
      return besideNodeIdOf(node);
    case 'annotations':
    case 'metadata':
    case 'annotation':
    case 'metadatum':
      return factNodeIdOf(node);
    case 'details':
      return `${node.traceId}/details`;
    case 'note':
      return `${node.traceId}/${node.spanKey ?? ''}/note`;
    case 'more':
      return `${node.traceId}/${node.spanKey ?? ''}/more`;
    case 'older':
      return 'older';
  }
}

/** The rows at the top: groups, or traces. */
export function topNodesOf(state: TracesState, now: number): readonly TracesNode[] {
  const nodes: TracesNode[] =
    state.groupBy === 'none'
      ? state.rows.map(({ id }) => ({ kind: 'trace', traceId: id }))
      : groupTraces(state.rows, state.groupBy, now).map(({ key }) => ({ kind: 'group', groupKey: key }));
  const isMore = olderCursorOf(state) !== undefined || state.isLoadingOlder || state.isSearching;
  return isMore ? [...nodes, { kind: 'older' }] : nodes;
}

/** The rows below a row, of what has been loaded. */
export function childNodesOf(state: TracesState, node: TracesNode, now: number): readonly TracesNode[] {
  switch (node.kind) {
    case 'group':
      return tracesIn(state, node.groupKey, now).map(({ id }) => ({ kind: 'trace', traceId: id }));
    case 'trace':
      return nodesInTrace(state, node);
    case 'span':
      return nodesInSpan(state, node);
    case 'logLines':
    case 'logLine':
    case 'errors':
    case 'error':
    case 'besideFailure':
      return childrenBeside(state.beside.get(node.traceId), node);
    case 'annotations':
    case 'metadata':
    case 'annotation':
    case 'metadatum':
      return childrenOfFacts(loadedTreeOf(state, node.traceId)?.facts.get(node.spanId), node);
    case 'exception':
    case 'details':
    case 'note':
    case 'more':
    case 'older':
      return [];
  }
}

/** The row that a row is below, or `undefined` at the top. */
export function parentNodeOf(state: TracesState, node: TracesNode, now: number): TracesNode | undefined {
  switch (node.kind) {
    case 'group':
    case 'older':
      return undefined;
    case 'trace': {
      const groups = state.groupBy === 'none' ? [] : groupTraces(state.rows, state.groupBy, now);
      const group = groups.find(({ rows }) => rows.some(({ id }) => id === node.traceId));
      return group === undefined ? undefined : { kind: 'group', groupKey: group.key };
    }
    case 'details':
      return { kind: 'trace', traceId: node.traceId };
    case 'logLines':
    case 'logLine':
    case 'errors':
    case 'error':
    case 'besideFailure':
      return parentBeside(node);
    case 'annotations':
    case 'metadata':
    case 'annotation':
    case 'metadatum':
      return parentOfFact(node);
    case 'span':
      return parentOfSpan(state, node);
    case 'exception':
      return { kind: 'span', traceId: node.traceId, spanKey: node.spanKey, spanId: node.spanId };
    case 'note':
    case 'more':
      return ownerOf(node);
  }
}

/** The trace or span whose children a `more` or `note` row speaks of. */
export function ownerOf(node: Extract<TracesNode, { kind: 'more' | 'note' }>): TracesNode {
  return node.spanKey === undefined ? { kind: 'trace', traceId: node.traceId } : spanNode(node.traceId, node.spanKey);
}

/** Whether a row can be opened, as far as is known before its children are loaded. */
export function isExpandable(state: TracesState, node: TracesNode): boolean {
  switch (node.kind) {
    case 'group':
    case 'trace':
    case 'logLines':
    case 'errors':
    case 'annotations':
    case 'metadata':
      return true;
    case 'span': {
      const tree = loadedTreeOf(state, node.traceId);
      const row = tree && rowOf(tree, node.spanKey);
      return tree !== undefined && row !== undefined && (isBranch(tree, row) || mayHaveFacts(tree, row));
    }
    case 'annotation':
    case 'metadatum':
    case 'exception':
    case 'logLine':
    case 'error':
    case 'besideFailure':
    case 'details':
    case 'note':
    case 'more':
    case 'older':
      return false;
  }
}

export function loadedTreeOf(state: TracesState, traceId: string): SpanTree | undefined {
  const loaded = state.trees.get(traceId);
  return loaded?.kind === 'loaded' ? loaded.tree : undefined;
}

function tracesIn(state: TracesState, groupKey: string, now: number): TracesState['rows'] {
  const groups = state.groupBy === 'none' ? [] : groupTraces(state.rows, state.groupBy, now);
  return groups.find(({ key }) => key === groupKey)?.rows ?? [];
}

function nodesInTrace(state: TracesState, { traceId }: { readonly traceId: string }): readonly TracesNode[] {
  const loaded = state.trees.get(traceId);
  switch (loaded?.kind) {
    case undefined:
      return [];
    case 'gone':
      return [{ kind: 'note', traceId, spanKey: undefined, text: 'This trace is no longer kept.' }];
    case 'failed':
      return [{ kind: 'note', traceId, spanKey: undefined, text: loaded.message }];
    case 'loaded':
      return [
        ...spanNodes(state, loaded.tree, traceId, undefined),
        ...besideNodesOf(state.beside.get(traceId), traceId),
        { kind: 'details', traceId },
      ];
  }
}

function nodesInSpan(state: TracesState, node: Extract<TracesNode, { kind: 'span' }>): readonly TracesNode[] {
  const { traceId, spanKey, spanId } = node;
  const tree = loadedTreeOf(state, traceId);
  if (tree === undefined) {
    return [];
  }
  const exceptions = (shownExceptions(tree, spanKey) ?? []).map((index): TracesNode => ({
    kind: 'exception',
    traceId,
    spanKey,
    spanId,
    index,
  }));
  const facts = factNodesOf(tree.facts.get(spanId), node);
  const nodes = [...exceptions, ...spanNodes(state, tree, traceId, spanKey), ...facts];
  const text = tree.exceptions.has(spanId)
    ? 'No exception, annotation or metadata was recorded here.'
    : 'What this span says could not be loaded.';
  return nodes.length > 0 ? nodes : [{ kind: 'note', traceId, spanKey, text }];
}

function spanNodes(
  state: TracesState,
  tree: SpanTree,
  traceId: string,
  spanKey: string | undefined,
): readonly TracesNode[] {
  const limit = childLimitOf(
    state,
    nodeIdOf(spanKey === undefined ? { kind: 'trace', traceId } : spanNode(traceId, spanKey)),
  );
  const nodes: TracesNode[] = childrenOf(tree, spanKey, limit).map(({ key }) => spanNode(traceId, key));
  return countChildren(tree, spanKey) > limit ? [...nodes, { kind: 'more', traceId, spanKey }] : nodes;
}

// A key is the span id, or that with a number behind it where two senders used the same id.
function spanNode(traceId: string, spanKey: string): Extract<TracesNode, { kind: 'span' }> {
  return { kind: 'span', traceId, spanKey, spanId: spanKey.split('#', 1)[0] ?? spanKey };
}

/** There are spans below it, or exceptions as far as is known. */
export function isBranch(tree: SpanTree, row: SpanRow): boolean {
  return hasChildren(tree, row.key) || mayHaveExceptions(tree, row);
}

/** Until a span has been asked for, it may have some. */
function mayHaveFacts(tree: SpanTree, { spanId }: SpanRow): boolean {
  const facts = tree.facts.get(spanId);
  return facts === undefined ? !tree.exceptions.has(spanId) : facts.annotations.size + facts.metadata.size > 0;
}

function mayHaveExceptions(tree: SpanTree, row: SpanRow): boolean {
  return shownExceptions(tree, row.key)?.length !== 0 && (tree.exceptions.has(row.spanId) || isFailed(row.status));
}

/**
 * Which exceptions of a span have a row, `undefined` while they are not known. Where both protocols report one piece of work, each tells of the same
 * exception: it is shown once, in the upper row.
 */
function shownExceptions(tree: SpanTree, spanKey: string): readonly number[] | undefined {
  const row = rowOf(tree, spanKey);
  const exceptions = row === undefined ? undefined : tree.exceptions.get(row.spanId);
  const parent = row?.isSameWork === true ? parentOf(tree, spanKey) : undefined;
  const above = new Set((parent && tree.exceptions.get(parent.spanId))?.map(({ message }) => message));
  return exceptions?.flatMap(({ message }, index) => (above.has(message) ? [] : [index]));
}

function parentOfSpan(state: TracesState, node: Extract<TracesNode, { kind: 'span' }>): TracesNode {
  const tree = loadedTreeOf(state, node.traceId);
  const parent = tree === undefined ? undefined : parentOf(tree, node.spanKey);
  return parent === undefined ? { kind: 'trace', traceId: node.traceId } : spanNode(node.traceId, parent.key);
}

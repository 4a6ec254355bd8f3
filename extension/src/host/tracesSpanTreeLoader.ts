import type { ChangeEvent, ExceptionJson } from '@sightline/hub/client/api';
import type { TraceSource } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import { toSpanFacts, type SpanFacts } from './tracesFacts.ts';
import type { LoadedTree, TracesEvent, TracesState } from './tracesModel.ts';
import { loadedTreeOf } from './tracesNodes.ts';
import { failedRows, toSpanTree } from './tracesSpanTree.ts';

/** The state that a loader reads and tells its results to. */
export interface TreeLoaderHost {
  state(): TracesState;
  dispatch(event: TracesEvent): void;
  /** Aborted when nobody wants results any more. */
  readonly signal: AbortSignal;
}

/** Failed spans whose exceptions are loaded with the tree, so that they show without another click. */
const exceptionsLoadedAtOnce = 10;

interface SpanDetails {
  readonly exceptions: readonly ExceptionJson[];
  readonly facts: SpanFacts;
}

const noFacts: SpanFacts = { annotations: new Map(), metadata: new Map() };

/** Loads the trees of traces that were expanded. */
export class SpanTreeLoader {
  readonly #source: TraceSource;
  readonly #host: TreeLoaderHost;
  readonly #loading = new Map<string, Promise<void>>();
  /** Traces that changed after their tree was asked for: the answer may be older than the change. */
  readonly #overtaken = new Set<string>();

  constructor(source: TraceSource, host: TreeLoaderHost) {
    this.#source = source;
    this.#host = host;
  }

  /** Loads the tree of a trace unless a fresh one is there; callers at the same time share one question. */
  async load(traceId: string): Promise<void> {
    const loaded = this.#host.state().trees.get(traceId);
    if (loaded?.kind === 'loaded' && !loaded.isStale) {
      return;
    }
    let loading = this.#loading.get(traceId);
    if (loading === undefined) {
      loading = this.#loadOnce(traceId).finally(() => this.#loading.delete(traceId));
      this.#loading.set(traceId, loading);
    }
    await loading;
  }

  /** Loads what a span raised and says of itself, where that is not known yet; where it cannot be had, the view's message says why. */
  async loadExceptions(traceId: string, spanId: string): Promise<void> {
    const tree = loadedTreeOf(this.#host.state(), traceId);
    if (tree === undefined || tree.exceptions.has(spanId)) {
      return;
    }
    try {
      this.#host.dispatch({ kind: 'exceptionsLoaded', traceId, spanId, ...(await this.#detailsOf(traceId, spanId)) });
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      this.#host.dispatch({ kind: 'loadFailed', message: error.message });
    }
  }

  /** To be told of every change, for the trees that are on their way. */
  noteChange(traceIds: ChangeEvent['traces']): void {
    for (const id of traceIds === 'many' ? this.#loading.keys() : traceIds) {
      if (this.#loading.has(id)) {
        this.#overtaken.add(id);
      }
    }
  }

  async #loadOnce(traceId: string): Promise<void> {
    this.#overtaken.delete(traceId);
    this.#host.dispatch({ kind: 'treeLoaded', traceId, tree: await this.#treeOf(traceId) });
    if (this.#overtaken.delete(traceId)) {
      this.#host.dispatch({ kind: 'treesChanged', traceIds: [traceId] });
    }
  }

  async #treeOf(traceId: string): Promise<LoadedTree> {
    try {
      const columns = await this.#source.loadTreeRows(traceId, this.#host.signal);
      if (columns === undefined) {
        return { kind: 'gone' };
      }
      const tree = toSpanTree(columns);
      const details = await Promise.all(
        failedRows(tree, exceptionsLoadedAtOnce).map(
          async ({ spanId }) => [spanId, await this.#detailsOf(traceId, spanId)] as const,
        ),
      );
      const exceptions = new Map(details.map(([spanId, each]) => [spanId, each.exceptions]));
      const facts = new Map(details.map(([spanId, each]) => [spanId, each.facts]));
      return { kind: 'loaded', tree: { ...tree, exceptions, facts }, isStale: false };
    } catch (error) {
      if (error instanceof UserError) {
        return { kind: 'failed', message: error.message };
      }
      throw error;
    }
  }

  async #detailsOf(traceId: string, spanId: string): Promise<SpanDetails> {
    const span = await this.#source.loadSpan(traceId, spanId, this.#host.signal);
    return { exceptions: span?.exceptions ?? [], facts: span === undefined ? noFacts : toSpanFacts(span) };
  }
}

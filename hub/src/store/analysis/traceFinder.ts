import { matchesTrace } from '@sightline/telemetry/language/filterExpressionMatch';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { Span } from '@sightline/telemetry/model/span';
import { requestsOfTrace, type TraceRequests } from '@sightline/telemetry/view/traceRequests';
import { counterOf, type Counters } from '../memory/counters.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import type { TracePlace } from '../read/traceCursor.ts';
import type { TraceSelection } from '../traceAnalysis.ts';
import { AnnotationColumns } from './annotationColumns.ts';
import type { DigestTexts } from './digestTests.ts';
import { ResourceValues } from './resourceValues.ts';
import { SelectionWindow } from './selectionWindow.ts';
import { SpanClasses } from './spanClasses.ts';
import { TraceDecoder } from './traceDecoder.ts';
import { TraceDigests } from './traceDigests.ts';
import { TraceOrder } from './traceOrder.ts';
import { annotationsIn, compilePlan, type AnnotationLeaf, type TraceTest } from './tracePlan.ts';
import { TraceWalk } from './traceWalk.ts';
import { ValueTexts } from './valueTexts.ts';

/** A plan made ready, as far as the store was when it was. */
interface Prepared {
  readonly revision: number;
  readonly columns: AnnotationColumns;
  readonly known: number;
}

/** Annotations that were asked for last: pages of one search ask the same. */
const keptColumns = 16;

/** Finds traces by columns, and decodes those of which the columns do not say enough. */
export class TraceFinder {
  readonly #index: SharedIndex;
  readonly #counters: Counters;
  readonly #order: TraceOrder;
  readonly decoder: TraceDecoder;
  readonly digests: TraceDigests;
  readonly #values = new ValueTexts();
  readonly #resources: ResourceValues;
  readonly #prepared = new Map<string, Prepared>();
  /** The trace that was decoded last: what a filter had decoded is often summarized next. */
  #last: { readonly slot: number; readonly trace: TraceRequests } | undefined;

  constructor(index: SharedIndex, counters: Counters, decoder: TraceDecoder) {
    this.#index = index;
    this.#counters = counters;
    this.decoder = decoder;
    this.#order = new TraceOrder(index, counters);
    this.digests = new TraceDigests(index, new SpanClasses(index, decoder), decoder);
    this.#resources = new ResourceValues(index, decoder);
  }

  /** Makes ready to go through the traces of a selection, from the newest to the oldest behind `after`. */
  *walk(selection: TraceSelection, after?: TracePlace): Generator<undefined, TraceWalk> {
    const { plan } = selection;
    this.#last = undefined;
    const test = yield* this.#compile(plan);
    const window = new SelectionWindow(selection);
    this.digests.refresh();
    this.#order.refresh();
    const newest = this.#order.newestUpTo(window.to);
    return new TraceWalk({
      digests: this.digests,
      places: this.#order.snapshot(),
      from: after === undefined ? newest : Math.min(newest, this.#order.before(after)),
      window,
      ...(plan === undefined || test === undefined
        ? {}
        : { test, confirm: (slot) => this.#matchesDecoded(plan, slot) }),
    });
  }

  /** Where tests of entries look up texts. */
  get texts(): DigestTexts {
    return { digests: this.digests, index: this.#index };
  }

  /** The requests of a trace that a walk has found: to be asked before anything else comes in between. */
  requestsOf(slot: number): TraceRequests {
    return this.#last?.slot === slot ? this.#last.trace : requestsOfTrace(this.decoder.spansNear(slot));
  }

  #matchesDecoded(plan: TracePlan, slot: number): boolean {
    const spans: Span[] = this.decoder.spansNear(slot);
    this.#values.learn(
      spans,
      annotationsIn(plan).map(({ key }) => key),
    );
    const trace = requestsOfTrace(spans);
    this.#last = { slot, trace };
    return matchesTrace(plan, trace);
  }

  *#compile(plan: TracePlan | undefined): Generator<undefined, TraceTest | undefined> {
    if (plan === undefined) {
      return undefined;
    }
    const columns = new Map<AnnotationLeaf, AnnotationColumns>();
    for (const leaf of annotationsIn(plan)) {
      columns.set(leaf, yield* this.#annotations(leaf));
    }
    const annotations = (leaf: AnnotationLeaf): AnnotationColumns => columns.get(leaf) as AnnotationColumns;
    return compilePlan(plan, { ...this.texts, annotations });
  }

  *#annotations(leaf: AnnotationLeaf): Generator<undefined, AnnotationColumns> {
    const name = JSON.stringify(leaf);
    const revision = counterOf(this.#counters, 'revision');
    const known = this.#values.of(leaf.key).size;
    const before = this.#prepared.get(name);
    // Each look costs a pass over the columns: values that have become known since are worth one when they are many.
    if (before?.revision === revision && known < 2 * before.known + 64) {
      return before.columns;
    }
    const columns = new AnnotationColumns(leaf, {
      index: this.#index,
      texts: this.#values,
      resources: this.#resources,
    });
    yield* columns.look();
    this.#prepared.delete(name);
    this.#prepared.set(name, { revision, columns, known });
    if (this.#prepared.size > keptColumns) {
      const [oldest] = this.#prepared.keys();
      this.#prepared.delete(oldest as string);
    }
    return columns;
  }
}

import { matchesTrace } from '@sightline/telemetry/language/filterExpressionMatch';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { Span } from '@sightline/telemetry/model/span';
import { requestsOfTrace, type TraceRequests } from '@sightline/telemetry/view/traceRequests';
import type { Counters } from '../memory/counters.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import type { TracePlace } from '../read/traceCursor.ts';
import type { TraceSelection } from '../traceAnalysis.ts';
import { annotationTest, type AnnotationSources } from './annotationTest.ts';
import type { DigestTexts, SlotTest } from './digestTests.ts';
import { fieldTest, fieldTextsOf, type FieldLeaf } from './fieldTest.ts';
import { ResourceValues } from './resourceValues.ts';
import { SelectionWindow } from './selectionWindow.ts';
import { SpanClasses } from './spanClasses.ts';
import { TraceDecoder } from './traceDecoder.ts';
import { TraceDigests } from './traceDigests.ts';
import { TraceOrder } from './traceOrder.ts';
import { compilePlan, textLeavesOf, type AnnotationLeaf, type TextLeaf } from './tracePlan.ts';
import { TraceVerdicts, type SegmentTest } from './traceVerdicts.ts';
import { TraceWalk, type WalkPlan } from './traceWalk.ts';
import { ValueTexts, type ValueSource } from './valueTexts.ts';
import { verdict } from './verdict.ts';

/** What was asked for last, with what is known of it: pages of one search ask the same. */
const keptVerdicts = 16;

/** Finds traces by columns, and decodes those of which the columns do not say enough. */
export class TraceFinder {
  readonly #index: SharedIndex;
  readonly #order: TraceOrder;
  readonly decoder: TraceDecoder;
  readonly digests: TraceDigests;
  readonly #values = new ValueTexts();
  readonly #resources: ResourceValues;
  readonly #verdicts = new Map<string, TraceVerdicts>();
  /** The trace that was decoded last: what a filter had decoded is often summarized next. */
  #last: { readonly slot: number; readonly trace: TraceRequests } | undefined;

  constructor(index: SharedIndex, counters: Counters, decoder: TraceDecoder) {
    this.#index = index;
    this.decoder = decoder;
    this.#order = new TraceOrder(index, counters);
    this.digests = new TraceDigests(index, new SpanClasses(index, decoder), decoder);
    this.#resources = new ResourceValues(index, decoder);
  }

  /** Makes ready to go through the traces of a selection, from the newest to the oldest behind `after`. */
  walk(selection: TraceSelection, after?: TracePlace): TraceWalk {
    const { plan } = selection;
    this.#last = undefined;
    const window = new SelectionWindow(selection);
    this.digests.refresh();
    this.#order.refresh();
    const newest = this.#order.newestUpTo(window.to);
    return new TraceWalk({
      digests: this.digests,
      places: this.#order.snapshot(),
      from: after === undefined ? newest : Math.min(newest, this.#order.before(after)),
      window,
      ...(plan === undefined ? {} : this.#testsOf(plan)),
    });
  }

  /** Where tests of entries look up texts. */
  get texts(): DigestTexts {
    return { digests: this.digests, index: this.#index, fields: (leaf) => this.#fields(leaf) };
  }

  #testsOf(plan: TracePlan): Pick<WalkPlan, 'test' | 'confirm'> {
    const sources = textLeavesOf(plan).map(valueSourceOf);
    return {
      test: compilePlan(plan, { ...this.texts, annotations: (leaf) => this.#annotations(leaf) }),
      confirm: (slot) => this.#matchesDecoded(plan, slot, sources),
    };
  }

  /** The requests of a trace that a walk has found: to be asked before anything else comes in between. */
  requestsOf(slot: number): TraceRequests {
    return this.#last?.slot === slot ? this.#last.trace : requestsOfTrace(this.decoder.spansNear(slot));
  }

  #matchesDecoded(plan: TracePlan, slot: number, sources: readonly ValueSource[]): boolean {
    const spans: Span[] = this.decoder.spansNear(slot);
    this.#values.learn(spans, sources);
    const trace = requestsOfTrace(spans);
    this.#last = { slot, trace };
    return matchesTrace(plan, trace);
  }

  #annotations(leaf: AnnotationLeaf): SlotTest {
    return this.#kept(leaf, () => annotationTest(leaf, this.#sourcesOf(leaf)));
  }

  #fields(leaf: FieldLeaf): SlotTest {
    const sources = this.#sourcesOf(leaf);
    return this.#kept(leaf, () => fieldTest(leaf, sources) ?? (() => () => verdict.maybe));
  }

  #sourcesOf(leaf: TextLeaf): AnnotationSources {
    return { texts: this.#values.of(valueSourceOf(leaf)), resources: this.#resources };
  }

  #kept(leaf: TextLeaf, makeTest: () => SegmentTest): SlotTest {
    const name = JSON.stringify(leaf);
    const verdicts = this.#verdicts.get(name) ?? new TraceVerdicts(this.#index, makeTest());
    this.#verdicts.delete(name);
    this.#verdicts.set(name, verdicts);
    if (this.#verdicts.size > keptVerdicts) {
      const [oldest] = this.#verdicts.keys();
      this.#verdicts.delete(oldest as string);
    }
    return (slot) => verdicts.verdictOf(slot);
  }
}

function valueSourceOf(leaf: TextLeaf): ValueSource {
  return leaf.kind === 'annotation'
    ? {
        name: `annotation ${leaf.key}`,
        textsOf: ({ attributes, annotations }) => [attributes[leaf.key], annotations[leaf.key]],
      }
    : { name: leaf.of, textsOf: (span) => fieldTextsOf(leaf.of, span) };
}

import { passesNumber } from '@sightline/telemetry/language/filterExpressionLogic';
import type { RequestPlan, TraceLeaf, TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import { tracesPerChunk } from '../memory/traceTable.ts';
import { entryBits } from './digestColumns.ts';
import {
  compileRequestPlan,
  compileSelector,
  joined,
  type DigestTexts,
  type EntryTest,
  type SlotTest,
} from './digestTests.ts';
import type { FieldLeaf } from './fieldTest.ts';
import type { DigestChunk } from './traceDigests.ts';
import { notVerdict, verdict, verdictOf, type Verdict } from './verdict.ts';

/** Says of a trace, by its slot and its digest, whether it is what a plan asks for. */
export type TraceTest = (slot: number, chunk: DigestChunk) => Verdict;

export type AnnotationLeaf = Extract<TraceLeaf, { readonly kind: 'annotation' }>;

/** The texts that a plan asks for. */
export type TextLeaf = AnnotationLeaf | FieldLeaf;

/** What compiled plans look at. */
export interface PlanSources extends DigestTexts {
  /** Which traces have such an annotation. */
  annotations(leaf: AnnotationLeaf): SlotTest;
}

/** Makes a test out of a plan: the same answers as `matchesTrace` gives of the decoded trace, or `maybe`. */
export function compilePlan(plan: TracePlan, sources: PlanSources): TraceTest {
  switch (plan.kind) {
    case 'and':
    case 'or': {
      const operands = plan.operands.map((operand) => compilePlan(operand, sources));
      const test = joined<number, DigestChunk, undefined>(plan.kind, operands);
      return (slot, chunk) => test(slot, chunk, undefined);
    }
    case 'not': {
      const test = compilePlan(plan.operand, sources);
      return (slot, chunk) => notVerdict(test(slot, chunk));
    }
    default:
      return compileLeaf(plan, sources);
  }
}

/** The annotations and the texts of requests that a plan asks for. */
export function textLeavesOf(plan: TracePlan): TextLeaf[] {
  switch (plan.kind) {
    case 'and':
    case 'or':
      return plan.operands.flatMap(textLeavesOf);
    case 'not':
      return textLeavesOf(plan.operand);
    case 'annotation':
      return [plan];
    case 'root':
    case 'some':
      return textLeavesOfRequest(plan.is);
    case 'service':
    case 'edge':
      return plan.filter === undefined ? [] : textLeavesOfRequest(plan.filter);
    default:
      return [];
  }
}

function textLeavesOfRequest(plan: RequestPlan): FieldLeaf[] {
  switch (plan.kind) {
    case 'and':
    case 'or':
      return plan.operands.flatMap(textLeavesOfRequest);
    case 'not':
      return textLeavesOfRequest(plan.operand);
    case 'string':
      return [plan];
    default:
      return [];
  }
}

function compileLeaf(leaf: TraceLeaf, sources: PlanSources): TraceTest {
  switch (leaf.kind) {
    case 'root': {
      const test = compileRequestPlan(leaf.is, sources);
      return someRequest((entries, entry, slot) =>
        ((entries.bits[entry] as number) & entryBits.root) === 0 ? verdict.no : test(entries, entry, slot),
      );
    }
    case 'some':
      return someRequest(compileRequestPlan(leaf.is, sources));
    case 'duration':
      return (slot, { duration }) =>
        verdictOf(passesNumber(leaf.test, (duration[slot % tracesPerChunk] as number) / 1e9));
    case 'annotation':
      return sources.annotations(leaf);
    case 'service':
      return someRequest(entryTestOf(leaf, sources));
    case 'edge':
      return someCall(entryTestOf(leaf, sources));
    case 'rootCause':
    case 'rootCauseShapes':
      // Of these there is no column.
      return () => verdict.maybe;
  }
}

/** The test of one request for `service()`, of one call for `edge()`. */
export function entryTestOf(
  leaf: Extract<TraceLeaf, { readonly kind: 'service' | 'edge' }>,
  sources: DigestTexts,
): EntryTest {
  const filter = leaf.filter === undefined ? undefined : compileRequestPlan(leaf.filter, sources);
  const isNode = selectorTest(leaf.kind === 'service' ? leaf.service : leaf.destination, sources);
  const isSource = selectorTest(leaf.kind === 'edge' ? leaf.source : undefined, sources);
  return (entries, entry, slot) =>
    isNode(entries.node[entry] as number) && isSource(entries.source[entry] as number)
      ? (filter?.(entries, entry, slot) ?? verdict.yes)
      : verdict.no;
}

function selectorTest(
  selector: Parameters<typeof compileSelector>[0] | undefined,
  sources: DigestTexts,
): (node: number) => boolean {
  return selector === undefined ? () => true : compileSelector(selector, sources);
}

function someRequest(test: EntryTest): TraceTest {
  return (slot, chunk) => {
    const from = chunk.from[slot % tracesPerChunk] as number;
    return someOf(test, slot, chunk, from, from + (chunk.requests[slot % tracesPerChunk] as number));
  };
}

function someCall(test: EntryTest): TraceTest {
  return (slot, chunk) => {
    const at = slot % tracesPerChunk;
    const from = (chunk.from[at] as number) + (chunk.requests[at] as number);
    return someOf(test, slot, chunk, from, from + (chunk.calls[at] as number));
  };
}

function someOf(test: EntryTest, slot: number, { entries }: DigestChunk, from: number, to: number): Verdict {
  let result: Verdict = verdict.no;
  for (let entry = from; entry < to; entry += 1) {
    const one = test(entries, entry, slot);
    if (one === verdict.yes) {
      return one;
    }
    result = one === verdict.maybe ? one : result;
  }
  return result;
}

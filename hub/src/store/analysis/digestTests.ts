import type { FilterableService } from '@sightline/telemetry/language/filterExpressionMatch';
import { passesNumber, passesText } from '@sightline/telemetry/language/filterExpressionLogic';
import type { RequestFlag, RequestLeaf, RequestPlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { ServiceSelector } from '@sightline/telemetry/language/filterExpression';
import { rowsPerSegment } from '../memory/segment.ts';
import type { SegmentView, SharedIndex } from '../read/sharedIndex.ts';
import { entryBits, type EntryColumns } from './digestColumns.ts';
import type { FieldLeaf } from './fieldTest.ts';
import type { TraceDigests } from './traceDigests.ts';
import { notVerdict, verdict, verdictOf, type Verdict } from './verdict.ts';

/** Says of an entry, a request or a call, whether it is so. */
export type EntryTest = (entries: EntryColumns, entry: number, slot: number) => Verdict;

/** Says of the trace in a slot whether it is so. */
export type SlotTest = (slot: number) => Verdict;

/** Where tests look up what columns only have numbers of. */
export interface DigestTexts {
  readonly digests: TraceDigests;
  readonly index: SharedIndex;
  /** Which traces may have such a text: `no` or `maybe`. */
  fields(leaf: FieldLeaf): SlotTest;
}

/** Makes a test out of what a request has to be. */
export function compileRequestPlan(plan: RequestPlan, texts: DigestTexts): EntryTest {
  switch (plan.kind) {
    case 'and':
    case 'or':
      return joined(
        plan.kind,
        plan.operands.map((operand) => compileRequestPlan(operand, texts)),
      );
    case 'not': {
      const test = compileRequestPlan(plan.operand, texts);
      return (entries, entry, slot) => notVerdict(test(entries, entry, slot));
    }
    default:
      return compileLeaf(plan, texts);
  }
}

/** What is sure of one operand decides; else it is as unsure as any. */
export function joined<A, B, C>(
  kind: 'and' | 'or',
  tests: readonly ((a: A, b: B, c: C) => Verdict)[],
): (a: A, b: B, c: C) => Verdict {
  const deciding = kind === 'and' ? verdict.no : verdict.yes;
  const otherwise = kind === 'and' ? verdict.yes : verdict.no;
  return (a, b, c) => {
    let result: Verdict = otherwise;
    for (const test of tests) {
      const one = test(a, b, c);
      if (one === deciding) {
        return one;
      }
      result = one === verdict.maybe ? one : result;
    }
    return result;
  };
}

/** Whether the number of a service is that of one that the selector means. */
export function compileSelector(selector: ServiceSelector, { digests }: DigestTexts): (node: number) => boolean {
  return remembered((node) => isSelected(digests.nodes.at(node), selector));
}

function isSelected(service: FilterableService, { name, type, accountId }: ServiceSelector): boolean {
  return (
    (name === undefined || service.name === name || service.otherNames?.includes(name) === true) &&
    (type === undefined || service.type === type) &&
    (accountId === undefined || service.accountId === accountId)
  );
}

function compileLeaf(leaf: RequestLeaf, texts: DigestTexts): EntryTest {
  switch (leaf.kind) {
    case 'flag':
      return flagTests[leaf.flag];
    case 'number': {
      const { of, test } = leaf;
      if (of === 'http.status') {
        return unlessOdd(({ status }, entry) =>
          verdictOf(passesNumber(test, status[entry] === 0 ? undefined : status[entry])),
        );
      }
      const column = of === 'responsetime' ? 'response' : 'duration';
      return (entries, entry) => {
        const nanos = entries[column][entry] as number;
        return verdictOf(passesNumber(test, Number.isNaN(nanos) ? undefined : nanos / 1e9));
      };
    }
    case 'string':
      return compileText(leaf, texts);
  }
}

function compileText(leaf: FieldLeaf, texts: DigestTexts): EntryTest {
  const { of, test } = leaf;
  const { digests } = texts;
  switch (of) {
    case 'name': {
      const passes = remembered((node) => {
        const { name, otherNames = [] } = digests.nodes.at(node);
        return [name, ...otherNames].some((text) => passesText(test, text));
      });
      return ({ node }, entry) => verdictOf(passes(node[entry] as number));
    }
    case 'type': {
      const passes = remembered((node) => {
        const { type } = digests.nodes.at(node);
        return type !== undefined && passesText(test, type);
      });
      return ({ node }, entry) => verdictOf(passes(node[entry] as number));
    }
    case 'http.method': {
      const passes = remembered((method) => method !== 0 && passesText(test, digests.methods[method] as string));
      return unlessOdd(({ method }, entry) => verdictOf(passes(method[entry] as number)));
    }
    case 'http.url': {
      const urls = new UrlTests(texts, (url) => passesText(test, url));
      return unlessOdd(({ urlRow, urlPrefix }, entry) =>
        verdictOf(urls.passes(urlRow[entry] as number, urlPrefix[entry] as number)),
      );
    }
    default: {
      const mayHave = texts.fields(leaf);
      return (_entries, _entry, slot) => mayHave(slot);
    }
  }
}

const flagTests: Record<RequestFlag, EntryTest> = {
  ok: ({ bits }, entry) =>
    verdictOf(((bits[entry] as number) & (entryBits.error | entryBits.fault | entryBits.throttle)) === 0),
  error: hasBit(entryBits.error),
  fault: hasBit(entryBits.fault),
  throttle: hasBit(entryBits.throttle),
  partial: hasBit(entryBits.partial),
  inferred: hasBit(entryBits.inferred),
  root: hasBit(entryBits.root),
};

function hasBit(bit: number): EntryTest {
  return ({ bits }, entry) => verdictOf(((bits[entry] as number) & bit) !== 0);
}

function unlessOdd(test: EntryTest): EntryTest {
  return (entries, entry, slot) =>
    ((entries.bits[entry] as number) & entryBits.oddHttp) === 0 ? test(entries, entry, slot) : verdict.maybe;
}

/** A test of small numbers that is asked once for each. */
function remembered(test: (number: number) => boolean): (number: number) => boolean {
  const answers: (boolean | undefined)[] = [];
  return (number) => (answers[number] ??= test(number));
}

const unasked = 0;
const passed = 1;
const failed = 2;

/** A test of URLs that is asked once for each text of a segment. */
class UrlTests {
  readonly #texts: DigestTexts;
  readonly #passes: (url: string) => boolean;
  readonly #answers = new Map<SegmentView, Uint8Array[]>();
  #last: SegmentView | undefined;
  #lastNumber = -1;

  constructor(texts: DigestTexts, passes: (url: string) => boolean) {
    this.#texts = texts;
    this.#passes = passes;
  }

  passes(rowPlusOne: number, prefix: number): boolean {
    if (rowPlusOne === 0) {
      return false;
    }
    const view = this.#viewOf(rowPlusOne - 1);
    if (view === undefined) {
      return false;
    }
    const text = view.segment.columns.url[(rowPlusOne - 1) % rowsPerSegment] as number;
    const answers = this.#answersOf(view, prefix);
    if (answers[text] === unasked) {
      const url = (this.#texts.digests.prefixes[prefix] as string) + view.texts.textOf(text);
      answers[text] = this.#passes(url) ? passed : failed;
    }
    return answers[text] === passed;
  }

  #viewOf(row: number): SegmentView | undefined {
    const number = Math.floor(row / rowsPerSegment);
    if (number !== this.#lastNumber) {
      this.#last = this.#texts.index.segmentOf(row);
      this.#lastNumber = number;
    }
    return this.#last;
  }

  #answersOf(view: SegmentView, prefix: number): Uint8Array {
    let byPrefix = this.#answers.get(view);
    if (byPrefix === undefined) {
      byPrefix = [];
      this.#answers.set(view, byPrefix);
    }
    return (byPrefix[prefix] ??= new Uint8Array(view.segment.columns.textStarts.length));
  }
}

import { passesNumber, passesText } from '@sightline/telemetry/language/filterExpressionLogic';
import type { AnnotationTest } from '@sightline/telemetry/language/filterExpressionPlan';
import type { NumberTest } from '@sightline/telemetry/language/filterExpression';
import type { AttributeValue } from '@sightline/telemetry/model/span';
import {
  fullRoom,
  header,
  keyNumberMask,
  publishedRows,
  spanBits,
  valueType,
  valueTypeShift,
} from '../memory/segment.ts';
import { maxTextBytes } from '../memory/textTable.ts';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { SegmentView, SharedIndex } from '../read/sharedIndex.ts';
import { hashOfText, oddWord, typeOfNumber, wordOfNumber } from '../scan/attributeHash.ts';
import type { AnnotationLeaf } from './tracePlan.ts';
import type { ResourceValues } from './resourceValues.ts';
import type { ValueTexts } from './valueTexts.ts';
import { verdict, verdictOf, type Verdict } from './verdict.ts';

/** Says of the type and word of a value whether it passes. */
type WordTest = (type: number, word: number) => Verdict;

export interface AnnotationSources {
  readonly index: SharedIndex;
  readonly texts: ValueTexts;
  readonly resources: ResourceValues;
}

/** Names attributes of the resource that are annotations under their own names too. */
const namesResourceAttributes = 'aws.xray.annotations';
const ofResource = 'otel.resource.';

/** Which traces have an annotation that passes a test: one pass over the columns of attributes. */
export class AnnotationColumns {
  readonly #sources: AnnotationSources;
  readonly #leaf: AnnotationLeaf;
  readonly #test: WordTest;
  readonly #verdicts = new Map<number, Uint8Array>();

  constructor(leaf: AnnotationLeaf, sources: AnnotationSources) {
    this.#sources = sources;
    this.#leaf = leaf;
    this.#test = compileTest(leaf, sources.texts);
  }

  verdictOf(slot: number): Verdict {
    return (this.#verdicts.get(Math.floor(slot / tracesPerChunk))?.[slot % tracesPerChunk] ?? verdict.no) as Verdict;
  }

  /** Looks at all columns, a segment at a step. */
  *look(): Generator<undefined, void> {
    for (const view of this.#sources.index.segments()) {
      this.#lookAt(view);
      yield;
    }
  }

  #lookAt(view: SegmentView): void {
    const rows = publishedRows(view.segment);
    const { key } = this.#leaf;
    for (const number of keyNumbersOf(view, key)) {
      this.#lookForKey(view, rows, number, this.#test);
    }
    if (hasNoRoomForKeys(view)) {
      // Keys that came later have no number.
      this.#lookForKey(view, rows, 0, () => verdict.maybe);
    }
    for (const number of keyNumbersOf(view, namesResourceAttributes)) {
      this.#lookForKey(view, rows, number, () => verdict.maybe, true);
    }
    if (key.startsWith(ofResource)) {
      this.#lookAtResources(view, rows, key.slice(ofResource.length));
    }
  }

  /** Each attribute that has the key: most are passed over by one comparison. */
  #lookForKey(view: SegmentView, rows: number, key: number, test: WordTest, isList = false): void {
    const { attributeKey, attributeWord, attributeEnd } = view.segment.columns;
    const end = rows === 0 ? 0 : (attributeEnd[rows - 1] as number);
    let row = 0;
    // Spans of one trace lie together and mostly say the same.
    let lastPacked = -1;
    let lastWord = -1;
    let one: Verdict = verdict.no;
    for (let at = 0; at < end; at += 1) {
      const packed = attributeKey[at] as number;
      if ((packed & keyNumberMask) !== key || (packed >>> valueTypeShift === valueType.none && !isList && key !== 0)) {
        continue;
      }
      const word = attributeWord[at] as number;
      if (packed !== lastPacked || word !== lastWord) {
        one = test(packed >>> valueTypeShift, word);
        lastPacked = packed;
        lastWord = word;
      }
      if (one === verdict.no) {
        continue;
      }
      while ((attributeEnd[row] as number) <= at) {
        row += 1;
      }
      if (this.#isNews(view, row, one) && isLastOfKey(view, row, at)) {
        this.#note(view, row, one);
      }
    }
  }

  #lookAtResources(view: SegmentView, rows: number, key: string): void {
    const { resource, bits } = view.segment.columns;
    const verdicts = new Map<number, Verdict>();
    let lastHash = -1;
    let one: Verdict | undefined;
    for (let row = 0; row < rows; row += 1) {
      if (((bits[row] as number) & (spanBits.otlp | spanBits.dead)) !== spanBits.otlp) {
        continue;
      }
      const hash = resource[row] as number;
      one = hash === lastHash ? one : verdicts.get(hash);
      lastHash = hash;
      if (one === undefined) {
        const attributes = this.#sources.resources.of(view, row);
        one =
          attributes === undefined
            ? verdict.maybe
            : verdictOf(Object.hasOwn(attributes, key) && passesValue(this.#leaf.test, attributes[key]));
        verdicts.set(hash, one);
      }
      if (one !== verdict.no) {
        this.#note(view, row, one);
      }
    }
  }

  /** Whether a verdict on the trace of a row would change what is known of it. */
  #isNews({ segment: { columns } }: SegmentView, row: number, one: Verdict): boolean {
    const known = this.verdictOf(columns.trace[row] as number);
    return known !== one && known !== verdict.yes;
  }

  #note(view: SegmentView, row: number, one: Verdict): void {
    const { bits, trace } = view.segment.columns;
    if (((bits[row] as number) & spanBits.dead) !== 0) {
      return;
    }
    const slot = trace[row] as number;
    const number = Math.floor(slot / tracesPerChunk);
    let verdicts = this.#verdicts.get(number);
    if (verdicts === undefined) {
      verdicts = new Uint8Array(tracesPerChunk);
      this.#verdicts.set(number, verdicts);
    }
    if (verdicts[slot % tracesPerChunk] !== verdict.yes) {
      verdicts[slot % tracesPerChunk] = one;
    }
  }
}

/** Of a key that an OTel span has twice, the last value counts. */
function isLastOfKey({ segment: { columns } }: SegmentView, row: number, at: number): boolean {
  if (((columns.bits[row] as number) & spanBits.otlp) === 0) {
    return true;
  }
  const key = (columns.attributeKey[at] as number) & keyNumberMask;
  for (let next = at + 1; next < (columns.attributeEnd[row] as number); next += 1) {
    if (((columns.attributeKey[next] as number) & keyNumberMask) === key) {
      return false;
    }
  }
  return true;
}

/** Whether the segment has seen as many keys, or as long ones, as it can number. */
function hasNoRoomForKeys({ segment: { columns } }: SegmentView): boolean {
  const isFull = Atomics.load(columns.header, header.keys) >= fullRoom.keys - 2;
  return isFull || Atomics.load(columns.header, header.keyBytes) + maxTextBytes > fullRoom.keyBytes;
}

/** The number that a key has in a segment, if it has one. */
function keyNumbersOf(view: SegmentView, key: string): number[] {
  const count = Atomics.load(view.segment.columns.header, header.keys);
  for (let number = 1; number < count; number += 1) {
    if (view.keys.textOf(number) === key) {
      return [number];
    }
  }
  return [];
}

function compileTest({ key, test }: AnnotationLeaf, texts: ValueTexts): WordTest {
  switch (test.type) {
    case 'set':
      return (type, word) => verdictOf(!(type === valueType.odd && word === oddWord.flagFalse));
    case 'boolean': {
      const wanted = test.value ? oddWord.flagTrue : oddWord.flagFalse;
      return (type, word) => verdictOf(type === valueType.odd && word === wanted);
    }
    case 'number':
      return compileNumber(test.test);
    case 'string':
      return compileText(key, test.test, texts);
  }
}

function isFlag(word: number): boolean {
  return word === oddWord.flagTrue || word === oddWord.flagFalse;
}

function compileNumber(test: NumberTest): WordTest {
  const wanted = wordOfNumber(test.value);
  const isHeld = typeOfNumber(test.value) === valueType.number;
  const less = verdictOf(passesNumber({ op: test.op, value: 1 }, 0));
  const greater = verdictOf(passesNumber({ op: test.op, value: 0 }, 1));
  const equal = verdictOf(passesNumber({ op: test.op, value: 0 }, 0));
  return (type, word) => {
    if (type === valueType.text || (type === valueType.odd && (isFlag(word) || word === oddWord.big))) {
      return verdict.no;
    }
    if (type === valueType.odd && word === oddWord.notNumber) {
      return verdict.maybe;
    }
    if (word !== wanted) {
      return word < wanted ? less : greater;
    }
    if (type === valueType.number && isHeld) {
      return equal;
    }
    // Single precision cannot tell the two apart.
    return verdict.maybe;
  };
}

function compileText(
  key: string,
  test: Extract<AnnotationTest, { readonly type: 'string' }>['test'],
  texts: ValueTexts,
): WordTest {
  const byWord = wordTest(key, test, texts);
  return (type, word) => {
    if (type === valueType.text) {
      return byWord(word);
    }
    // An integer that a double cannot hold is text to a filter.
    return type === valueType.odd && word === oddWord.big ? verdict.maybe : verdict.no;
  };
}

function wordTest(
  key: string,
  test: Extract<AnnotationTest, { readonly type: 'string' }>['test'],
  texts: ValueTexts,
): (word: number) => Verdict {
  if (test.op === 'set') {
    return () => verdict.yes;
  }
  if (test.op === '=' || test.op === '!=') {
    const bytes = Buffer.from(test.value);
    const wanted = hashOfText(bytes, 0, bytes.length);
    const isEqualWanted = test.op === '=';
    return (word) => verdictOf((word === wanted) === isEqualWanted);
  }
  const known = texts.of(key);
  const answers = new Map<number, Verdict>();
  return (word) => {
    let answer = answers.get(word);
    if (answer === undefined) {
      const text = known.get(word);
      answer = text === undefined ? verdict.maybe : verdictOf(passesText(test, text));
      answers.set(word, answer);
    }
    return answer;
  };
}

function passesValue(test: AnnotationTest, sent: AttributeValue | undefined): boolean {
  const value = typeof sent === 'bigint' ? String(sent) : sent;
  switch (test.type) {
    case 'set':
      return typeof value === 'string' || typeof value === 'number' || value === true;
    case 'string':
      return typeof value === 'string' && passesText(test.test, value);
    case 'number':
      return typeof value === 'number' && passesNumber(test.test, value);
    case 'boolean':
      return value === test.value;
  }
}

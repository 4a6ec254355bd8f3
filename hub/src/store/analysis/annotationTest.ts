import { passesNumber, passesText } from '@sightline/telemetry/language/filterExpressionLogic';
import type { AnnotationTest, TextTest } from '@sightline/telemetry/language/filterExpressionPlan';
import type { NumberTest } from '@sightline/telemetry/language/filterExpression';
import type { AttributeValue } from '@sightline/telemetry/model/span';
import { keyNumberMask, spanBits, valueType, valueTypeShift } from '../memory/segment.ts';
import type { SegmentView } from '../read/sharedIndex.ts';
import { oddWord, typeOfNumber, wordOfNumber } from '../scan/attributeHash.ts';
import { KeyNumbers } from './keyNumbers.ts';
import { ofResources, type ResourceValues } from './resourceValues.ts';
import type { AnnotationLeaf } from './tracePlan.ts';
import type { RowTest, SegmentTest } from './traceVerdicts.ts';
import { verdict, verdictOf, type Verdict } from './verdict.ts';
import { wordTest } from './wordTest.ts';

/** Says of the type and word of a value whether it passes. */
type WordTest = (type: number, word: number) => Verdict;

export interface AnnotationSources {
  /** What words were made of, as far as it is known. */
  readonly texts: ReadonlyMap<number, string>;
  readonly resources: ResourceValues;
}

/** Names attributes of the resource that are annotations under their own names too. */
const namesResourceAttributes = 'aws.xray.annotations';
const ofResource = 'otel.resource.';

/** Whether rows have an annotation that passes. */
export function annotationTest(leaf: AnnotationLeaf, sources: AnnotationSources): SegmentTest {
  const passes = compileTest(leaf, sources.texts);
  if (!leaf.key.startsWith(ofResource)) {
    return (view) => attributeTest(view, leaf.key, passes);
  }
  const name = leaf.key.slice(ofResource.length);
  const resourceTest = ofResources(sources.resources, (attributes) =>
    verdictOf(Object.hasOwn(attributes, name) && passesValue(leaf.test, attributes[name])),
  );
  return (view) => {
    const attributes = attributeTest(view, leaf.key, passes);
    const resource = resourceTest(view);
    return (row) => {
      const one = attributes(row);
      const other = one === verdict.yes ? one : resource(row);
      return other === verdict.no ? one : other;
    };
  };
}

/** From the last attribute to the first: of a key that an OTel span has twice, the last value counts. */
function attributeTest(view: SegmentView, wanted: string, passes: WordTest): RowTest {
  const keys = new KeyNumbers(view, [wanted, namesResourceAttributes]);
  const { attributeKey, attributeWord, attributeEnd, bits } = view.segment.columns;
  return (row) => {
    if (!keys.refresh()) {
      return verdict.no;
    }
    const [own = 0, naming = 0] = keys.numbers;
    const from = row === 0 ? 0 : (attributeEnd[row - 1] as number);
    let result: Verdict = verdict.no;
    let isOwnWanted = true;
    for (let at = (attributeEnd[row] as number) - 1; at >= from; at -= 1) {
      const packed = attributeKey[at] as number;
      const key = packed & keyNumberMask;
      if (key === 0 || key === naming) {
        // A key that came when there was no number left, or the names of attributes of the resource.
        result = verdict.maybe;
      } else if (key === own && isOwnWanted) {
        const type = packed >>> valueTypeShift;
        const one = type === valueType.none ? verdict.no : passes(type, attributeWord[at] as number);
        if (one === verdict.yes) {
          return one;
        }
        // What X-Ray does not call an annotation may have the name of one.
        isOwnWanted = type === valueType.none && ((bits[row] as number) & spanBits.otlp) === 0;
        result = one === verdict.maybe ? one : result;
      }
    }
    return result;
  };
}

function compileTest({ test }: AnnotationLeaf, texts: ReadonlyMap<number, string>): WordTest {
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
      return compileText(test.test, texts);
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

function compileText(test: TextTest, texts: ReadonlyMap<number, string>): WordTest {
  const byWord = wordTest(test, texts);
  return (type, word) => {
    if (type === valueType.text) {
      return byWord(word);
    }
    // An integer that a double cannot hold is text to a filter.
    return type === valueType.odd && word === oddWord.big ? verdict.maybe : verdict.no;
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

import { passesText } from '@sightline/telemetry/language/filterExpressionLogic';
import type { TextTest } from '@sightline/telemetry/language/filterExpressionPlan';
import { hashOfText } from '../scan/attributeHash.ts';
import { verdict, verdictOf, type Verdict } from './verdict.ts';

/** A test of texts by their words; `known` says what words were made of, and grows. */
export function wordTest(test: TextTest, known: ReadonlyMap<number, string>): (word: number) => Verdict {
  if (test.op === 'set') {
    return () => verdict.yes;
  }
  if (test.op === '=' || test.op === '!=') {
    const bytes = Buffer.from(test.value);
    const wanted = hashOfText(bytes, 0, bytes.length);
    const isEqualWanted = test.op === '=';
    return (word) => verdictOf((word === wanted) === isEqualWanted);
  }
  const answers = new Map<number, Verdict>();
  let lastWord = -1;
  let last: Verdict = verdict.maybe;
  return (word) => {
    if (word === lastWord && last !== verdict.maybe) {
      return last;
    }
    let answer = answers.get(word);
    if (answer === undefined) {
      const text = known.get(word);
      answer = text === undefined ? verdict.maybe : verdictOf(passesText(test, text));
      if (text !== undefined) {
        answers.set(word, answer);
      }
    }
    lastWord = word;
    last = answer;
    return answer;
  };
}

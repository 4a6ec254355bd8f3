import type { LinearRegex } from './linearRegex.ts';
import type {
  Condition,
  FieldsPattern,
  FilterPattern,
  JsonTest,
  Selector,
  Term,
  ValueTest,
} from './filterPatternTree.ts';
import { utf8BytesOf } from './utf8Bytes.ts';

/**
 * Bytes to look for before a message is decoded: of every group at least one has to occur in the message, or the pattern
 * does not match it. No groups: every message has to be looked at. Invariant: a message that matches is never ruled out.
 */
export type LiteralGroups = readonly (readonly Uint8Array[])[];

/** The literals of a pattern, for a search through bytes such as `Buffer.indexOf`. The longest, so likely the rarest, first. */
export function literalsOf(pattern: FilterPattern): LiteralGroups {
  const seen = new Set<string>();
  return textGroups(pattern)
    .filter((group) => {
      const key = JSON.stringify(group);
      return !seen.has(key) && seen.add(key);
    })
    .toSorted((a, b) => shortest(b) - shortest(a))
    .map((group) => group.map(utf8BytesOf));
}

type TextGroups = readonly (readonly string[])[];

function textGroups(pattern: FilterPattern): TextGroups {
  switch (pattern.kind) {
    case 'all':
      return [];
    case 'terms':
      return [...pattern.all.flatMap(termGroups), ...anyOf(pattern.any.map(termGroups))];
    case 'json':
      return conditionGroups(pattern.condition, jsonGroups);
    case 'fields':
      return fieldsGroups(pattern);
  }
}

function fieldsGroups({ head, tail = [] }: FieldsPattern): TextGroups {
  return [...head, ...tail].flatMap(({ condition }) =>
    condition === undefined ? [] : conditionGroups(condition, (test) => factorsOf(test).map((factor) => [factor])),
  );
}

function termGroups(term: Term): TextGroups {
  return 'regex' in term ? regexFactors(term.regex).map((factor) => [factor]) : [[term.text]];
}

function conditionGroups<Test>(condition: Condition<Test>, ofTest: (test: Test) => TextGroups): TextGroups {
  if (condition.kind === 'test') {
    return ofTest(condition.test);
  }
  const operands = condition.operands.map((operand) => conditionGroups(operand, ofTest));
  return condition.kind === 'and' ? operands.flat() : anyOf(operands);
}

/** One group for alternatives: the best of each. None where an alternative has none. */
function anyOf(alternatives: readonly TextGroups[]): TextGroups {
  if (alternatives.length === 0) {
    return [];
  }
  const best: string[] = [];
  for (const groups of alternatives) {
    const [group] = groups.toSorted((a, b) => shortest(b) - shortest(a));
    if (group === undefined) {
      return [];
    }
    best.push(...group);
  }
  return [best];
}

function shortest(group: readonly string[]): number {
  // The way out for escapes does not say how rare the literal is.
  return Math.min(...group.filter((literal) => literal !== escaped).map(({ length }) => length));
}

function jsonGroups({ selector, test }: JsonTest): TextGroups {
  if (test.kind === 'absent') {
    return [];
  }
  const keys = keyFactors(selector);
  const values = test.kind === 'constant' ? [String(test.value)] : jsonFactors(test);
  return [
    ...keys.map((key) => [key, escaped]),
    ...values.map((value) => (test.kind === 'constant' ? [value] : [value, escaped])),
  ];
}

/** JSON may write any character as a code, so a message with such a code has to be looked at. */
const escaped = '\\u';

/** Characters that JSON may or must write in another way than as themselves or as a code. */
// oxlint-disable-next-line no-control-regex -- the control characters are what JSON has to escape.
const otherwiseWritten = /["\\/\u0000-\u001f\ud800-\udfff]+/;

function keyFactors({ steps }: Selector): readonly string[] {
  return steps.flatMap((step) => (step.kind === 'key' ? quotedFactors(step.key, false, false) : []));
}

function jsonFactors(test: ValueTest): readonly string[] {
  if (test.kind === 'text' && !test.isNegated) {
    // The text of a number is not what JSON wrote, 4e2 being 400, so only what no number has in it is looked for.
    return /^[\d.eE+-]*$/.test(test.text) ? [] : quotedFactors(test.text, test.anyBefore, test.anyAfter);
  }
  if (test.kind === 'regex') {
    return factorsOf(test)
      .filter((factor) => !/^[\d.eE+-]*$/.test(factor))
      .flatMap((factor) => quotedFactors(factor, true, true));
  }
  return [];
}

/** The longest part that JSON writes as it is, with the quotation mark where it is at an end of the text. */
function quotedFactors(text: string, anyBefore: boolean, anyAfter: boolean): readonly string[] {
  return otherwiseWritten.test(text)
    ? longest(text.split(otherwiseWritten))
    : longest([`${anyBefore ? '' : '"'}${text}${anyAfter ? '' : '"'}`]);
}

function longest(parts: readonly string[]): readonly string[] {
  const best = parts.reduce((kept, part) => (part.length > kept.length ? part : kept), '');
  return best === '' ? [] : [best];
}

/** What the text of a value has to contain. */
function factorsOf(test: ValueTest): readonly string[] {
  if (test.kind === 'number' || test.isNegated) {
    return [];
  }
  return test.kind === 'regex' ? regexFactors(test.regex) : longest([test.text]);
}

function regexFactors(regex: LinearRegex): readonly string[] {
  return longest([regex.requiredText]);
}

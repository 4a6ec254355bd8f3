import { readLine } from './filterPatternLine.ts';
import { compileJsonTest, selectedText } from './filterPatternSelection.ts';
import type { FieldsPattern, FilterPattern, Term, TermsPattern } from './filterPatternTree.ts';
import { compileCondition, compileValueTest, testsOf } from './filterPatternValues.ts';

/** Compiles a pattern to a test of one message. Compile once and keep it: regular expressions learn from the messages they see. */
export function compileFilterPattern(pattern: FilterPattern): (message: string) => boolean {
  switch (pattern.kind) {
    case 'all':
      return () => true;
    case 'terms':
      return compileTerms(pattern, compileTerm);
    case 'json': {
      const matches = compileCondition(pattern.condition, compileJsonTest);
      return (message) => {
        const parsed = parseObject(message);
        return parsed !== undefined && matches(parsed);
      };
    }
    case 'fields':
      return compileFields(pattern);
  }
}

/** What AWS's TestMetricFilter gives as `extractedValues` of a message that matches: each selector or field with its value. */
export function extractedValues(pattern: FilterPattern, message: string): Readonly<Record<string, string>> {
  switch (pattern.kind) {
    case 'all':
    case 'terms':
      return {};
    case 'json': {
      const parsed = parseObject(message);
      const values = testsOf(pattern.condition).map(
        ({ selector }) => [selector.source, selectedText(parsed, selector)] as const,
      );
      return Object.fromEntries(values.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
    }
    case 'fields':
      return readLine(pattern, message)?.extracted ?? {};
  }
}

/** Combines the tests of terms, whatever they are tested against. */
export function compileTerms<Test extends (...subject: never[]) => boolean>(
  { all, any, none }: TermsPattern,
  compile: (term: Term) => Test,
): Test {
  const required = all.map(compile);
  const alternatives = any.map(compile);
  const excluded = none.map(compile);
  const [only] = required;
  if (required.length === 1 && only !== undefined && excluded.length === 0) {
    return only;
  }
  const matches = (...subject: Parameters<Test>): boolean =>
    required.every((test) => test(...subject)) &&
    (alternatives.length === 0 || alternatives.some((test) => test(...subject))) &&
    !excluded.some((test) => test(...subject));
  return matches as Test;
}

function compileTerm(term: Term): (message: string) => boolean {
  if ('regex' in term) {
    return (message) => term.regex.test(message);
  }
  return (message) => message.includes(term.text);
}

function compileFields(pattern: FieldsPattern): (message: string) => boolean {
  const tests = [...pattern.head, ...(pattern.tail ?? [])].map(
    ({ condition }) => condition && compileCondition(condition, compileValueTest),
  );
  return (message) => {
    const reading = readLine(pattern, message);
    return reading !== undefined && tests.every((matches, index) => matches?.(reading.values[index] ?? '') ?? true);
  };
}

/** The message as a JSON object or list; `undefined` where it is not wholly one. */
function parseObject(message: string): object | undefined {
  const first = /\S/.exec(message)?.[0];
  if (first !== '{' && first !== '[') {
    return undefined;
  }
  try {
    return JSON.parse(message) as object;
  } catch {
    // A message that only looks like JSON is one that no selector matches.
    return undefined;
  }
}

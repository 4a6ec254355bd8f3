import { parseCondition, parseOperator, parseValueTest } from './filterPatternConditions.ts';
import type { FilterPatternCursor } from './filterPatternCursor.ts';
import type { Condition, FilterPattern, JsonTest, Selector, SelectorStep } from './filterPatternTree.ts';

/** Bounds the recursion of the parser. */
const deepest = 100;

/** Reads `{ … }` to the end of the text. */
export function parseJsonPattern(cursor: FilterPatternCursor): FilterPattern {
  const start = cursor.at;
  if (!cursor.text.trimEnd().endsWith('}')) {
    cursor.failAt(start, 1, "If a filter pattern starts with '{' it must end with '}'.", ['}']);
  }
  cursor.take('{');
  const condition = parseCondition(cursor, () => parseOperand(cursor, 0));
  if (!cursor.take('}')) {
    cursor.fail('Only && or || can come after a comparison.', ['&&', '||', '}']);
  }
  cursor.skipSpaces();
  if (!cursor.done) {
    cursor.fail('Nothing can come after the closing brace.');
  }
  return { kind: 'json', condition };
}

function parseOperand(cursor: FilterPatternCursor, depth: number): Condition<JsonTest> {
  cursor.skipSpaces();
  const start = cursor.at;
  if (!cursor.take('(')) {
    return { kind: 'test', test: parseTest(cursor) };
  }
  if (depth >= deepest) {
    cursor.failAt(start, 1, 'The parentheses are nested too deeply.');
  }
  const inner = parseCondition(cursor, () => parseOperand(cursor, depth + 1));
  if (!cursor.take(')')) {
    cursor.fail('Only && or || can come after a comparison, and the parenthesis is not closed.', ['&&', '||', ')']);
  }
  return inner;
}

function parseTest(cursor: FilterPatternCursor): JsonTest {
  const selector = parseSelector(cursor);
  const operator = parseOperator(cursor);
  if (operator !== undefined) {
    return { selector, test: parseValueTest(cursor, operator, ')}&|') };
  }
  if (cursor.takeWord('IS')) {
    return { selector, test: { kind: 'constant', value: parseConstant(cursor) } };
  }
  if (cursor.takeWord('NOT')) {
    if (!cursor.takeWord('EXISTS')) {
      cursor.fail('Only EXISTS can come after NOT.', ['EXISTS']);
    }
    return { selector, test: { kind: 'absent' } };
  }
  cursor.skipSpaces();
  if (cursor.takeWord('EXISTS')) {
    cursor.failAt(cursor.at - 6, 6, 'EXISTS is not supported without NOT; compare with "*" instead.', ['= "*"']);
  }
  return cursor.fail('The property has to be compared with something.', [
    '=',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    'IS NULL',
    'IS TRUE',
    'IS FALSE',
    'NOT EXISTS',
  ]);
}

function parseConstant(cursor: FilterPatternCursor): null | boolean {
  if (cursor.takeWord('NULL')) {
    return null;
  }
  if (cursor.takeWord('TRUE')) {
    return true;
  }
  if (cursor.takeWord('FALSE')) {
    return false;
  }
  return cursor.fail(
    cursor.takeWord('NOT') ? 'IS NOT is not supported.' : 'Only NULL, TRUE or FALSE can come after IS.',
    ['NULL', 'TRUE', 'FALSE'],
  );
}

/** Reads `$.a.b[0]`, `$.['dotted.key']`, `$.a[*]`, `$.*`. */
function parseSelector(cursor: FilterPatternCursor): Selector {
  cursor.skipSpaces();
  const start = cursor.at;
  if (!cursor.take('$')) {
    cursor.fail('A property selector has to begin with $.', ['$.']);
  }
  const steps: SelectorStep[] = [];
  for (let step = parseStep(cursor); step !== undefined; step = parseStep(cursor)) {
    steps.push(step);
  }
  const source = cursor.text.slice(start, cursor.at);
  if (steps.length === 0) {
    cursor.fail('A property has to be named after $.', ['.', '[']);
  }
  const wildcards = steps.filter(({ kind }) => kind === 'every').length;
  if (wildcards > 1) {
    cursor.failAt(start, source.length, 'A property selector may have one wildcard at most.');
  }
  if (wildcards === 1) {
    cursor.countWildcard(start);
  }
  return { source, steps };
}

function parseStep(cursor: FilterPatternCursor): SelectorStep | undefined {
  const first = cursor.text.charAt(cursor.at);
  if (first === '[') {
    return parseBracket(cursor);
  }
  if (first !== '.') {
    return undefined;
  }
  cursor.at++;
  if (cursor.text.charAt(cursor.at) === '[') {
    return parseBracket(cursor);
  }
  if (cursor.text.charAt(cursor.at) === '*') {
    cursor.at++;
    return { kind: 'every', of: 'object' };
  }
  const key = /^[A-Za-z0-9_-]+/.exec(cursor.text.slice(cursor.at))?.[0];
  if (key === undefined) {
    return cursor.fail("A property has letters, digits, - and _; write others as ['name'].", [
      'a property',
      '*',
      "['a property']",
    ]);
  }
  cursor.at += key.length;
  return { kind: 'key', key };
}

function parseBracket(cursor: FilterPatternCursor): SelectorStep {
  const start = cursor.at;
  const rest = cursor.text.slice(start);
  const written = /^\[\s*(?:(\*)|(\d{1,9})|'([^']*)'|"([^"]*)")\s*\]/.exec(rest);
  if (written === null) {
    return cursor.failAt(
      start,
      /^\[[^\]\s]*\]?/.exec(rest)?.[0].length ?? 1,
      'An index or a quoted property has to stand in these brackets.',
      ['[0]', '[*]', "['a property']"],
    );
  }
  const [whole, every, index, single, double] = written;
  cursor.at += whole.length;
  if (every !== undefined) {
    return { kind: 'every', of: 'array' };
  }
  return index === undefined ? { kind: 'key', key: single ?? double ?? '' } : { kind: 'index', index: Number(index) };
}

import { isSpace, type FilterPatternCursor } from './filterPatternCursor.ts';
import type { Condition, Operator, ValueTest } from './filterPatternTree.ts';

const operators: readonly Operator[] = ['!=', '<=', '>=', '=', '<', '>'];
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads `a || b && c`, where && binds closer; `parseOperand` reads what stands between. */
export function parseCondition<Test>(
  cursor: FilterPatternCursor,
  parseOperand: () => Condition<Test>,
): Condition<Test> {
  return parseChain(cursor, '||', 'or', () => parseChain(cursor, '&&', 'and', parseOperand));
}

function parseChain<Test>(
  cursor: FilterPatternCursor,
  sign: string,
  kind: 'and' | 'or',
  parseOperand: () => Condition<Test>,
): Condition<Test> {
  const first = parseOperand();
  const operands = [first];
  while (cursor.take(sign)) {
    operands.push(parseOperand());
  }
  return operands.length === 1 ? first : { kind, operands };
}

/** The operator that comes next; `undefined` where none does. */
export function parseOperator(cursor: FilterPatternCursor): Operator | undefined {
  const start = cursor.at;
  const operator = operators.find((candidate) => cursor.take(candidate));
  if (operator !== undefined && '=!<>'.includes(cursor.text.charAt(cursor.at) || ' ')) {
    const wrong = `${operator}${cursor.text.charAt(cursor.at)}`;
    cursor.failAt(cursor.at - operator.length, wrong.length, `"${wrong}" is no operator.`, operators);
  }
  if (operator === undefined) {
    cursor.at = start;
  }
  return operator;
}

/** Reads what a value is compared with. `ends` are the characters that end it unquoted. */
export function parseValueTest(cursor: FilterPatternCursor, operator: Operator, ends: string): ValueTest {
  cursor.skipSpaces();
  const start = cursor.at;
  const first = cursor.text.charAt(start);
  const isOrder = operator !== '=' && operator !== '!=';
  if (isOrder) {
    return parseOrder(cursor, operator, ends);
  }
  const isNegated = operator === '!=';
  if (first === '%') {
    return { kind: 'regex', isNegated, regex: cursor.regex() };
  }
  if (first === '"') {
    return { kind: 'text', isNegated, ...withStars(cursor.quoted()) };
  }
  const word = parseWord(cursor, ends);
  if (number.test(word)) {
    return { kind: 'number', operator, number: Number(word) };
  }
  return { kind: 'text', isNegated, ...withStars(word) };
}

function parseOrder(cursor: FilterPatternCursor, operator: Operator, ends: string): ValueTest {
  const start = cursor.at;
  const isQuoted = cursor.text.charAt(start) === '"';
  const word = isQuoted ? cursor.quoted() : parseWord(cursor, ends);
  if (!number.test(word)) {
    cursor.failAt(start, cursor.at - start, `"${operator}" compares numbers, and "${word}" is none.`, ['a number']);
  }
  return { kind: 'number', operator, number: Number(word) };
}

function parseWord(cursor: FilterPatternCursor, ends: string): string {
  const start = cursor.at;
  let end = start;
  while (end < cursor.text.length && !isSpace(cursor.text.charCodeAt(end)) && !ends.includes(cursor.text.charAt(end))) {
    end++;
  }
  const word = cursor.text.slice(start, end);
  if (word === '') {
    cursor.fail('There is nothing to compare with.', ['a number', 'a text', '%a regular expression%']);
  }
  const invalid = word.search(/[^A-Za-z0-9_.*+-]/);
  if (invalid !== -1) {
    cursor.failAt(start + invalid, 1, `Invalid character(s) in term '${word}': put it in double quotation marks.`);
  }
  cursor.at = end;
  return word;
}

/** AWS lets a star stand for anything only at the beginning and at the end; elsewhere it is a star. */
function withStars(text: string): { readonly text: string; readonly anyBefore: boolean; readonly anyAfter: boolean } {
  const anyBefore = text.startsWith('*');
  const anyAfter = text.length > 1 && text.endsWith('*');
  return { text: text.slice(anyBefore ? 1 : 0, anyAfter ? -1 : undefined), anyBefore, anyAfter };
}

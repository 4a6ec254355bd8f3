import { RegexCursor, RegexSyntaxError } from './linearRegexCursor.ts';
import { parseBracket, parseEscape } from './linearRegexSets.ts';
import { anyCharacter, type ParsedRegex, type RegexNode, type RegexProblem } from './linearRegexTree.ts';

/**
 * `pattern` is what CloudWatch Logs takes between percent signs: no groups, no bytes beyond ASCII, few symbols.
 * `full` adds groups, `(?i)`, `\b` and any character, as Logs Insights takes between slashes.
 */
export type RegexDialect = 'pattern' | 'full';

/** Bounds the work of a step: `.{500}` compiles to five hundred states. */
const mostRepeats = 500;

/** Reads a regular expression, or says what is wrong with it. Lookaround and back-references need backtracking, so they are refused. */
export function parseRegex(source: string, dialect: RegexDialect): ParsedRegex | RegexProblem {
  const cursor = new RegexCursor(source, dialect);
  try {
    const root = parseChoice(cursor, 0);
    if (!cursor.done) {
      cursor.fail('this parenthesis closes nothing; write \\) for the character', 1);
    }
    return { source, root, groups: cursor.groups };
  } catch (error) {
    if (error instanceof RegexSyntaxError) {
      return { message: error.message, at: error.at, length: error.length };
    }
    throw error;
  }
}

function parseChoice(cursor: RegexCursor, depth: number): RegexNode {
  const branches = [parseSequence(cursor, depth)];
  while (cursor.take('|')) {
    branches.push(parseSequence(cursor, depth));
  }
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function parseSequence(cursor: RegexCursor, depth: number): RegexNode {
  const items: RegexNode[] = [];
  const start = cursor.at;
  while (!cursor.done && cursor.peek() !== '|' && cursor.peek() !== ')') {
    const atom = parseAtom(cursor, depth);
    if (atom !== undefined) {
      items.push(parseQuantifier(cursor, atom));
    }
  }
  if (items.length === 0 && cursor.dialect === 'pattern') {
    cursor.at = start;
    cursor.fail('there is nothing to match here', 0);
  }
  return { kind: 'sequence', items };
}

/** One item without its quantifier; `undefined` for `(?i)`, which only changes how the rest is read. */
function parseAtom(cursor: RegexCursor, depth: number): RegexNode | undefined {
  const character = cursor.peek();
  switch (character) {
    case '(':
      return parseGroup(cursor, depth);
    case '[':
      return { kind: 'set', set: parseBracket(cursor) };
    case '.':
      cursor.next();
      return { kind: 'set', set: anyCharacter };
    case '^':
      cursor.next();
      return { kind: 'edge', edge: 'start' };
    case '$':
      cursor.next();
      return { kind: 'edge', edge: 'end' };
    case '\\':
      return parseEscapedAtom(cursor);
    case '*':
    case '+':
    case '?':
    case '{':
      return cursor.fail(`"${character}" has nothing before it to repeat; write \\${character} for the character`, 1);
    default:
      return { kind: 'set', set: cursor.literal(cursor.nextAllowed()) };
  }
}

function parseEscapedAtom(cursor: RegexCursor): RegexNode {
  const following = cursor.source[cursor.at + 1];
  if (cursor.dialect === 'full' && (following === 'b' || following === 'B')) {
    cursor.at += 2;
    return { kind: 'edge', edge: following === 'b' ? 'word' : 'notWord' };
  }
  return { kind: 'set', set: parseEscape(cursor) };
}

function parseGroup(cursor: RegexCursor, depth: number): RegexNode | undefined {
  if (cursor.dialect === 'pattern') {
    cursor.fail('parentheses are not supported in %regex%; write \\x28 or \\x29 for the character', 1);
  }
  if (depth >= 50) {
    cursor.fail('the groups are nested too deeply', 1);
  }
  const start = cursor.at;
  cursor.next();
  const ignoredCase = cursor.ignoreCase;
  if (cursor.take('?i)')) {
    cursor.ignoreCase = true;
    return undefined;
  }
  const name = cursor.groupName(start);
  const index = name === null ? 0 : cursor.groups.push(name);
  const item = parseChoice(cursor, depth + 1);
  if (!cursor.take(')')) {
    cursor.at = start;
    cursor.fail('this parenthesis is not closed', 1);
  }
  cursor.ignoreCase = ignoredCase;
  return name === null ? item : { kind: 'group', item, index };
}

function parseQuantifier(cursor: RegexCursor, item: RegexNode): RegexNode {
  const start = cursor.at;
  const bounds = parseBounds(cursor);
  if (bounds === undefined) {
    return item;
  }
  const [min, max] = bounds;
  if (item.kind === 'edge') {
    cursor.at = start;
    cursor.fail('a place in the text cannot be repeated', 1);
  }
  const lazy = cursor.take('?');
  if (!cursor.done && '*+?{'.includes(cursor.peek())) {
    cursor.fail('this repeats what is repeated already', 1);
  }
  return { kind: 'repeat', item, min, max, lazy };
}

function parseBounds(cursor: RegexCursor): readonly [min: number, max: number] | undefined {
  if (cursor.take('*')) {
    return [0, Infinity];
  }
  if (cursor.take('+')) {
    return [1, Infinity];
  }
  if (cursor.take('?')) {
    return [0, 1];
  }
  if (cursor.done || cursor.peek() !== '{') {
    return undefined;
  }
  const counts = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(cursor.source.slice(cursor.at, cursor.at + 30));
  if (counts === null) {
    return cursor.fail('a count is written {3}, {3,} or {3,5}', 1);
  }
  const [whole, low, comma, high] = counts;
  const min = Number(low);
  const max = comma === undefined ? min : high === undefined ? Infinity : Number(high);
  if (min > max || min > mostRepeats || (max !== Infinity && max > mostRepeats)) {
    cursor.fail(
      min > max ? 'the first count is above the second' : `at most ${mostRepeats} repeats can be asked for`,
      whole.length,
    );
  }
  cursor.at += whole.length;
  return [min, max];
}

import { parseCondition, parseOperator, parseValueTest } from './filterPatternConditions.ts';
import type { FilterPatternCursor } from './filterPatternCursor.ts';
import type { Condition, Field, FieldsPattern, ValueTest } from './filterPatternTree.ts';

/** Reads `[a, b = 4*, ..., c > 1000]` to the end of the text. */
export function parseFieldsPattern(cursor: FilterPatternCursor): FieldsPattern {
  if (!cursor.text.trimEnd().endsWith(']')) {
    cursor.failAt(cursor.at, 1, "If a filter pattern starts with '[' it must end with ']'.", [']']);
  }
  cursor.take('[');
  const lists: Field[][] = [[]];
  const names = new Set<string>();
  if (cursor.take(']')) {
    lists.push([]);
  } else {
    parseList(cursor, lists, names);
  }
  cursor.skipSpaces();
  if (!cursor.done) {
    cursor.fail('Nothing can come after the closing bracket.');
  }
  const [head = [], tail] = lists;
  return { kind: 'fields', head, tail };
}

function parseList(cursor: FilterPatternCursor, lists: Field[][], names: Set<string>): void {
  do {
    cursor.skipSpaces();
    const start = cursor.at;
    if (cursor.take('...')) {
      if (lists.push([]) > 2) {
        cursor.failAt(start, 3, 'There can be one ellipsis at most.');
      }
    } else {
      lists.at(-1)?.push(parseField(cursor, names));
    }
  } while (cursor.take(','));
  if (!cursor.take(']')) {
    cursor.fail('A comma has to come between fields.', [',', ']']);
  }
}

function parseField(cursor: FilterPatternCursor, names: Set<string>): Field {
  const start = cursor.at;
  const name = parseName(cursor);
  if (name === undefined) {
    return {};
  }
  if (names.has(name)) {
    cursor.failAt(start, name.length, `There is a field named "${name}" already.`);
  }
  names.add(name);
  cursor.skipSpaces();
  if (cursor.done || cursor.text.charAt(cursor.at) === ',' || cursor.text.charAt(cursor.at) === ']') {
    return { name };
  }
  let isFirst = true;
  const condition = parseCondition(cursor, () => {
    if (!isFirst) {
      requireName(cursor, name);
    }
    isFirst = false;
    return parseTest(cursor);
  });
  return { name, condition };
}

function parseTest(cursor: FilterPatternCursor): Condition<ValueTest> {
  const operator = parseOperator(cursor);
  if (operator === undefined) {
    return cursor.fail('Only a comparison can come after the name of a field.', [
      '=',
      '!=',
      '<',
      '<=',
      '>',
      '>=',
      ',',
      ']',
    ]);
  }
  return { kind: 'test', test: parseValueTest(cursor, operator, ',]&|') };
}

/** AWS's own example repeats the name in another case, so the case is not looked at. */
function requireName(cursor: FilterPatternCursor, name: string): void {
  cursor.skipSpaces();
  const start = cursor.at;
  const repeated = parseName(cursor);
  if (repeated?.toLowerCase() !== name.toLowerCase()) {
    cursor.failAt(
      start,
      repeated?.length ?? (cursor.done ? 0 : 1),
      `The comparisons of one field have to name the same field, here "${name}".`,
      [name],
    );
  }
}

/** The name that comes next; `undefined` for a field without one. */
function parseName(cursor: FilterPatternCursor): string | undefined {
  const next = cursor.text.charAt(cursor.at);
  if (next === ',' || next === ']') {
    return undefined;
  }
  const name = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(cursor.text.slice(cursor.at))?.[0];
  if (name === undefined) {
    return cursor.fail('The name of a field begins with a letter.', ['a name', '...']);
  }
  cursor.at += name.length;
  return name;
}

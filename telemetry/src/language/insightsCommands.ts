import type { InsightsCursor } from './insightsCursor.ts';
import { ExpressionParser, type ExpressionPlace } from './insightsExpressions.ts';
import { aggregatesOf, type Command, type NamedExpression, type ParsePattern, type SortKey } from './insightsTree.ts';
import type { LinearRegex } from './linearRegex.ts';

/** Commands that AWS has and this does not. */
const unserved = new Set([
  'pattern',
  'diff',
  'anomaly',
  'unnest',
  'unmask',
  'filterindex',
  'source',
  'join',
  'lookup',
  'addtotals',
  'subquery',
]);

/** Reads commands one after the other; it remembers what columns `stats` made. */
export class CommandParser {
  readonly #cursor: InsightsCursor;
  readonly #columns = new Set<string>();

  constructor(cursor: InsightsCursor) {
    this.#cursor = cursor;
  }

  parse(): Command {
    const cursor = this.#cursor;
    const word = cursor.peekName() ?? '';
    const command = this.#commands.get(word.toLowerCase());
    if (command === undefined) {
      const known = [...this.#commands.keys()].join(', ');
      return unserved.has(word.toLowerCase())
        ? cursor.fail(`The command "${word}" is not served here; these are: ${known}.`)
        : cursor.fail(`A command has to come here: ${known}.`);
    }
    cursor.at += word.length;
    return command();
  }

  readonly #commands: ReadonlyMap<string, () => Command> = new Map<string, () => Command>([
    ['fields', () => ({ kind: 'fields', items: this.#parseItems(false) })],
    ['filter', () => ({ kind: 'filter', condition: this.#expressions(false).parse() })],
    ['stats', () => this.#parseStats()],
    ['sort', () => ({ kind: 'sort', keys: this.#parseSortKeys() })],
    ['limit', () => ({ kind: 'limit', count: this.#parseCount() })],
    ['parse', () => this.#parseParse()],
    ['dedup', () => ({ kind: 'dedup', by: this.#parseItems(false).map(({ expression }) => expression) })],
    ['display', () => ({ kind: 'display', items: this.#parseItems(false) })],
  ]);

  #expressions(mayAggregate: boolean): ExpressionParser {
    const place: ExpressionPlace = { mayAggregate, columns: this.#columns };
    return new ExpressionParser(this.#cursor, place);
  }

  #parseItems(mayAggregate: boolean): readonly NamedExpression[] {
    const items: NamedExpression[] = [];
    do {
      const cursor = this.#cursor;
      cursor.skip();
      const start = cursor.at;
      const expression = this.#expressions(mayAggregate).parse();
      const written = cursor.text.slice(start, cursor.at).trim();
      const alias = cursor.takeWord('as') ? this.#parseName() : undefined;
      items.push({ name: alias ?? (expression.kind === 'field' ? expression.name : written), expression });
      this.#requireAggregate(mayAggregate, expression, start, written.length);
    } while (this.#cursor.take(','));
    return items;
  }

  #requireAggregate(isWanted: boolean, expression: NamedExpression['expression'], start: number, length: number): void {
    if (isWanted && aggregatesOf(expression).length === 0) {
      this.#cursor.failAt(
        start,
        length,
        'An aggregate such as count(*) or avg(field) has to be in what "stats" computes.',
      );
    }
  }

  #parseStats(): Command {
    const items = this.#parseItems(true);
    const by = this.#cursor.takeWord('by') ? this.#parseItems(false) : [];
    this.#columns.clear();
    for (const { name } of [...items, ...by]) {
      this.#columns.add(name);
    }
    return { kind: 'stats', items, by };
  }

  #parseSortKeys(): readonly SortKey[] {
    const keys: SortKey[] = [];
    do {
      const expression = this.#expressions(false).parse();
      const isDescending = this.#cursor.takeWord('desc');
      if (!isDescending) {
        this.#cursor.takeWord('asc');
      }
      keys.push({ expression, isDescending });
    } while (this.#cursor.take(','));
    return keys;
  }

  #parseCount(): number {
    this.#cursor.skip();
    const start = this.#cursor.at;
    const count = this.#cursor.takeNumber();
    if (count === undefined) {
      return this.#cursor.fail('A number has to come after "limit".');
    }
    if (!Number.isInteger(count) || count < 1 || count > 100_000) {
      this.#cursor.failAt(start, this.#cursor.at - start, 'The limit is a whole number from 1 to 100000.');
    }
    return count;
  }

  #parseName(): string {
    return this.#cursor.takeField()?.name ?? this.#cursor.fail('A name has to come after "as".');
  }

  #parseNames(): readonly string[] {
    const names: string[] = [];
    if (this.#cursor.takeWord('as')) {
      do {
        names.push(this.#parseName());
      } while (this.#cursor.take(','));
    }
    return names;
  }

  #parseParse(): Command {
    const cursor = this.#cursor;
    const field = cursor.takeField() ?? cursor.fail('The field to parse has to come here, such as @message.');
    cursor.skip();
    const start = cursor.at;
    const pattern = cursor.takeString() ?? cursor.takeRegex();
    if (pattern === undefined) {
      return cursor.fail('A text with stars, or a regular expression between slashes, has to come here.');
    }
    const length = cursor.at - start;
    const aliases = this.#parseNames();
    const { names, ...made } =
      typeof pattern === 'string'
        ? this.#globPattern(pattern, aliases, start, length)
        : this.#regexPattern(pattern, aliases, start, length);
    return { kind: 'parse', from: { kind: 'field', ...field }, names, ...made };
  }

  #globPattern(glob: string, names: readonly string[], start: number, length: number): MadePattern {
    const parts = glob.split('*');
    if (parts.length === 1) {
      this.#cursor.failAt(start, length, 'A star has to stand for each part that gets a name.');
    }
    if (parts.length - 1 !== names.length) {
      this.#cursor.failAt(
        start,
        length,
        `Each star needs a name after "as": stars ${parts.length - 1}, names ${names.length}.`,
      );
    }
    return { names, pattern: { kind: 'glob', parts } };
  }

  #regexPattern(regex: LinearRegex, aliases: readonly string[], start: number, length: number): MadePattern {
    const { groups } = regex.parsed;
    if (aliases.length > 0 && aliases.length !== groups.length) {
      this.#cursor.failAt(
        start,
        length,
        `Each group needs a name after "as": groups ${groups.length}, names ${aliases.length}.`,
      );
    }
    const named = groups.flatMap((group, index) => {
      const name = aliases[index] ?? group;
      return name === undefined ? [] : [{ name, index }];
    });
    if (named.length === 0) {
      this.#cursor.failAt(start, length, 'A part in parentheses needs a name, such as (?<user>\\S+).');
    }
    return {
      names: named.map(({ name }) => name),
      pattern: { kind: 'regex', regex, groups: named.map(({ index }) => index) },
    };
  }
}

interface MadePattern {
  readonly names: readonly string[];
  readonly pattern: ParsePattern;
}

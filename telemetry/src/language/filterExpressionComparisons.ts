import type {
  EqualityOperator,
  FilterExpression,
  FilterExpressionError,
  GroupReference,
  NumberOperator,
  StringOperator,
} from './filterExpression.ts';
import { expectedWords, Expected, joinWords } from './filterExpressionExpected.ts';
import type { BooleanKeyword, NumberKeyword, StringKeyword } from './filterExpressionKeywords.ts';
import { FilterExpressionTokens, type TokenKind } from './filterExpressionTokens.ts';

/** What a value is compared with, which is what decides the values that an editor can offer. */
export type ComparedWith =
  | { readonly kind: 'string'; readonly keyword: StringKeyword }
  | { readonly kind: 'number'; readonly keyword: NumberKeyword }
  | { readonly kind: 'boolean'; readonly keyword: BooleanKeyword }
  | { readonly kind: 'annotationValue'; readonly key: string }
  | { readonly kind: 'service' | 'serviceType' | 'accountId' | 'rootCauseJson' }
  | { readonly kind: 'group'; readonly by: GroupReference['by'] };

/** The lower half of the parser: its tokens, its error, and `keyword operator value`. */
export class FilterExpressionComparisons {
  protected readonly tokens: FilterExpressionTokens;
  #error: FilterExpressionError | undefined;
  /** The sum of all that was asked for at the current token. */
  expected = 0;
  /** Of the value that was asked for last. */
  valueOf: ComparedWith | undefined;

  constructor(source: string) {
    this.tokens = new FilterExpressionTokens(source);
  }

  /** Nothing is read after an error. */
  protected get hasFailed(): boolean {
    return this.#error !== undefined;
  }

  protected booleanCondition(keyword: BooleanKeyword): FilterExpression | undefined {
    const op = this.equality();
    if (op === undefined) {
      return this.#refuseOperator(`${keyword} is true or false`) ? undefined : { kind: 'boolean', keyword };
    }
    this.valueOf = { kind: 'boolean', keyword };
    const value = this.#booleanValue();
    if (value === undefined) {
      return this.#wrongValue(`${keyword} is true or false`);
    }
    return { kind: 'boolean', keyword, test: { op, value } };
  }

  protected numberCondition(keyword: NumberKeyword): FilterExpression | undefined {
    const op = this.equality() ?? this.#order();
    if (op === undefined) {
      return this.#refuseOperator(`${keyword} is a number`) ? undefined : { kind: 'number', keyword };
    }
    this.valueOf = { kind: 'number', keyword };
    const value = this.#numberValue();
    return value === undefined
      ? this.#wrongValue(`${keyword} is compared with a number`)
      : { kind: 'number', keyword, test: { op, value } };
  }

  protected stringCondition(keyword: StringKeyword): FilterExpression | undefined {
    const op = this.equality() ?? this.#part();
    if (op === undefined) {
      return this.#refuseOperator(`${keyword} is text`) ? undefined : { kind: 'string', keyword };
    }
    const value = this.stringValue({ kind: 'string', keyword });
    return value === undefined ? undefined : { kind: 'string', keyword, test: { op, value } };
  }

  /** The operator decides which values can follow: only `=` and `!=` compare all three types. */
  protected annotationCondition(key: string): FilterExpression | undefined {
    const equality = this.equality();
    const order = equality === undefined ? this.#order() : undefined;
    const part = equality === undefined && order === undefined ? this.#part() : undefined;
    if (equality === undefined && order === undefined && part === undefined) {
      return { kind: 'annotation', key };
    }
    this.valueOf = { kind: 'annotationValue', key };
    if (part !== undefined) {
      const value = this.stringValue(this.valueOf);
      return value === undefined ? undefined : { kind: 'annotation', key, test: { op: part, value } };
    }
    if (order !== undefined) {
      const value = this.#numberValue();
      return value === undefined
        ? this.#wrongValue(`${order} compares with a number`)
        : { kind: 'annotation', key, test: { op: order, value } };
    }
    return this.#annotationEquality(key, equality ?? '=');
  }

  #annotationEquality(key: string, op: EqualityOperator): FilterExpression | undefined {
    const number = this.#numberValue();
    if (number !== undefined) {
      return { kind: 'annotation', key, test: { op, value: number } };
    }
    const boolean = this.#booleanValue();
    if (boolean !== undefined) {
      return { kind: 'annotation', key, test: { op, value: boolean } };
    }
    const value = this.stringValue({ kind: 'annotationValue', key });
    return value === undefined ? undefined : { kind: 'annotation', key, test: { op, value } };
  }

  protected equality(): EqualityOperator | undefined {
    this.expect(Expected.equality);
    const { kind } = this.tokens;
    if (kind !== '=' && kind !== '!=') {
      return undefined;
    }
    this.advance();
    return kind;
  }

  #order(): NumberOperator | undefined {
    this.expect(Expected.order);
    const { kind } = this.tokens;
    if (kind !== '<' && kind !== '<=' && kind !== '>' && kind !== '>=') {
      return undefined;
    }
    this.advance();
    return kind;
  }

  #part(): StringOperator | undefined {
    this.expect(Expected.part);
    const op = this.tokens.kind === 'word' ? partOperators.get(this.tokens.text) : undefined;
    if (op !== undefined) {
      this.advance();
    }
    return op;
  }

  #booleanValue(): boolean | undefined {
    if (this.acceptWord('true', Expected.boolean)) {
      return true;
    }
    return this.acceptWord('false', Expected.boolean) ? false : undefined;
  }

  #numberValue(): number | undefined {
    const { number } = this.tokens;
    return this.accept('number', Expected.number) ? number : undefined;
  }

  protected stringValue(comparedWith: ComparedWith): string | undefined {
    this.valueOf = comparedWith;
    const { kind, text } = this.tokens;
    if (this.accept('string', Expected.string)) {
      return text;
    }
    if (kind === 'number' || kind === 'word') {
      return this.fail(`Text stands in quotation marks: write "${this.tokens.written}".`);
    }
    return this.unexpected();
  }

  /** True, and an error, where an operator of another type follows. */
  #refuseOperator(why: string): boolean {
    const { kind, text, written } = this.tokens;
    const isOrder = kind === '<' || kind === '<=' || kind === '>' || kind === '>=';
    if (!isOrder && !(kind === 'word' && partOperators.has(text))) {
      return false;
    }
    this.expect(Expected.and | Expected.or);
    const compares = isOrder ? `${written} compares numbers` : `${written.toUpperCase()} searches text`;
    this.fail(`${why}, and ${compares}; here could stand ${joinWords(expectedWords(this.expected))}.`);
    return true;
  }

  #wrongValue(why: string): undefined {
    const { kind, written } = this.tokens;
    if (kind === 'string' || kind === 'number' || kind === 'word') {
      return this.fail(`${why}, not with ${written}; here could stand ${joinWords(expectedWords(this.expected))}.`);
    }
    return this.unexpected();
  }

  protected expect(what: number): void {
    this.expected |= what;
  }

  protected advance(): void {
    this.expected = 0;
    this.tokens.advance();
  }

  protected at(kind: TokenKind, what: number): boolean {
    this.expected |= what;
    return this.tokens.kind === kind;
  }

  protected accept(kind: TokenKind, what: number): boolean {
    this.expected |= what;
    if (this.tokens.kind !== kind) {
      return false;
    }
    if (kind !== 'end') {
      this.advance();
    }
    return true;
  }

  protected acceptWord(word: string, what: number): boolean {
    this.expected |= what;
    if (this.tokens.kind !== 'word' || this.tokens.text !== word) {
      return false;
    }
    this.advance();
    return true;
  }

  /** The token is none of those that were asked for. */
  protected unexpected(): undefined {
    return this.fail(this.unexpectedMessage());
  }

  protected unexpectedMessage(): string {
    const { kind, written, problem, source } = this.tokens;
    if (kind === 'bad') {
      return problem;
    }
    const could = `here could stand ${joinWords(expectedWords(this.expected))}`;
    if (kind === 'end') {
      return source.trim() === '' ? `The expression is empty; ${could}.` : `The expression ends too early; ${could}.`;
    }
    if (kind === '=' && (this.expected & (Expected.boolean | Expected.number | Expected.string)) !== 0) {
      return `Equality is written with one =; ${could}.`;
    }
    return `${written} cannot stand here; ${could}.`;
  }

  protected fail(message: string): undefined {
    this.refusal(message);
    return undefined;
  }

  /** The first error, which this one becomes only where there is none: what follows an error is a consequence of it. */
  protected refusal(message: string): FilterExpressionError {
    const { start, end } = this.tokens;
    this.#error ??= {
      message: readableMessage(message),
      column: start + 1,
      length: end - start,
      expected: expectedWords(this.expected),
    };
    return this.#error;
  }
}

/** A message quotes what was written, which may be 10,000 characters: what follows it is the advice, so the middle is cut. */
export function readableMessage(message: string): string {
  return message.length > 500 ? `${message.slice(0, 200)} … ${message.slice(-250)}` : message;
}

const partOperators: ReadonlyMap<string, StringOperator> = new Map([
  ['contains', 'CONTAINS'],
  ['beginswith', 'BEGINSWITH'],
  ['endswith', 'ENDSWITH'],
]);

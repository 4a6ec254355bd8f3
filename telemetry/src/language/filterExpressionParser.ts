import type { EqualityOperator, FilterExpression, FilterExpressionError, ServiceSelector } from './filterExpression.ts';
import { FilterExpressionComparisons } from './filterExpressionComparisons.ts';
import { Expected } from './filterExpressionExpected.ts';
import { keywordProblem } from './filterExpressionKeywordProblem.ts';
import { findKeyword, type FilterScope, type KeywordEntry } from './filterExpressionKeywords.ts';

export type ParsedFilterExpression =
  | { readonly ok: true; readonly expression: FilterExpression }
  | { readonly ok: false; readonly error: FilterExpressionError };

/** How deep parentheses and negations may nest: more than any person writes, and far less than the stack holds. */
const maxDepth = 64;

/**
 * Parses a filter expression; never throws. `AND` binds closer than `OR` (the guide does not say), two conditions side by side are `AND`.
 * An empty text is an error: where X-Ray takes it as "no filter", that is the caller's to decide.
 */
export function parseFilterExpression(text: string): ParsedFilterExpression {
  return new FilterExpressionParser(text).parse();
}

/** A recursive descent whose parts return `undefined` once one of them has failed. */
export class FilterExpressionParser extends FilterExpressionComparisons {
  #depth = 0;

  /** What is being filtered at the token that was read last. */
  scope: FilterScope = 'trace';

  parse(): ParsedFilterExpression {
    const expression = this.#or();
    if (expression !== undefined && this.accept('end', Expected.end)) {
      return { ok: true, expression };
    }
    return { ok: false, error: this.refusal(this.unexpectedMessage()) };
  }

  #or(): FilterExpression | undefined {
    return this.#operands('or');
  }

  #operands(kind: 'and' | 'or'): FilterExpression | undefined {
    const first = kind === 'or' ? this.#operands('and') : this.#operand();
    if (first === undefined || !this.#joins(kind)) {
      return first;
    }
    const operands = [first];
    do {
      const next = kind === 'or' ? this.#operands('and') : this.#operand();
      if (next === undefined) {
        return undefined;
      }
      operands.push(next);
    } while (this.#joins(kind));
    return { kind, operands };
  }

  #joins(kind: 'and' | 'or'): boolean {
    if (kind === 'or') {
      return this.acceptWord('or', Expected.or);
    }
    if (this.acceptWord('and', Expected.and)) {
      return true;
    }
    this.expect(Expected.keyword | Expected.not | Expected.openParenthesis);
    const { kind: token, text } = this.tokens;
    return token === '!' || token === '(' || token === 'annotation' || (token === 'word' && text !== 'or');
  }

  #operand(): FilterExpression | undefined {
    if (this.#depth === maxDepth) {
      return this.fail(`Parentheses and negations nest more than ${maxDepth} deep.`);
    }
    this.#depth++;
    const operand = this.#negationOrCondition();
    this.#depth--;
    return operand;
  }

  #negationOrCondition(): FilterExpression | undefined {
    if (this.accept('!', Expected.not)) {
      const operand = this.#operand();
      return operand === undefined ? undefined : { kind: 'not', operand };
    }
    if (this.accept('(', Expected.openParenthesis)) {
      const inner = this.#or();
      if (inner === undefined) {
        return undefined;
      }
      return this.accept(')', Expected.closeParenthesis) ? inner : this.unexpected();
    }
    return this.#condition();
  }

  #condition(): FilterExpression | undefined {
    this.expect(Expected.keyword);
    const { kind, text } = this.tokens;
    if (kind === 'annotation') {
      return this.#annotation(text);
    }
    if (kind !== 'word') {
      return this.unexpected();
    }
    const entry = findKeyword(text);
    if (entry === undefined || !entry.scopes.includes(this.scope)) {
      return this.fail(keywordProblem(this.tokens.written, this.scope));
    }
    this.advance();
    return this.#keyword(entry);
  }

  #annotation(key: string): FilterExpression | undefined {
    if (this.scope !== 'trace') {
      return this.fail(`An annotation belongs to the trace: move annotation.${key} out of the braces.`);
    }
    this.advance();
    return this.annotationCondition(key);
  }

  #keyword({ use }: KeywordEntry): FilterExpression | undefined {
    switch (use.type) {
      case 'boolean':
        return this.booleanCondition(use.keyword);
      case 'number':
        return this.numberCondition(use.keyword);
      case 'string':
        return this.stringCondition(use.keyword);
      case 'service':
        return this.#service();
      case 'edge':
        return this.#edge();
      case 'group':
        return this.#group(use.by);
      case 'rootCause':
        return this.#withFilter(
          { kind: 'rootCause', cause: use.cause, element: use.element },
          `rootCause.${use.element}`,
        );
      case 'rootCauseJson':
        return this.#rootCauseJson();
    }
  }

  #service(): FilterExpression | undefined {
    if (!this.accept('(', Expected.openParenthesis)) {
      return this.unexpected();
    }
    if (this.accept(')', Expected.closeParenthesis)) {
      return this.#withFilter({ kind: 'service' }, 'service');
    }
    const service = this.#selector();
    if (service === undefined) {
      return undefined;
    }
    if (!this.accept(')', Expected.closeParenthesis)) {
      return this.unexpected();
    }
    return this.#withFilter({ kind: 'service', service }, 'service');
  }

  #edge(): FilterExpression | undefined {
    if (!this.accept('(', Expected.openParenthesis)) {
      return this.unexpected();
    }
    const source = this.#selector();
    if (source === undefined) {
      return undefined;
    }
    if (!this.accept(',', Expected.comma)) {
      return this.unexpected();
    }
    const destination = this.#selector();
    if (destination === undefined) {
      return undefined;
    }
    if (!this.accept(')', Expected.closeParenthesis)) {
      return this.unexpected();
    }
    return this.#withFilter({ kind: 'edge', source, destination }, 'edge');
  }

  /** Empty braces are no filter. */
  #withFilter(
    condition: Extract<FilterExpression, { readonly kind: 'service' | 'edge' | 'rootCause' }>,
    scope: FilterScope,
  ): FilterExpression | undefined {
    if (!this.accept('{', Expected.openBrace)) {
      return condition;
    }
    this.scope = scope;
    const isEmpty = this.at('}', Expected.closeBrace);
    const filter = isEmpty ? undefined : this.#or();
    if (this.hasFailed) {
      return undefined;
    }
    if (!this.at('}', Expected.closeBrace)) {
      return this.unexpected();
    }
    this.scope = 'trace';
    this.advance();
    return filter === undefined ? condition : { ...condition, filter };
  }

  #selector(): ServiceSelector | undefined {
    if (this.acceptWord('id', Expected.id)) {
      return this.#id();
    }
    const name = this.stringValue({ kind: 'service' });
    return name === undefined ? undefined : { name };
  }

  #id(): ServiceSelector | undefined {
    if (!this.accept('(', Expected.openParenthesis)) {
      return this.unexpected();
    }
    const selector: { name?: string; type?: string; accountId?: string } = {};
    do {
      const member = this.#idMember(selector);
      if (member === undefined || !this.accept(':', Expected.colon)) {
        return this.unexpected();
      }
      const kind = member === 'name' ? 'service' : member === 'type' ? 'serviceType' : 'accountId';
      const value = this.stringValue({ kind });
      if (value === undefined) {
        return undefined;
      }
      selector[member] = value;
    } while (Object.keys(selector).length < 3 && this.accept(',', Expected.comma));
    return this.accept(')', Expected.closeParenthesis) ? selector : this.unexpected();
  }

  #idMember(given: ServiceSelector): 'name' | 'type' | 'accountId' | undefined {
    if (given.name === undefined && this.acceptWord('name', Expected.idName)) {
      return 'name';
    }
    if (given.type === undefined && this.acceptWord('type', Expected.idType)) {
      return 'type';
    }
    return given.accountId === undefined && this.acceptWord('account.id', Expected.idAccount) ? 'accountId' : undefined;
  }

  #group(by: 'name' | 'arn'): FilterExpression | undefined {
    const op = this.equality();
    if (op === undefined) {
      return this.unexpected();
    }
    const value = this.stringValue({ kind: 'group', by });
    return value === undefined ? undefined : { kind: 'group', by, test: { op, value } };
  }

  #rootCauseJson(): FilterExpression | undefined {
    const op: EqualityOperator | undefined = this.equality();
    if (op === undefined) {
      return { kind: 'rootCauseJson' };
    }
    const value = this.tokens.json;
    this.valueOf = { kind: 'rootCauseJson' };
    return this.accept('json', Expected.json) ? { kind: 'rootCauseJson', test: { op, value } } : this.unexpected();
  }
}

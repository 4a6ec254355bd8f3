import type {
  BooleanTest,
  EqualityTest,
  FilterExpression,
  Json,
  NumberTest,
  ServiceSelector,
  StringTest,
} from './filterExpression.ts';

/**
 * The text of a filter expression in one canonical form: keywords small, operators in capitals, AND written out, one space around each.
 * Parsing it gives the same expression again.
 */
export function renderFilterExpression(expression: FilterExpression): string {
  switch (expression.kind) {
    case 'or':
      return expression.operands.map((operand) => renderInside(operand, operand.kind === 'or')).join(' OR ');
    case 'and':
      return expression.operands
        .map((operand) => renderInside(operand, operand.kind === 'or' || operand.kind === 'and'))
        .join(' AND ');
    case 'not':
      return `!${renderInside(expression.operand, expression.operand.kind === 'or' || expression.operand.kind === 'and')}`;
    case 'boolean':
    case 'number':
    case 'string':
      return expression.keyword + renderTest(expression.test);
    case 'annotation':
      return renderAnnotationKey(expression.key) + renderTest(expression.test);
    case 'service': {
      const service = expression.service === undefined ? '' : renderSelector(expression.service);
      return `service(${service})${renderFilter(expression.filter)}`;
    }
    case 'edge': {
      const { source, destination, filter } = expression;
      return `edge(${renderSelector(source)}, ${renderSelector(destination)})${renderFilter(filter)}`;
    }
    case 'group':
      return `group.${expression.by}${renderTest(expression.test)}`;
    case 'rootCause':
      return `rootcause.${expression.cause}.${expression.element}${renderFilter(expression.filter)}`;
    case 'rootCauseJson':
      return `rootcause.json${renderJsonTest(expression.test)}`;
  }
}

/** A text in quotation marks, as the tokens of a filter expression read it. */
export function quoteFilterText(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
}

/** `annotation.key` where the key allows it, else `annotation[key]`. */
export function renderAnnotationKey(key: string): string {
  if (/^\w+$/u.test(key)) {
    return `annotation.${key}`;
  }
  const isPlain = key !== '' && key.trim() === key && !/[\]"]/u.test(key);
  return `annotation[${isPlain ? key : quoteFilterText(key)}]`;
}

function renderInside(expression: FilterExpression, inParentheses: boolean): string {
  const text = renderFilterExpression(expression);
  return inParentheses ? `(${text})` : text;
}

function renderTest(test: BooleanTest | NumberTest | StringTest | undefined): string {
  if (test === undefined) {
    return '';
  }
  return ` ${test.op} ${typeof test.value === 'string' ? quoteFilterText(test.value) : String(test.value)}`;
}

function renderJsonTest(test: EqualityTest<readonly Json[]> | undefined): string {
  return test === undefined ? '' : ` ${test.op} #${JSON.stringify(test.value)}`;
}

function renderFilter(filter: FilterExpression | undefined): string {
  return filter === undefined ? '' : ` { ${renderFilterExpression(filter)} }`;
}

function renderSelector({ name, type, accountId }: ServiceSelector): string {
  if (name !== undefined && type === undefined && accountId === undefined) {
    return quoteFilterText(name);
  }
  const members = [
    ...(name === undefined ? [] : [`name: ${quoteFilterText(name)}`]),
    ...(type === undefined ? [] : [`type: ${quoteFilterText(type)}`]),
    ...(accountId === undefined ? [] : [`account.id: ${quoteFilterText(accountId)}`]),
  ];
  return `id(${members.join(', ')})`;
}

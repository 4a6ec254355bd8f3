import type { FilterExpression, ServiceSelector } from './filterExpression.ts';
import { parseFilterExpression } from './filterExpressionParser.ts';
import type { FilterVocabulary } from './filterExpressionSuggestions.ts';

/** Why an expression may find nothing, as sentences for whoever wrote it; none for one that does not parse. */
export function filterHintsOf(text: string, vocabulary: FilterVocabulary): string[] {
  const parsed = parseFilterExpression(text);
  const conditions = parsed.ok ? [...conditionsIn(parsed.expression)] : [];
  const hints = conditions.flatMap((condition) => hintOf(condition, vocabulary) ?? []);
  return [...new Set(hints)];
}

function hintOf(condition: FilterExpression, vocabulary: FilterVocabulary): string | undefined {
  switch (condition.kind) {
    case 'annotation':
      return annotationHint(condition.key, vocabulary);
    case 'service':
      return condition.service === undefined ? undefined : serviceHint(condition.service, vocabulary);
    case 'edge':
      return serviceHint(condition.source, vocabulary) ?? serviceHint(condition.destination, vocabulary);
    default:
      return undefined;
  }
}

function annotationHint(key: string, { annotations, metadataKeys }: FilterVocabulary): string | undefined {
  if (annotations.some((annotation) => annotation.key === key)) {
    return undefined;
  }
  // The key of metadata stands behind its namespace.
  if (metadataKeys.some((seen) => seen === key || seen.endsWith(`.${key}`))) {
    return `"${key}" was seen as metadata only. X-Ray does not index metadata: only annotations can be filtered.`;
  }
  const other = annotations.find((annotation) => annotation.key.toLowerCase() === key.toLowerCase());
  return other === undefined
    ? `No annotation "${key}" has been seen here.`
    : `No annotation "${key}" has been seen here; there is "${other.key}", and case matters.`;
}

function serviceHint({ name }: ServiceSelector, { services }: FilterVocabulary): string | undefined {
  if (name === undefined || services.some((service) => service.name === name)) {
    return undefined;
  }
  const seen = [...new Set(services.map((service) => service.name))].slice(0, 4).map((each) => `"${each}"`);
  const others = seen.length === 0 ? '' : `; there is ${seen.join(', ')}`;
  return `No service "${name}" has been seen here${others}.`;
}

function* conditionsIn(expression: FilterExpression): Generator<FilterExpression> {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) {
        yield* conditionsIn(operand);
      }
      return;
    case 'not':
      // What is not there is what a negation asks for.
      return;
    default:
      yield expression;
  }
}

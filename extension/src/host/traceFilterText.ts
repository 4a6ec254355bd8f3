import type { TraceRow } from '@sightline/hub/client/api';
import type { FilterExpression } from '@sightline/telemetry/language/filterExpression';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import {
  quoteFilterText,
  renderAnnotationKey,
  renderFilterExpression,
} from '@sightline/telemetry/language/filterExpressionText';

/** Where a filter expression is wrong, as a person reads it below a box; `undefined` where it is right, or empty. */
export function filterTroubleOf(text: string): string | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  const parsed = parseFilterExpression(text);
  return parsed.ok ? undefined : `Column ${parsed.error.column}: ${parsed.error.message}`;
}

/** The traces that another service took part in. */
export function serviceFilter(service: string): string {
  return `service(${quoteFilterText(service)})`;
}

/**
 * The requests of a trace's route. X-Ray knows URLs and no routes, so what stands between a route's parameters has to be in the URL; `undefined` for
 * a trace that is no HTTP request.
 */
export function routeFilter({ httpMethod, route }: Pick<TraceRow, 'httpMethod' | 'route'>): string | undefined {
  const parts = (route ?? '').split(/:[A-Za-z_]\w*|\{[^}]*\}|<[^>]*>|\*+/).filter((part) => part.length > 1);
  const conditions = [
    ...(httpMethod === undefined ? [] : [`http.method = ${quoteFilterText(httpMethod)}`]),
    ...parts.map((part) => `http.url CONTAINS ${quoteFilterText(part)}`),
  ];
  return route === undefined || conditions.length === 0 ? undefined : conditions.join(' AND ');
}

/** The requests that ended as this one did. */
export function statusFilter({ httpStatus, status }: Pick<TraceRow, 'httpStatus' | 'status'>): string {
  if (httpStatus !== undefined && status !== 'running') {
    return `http.status = ${httpStatus}`;
  }
  return { running: 'partial', ok: 'ok', error: 'error', fault: 'fault', throttled: 'throttle' }[status];
}

export function annotationFilter(key: string, value: string | number | boolean): string {
  return `${renderAnnotationKey(key)} = ${typeof value === 'string' ? quoteFilterText(value) : String(value)}`;
}

/** What fulfils both; the second alone where the first says nothing, and the first where it says the second already. */
export function narrowFilter(filter: string, condition: string): string {
  const before = parseFilterExpression(filter);
  const added = parseFilterExpression(condition);
  if (!before.ok || !added.ok) {
    return condition;
  }
  const operands = [...operandsOf(before.expression), ...operandsOf(added.expression)];
  const distinct = new Map(operands.map((operand) => [renderFilterExpression(operand), operand]));
  const [only, ...others] = distinct.values();
  return only !== undefined && others.length === 0
    ? renderFilterExpression(only)
    : renderFilterExpression({ kind: 'and', operands: [...distinct.values()] });
}

function operandsOf(expression: FilterExpression): readonly FilterExpression[] {
  return expression.kind === 'and' ? expression.operands : [expression];
}

import type { FilterExpressionError } from '@sightline/telemetry/language/filterExpression';
import { compileFilterExpression } from '@sightline/telemetry/language/filterExpressionCompiler';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { XRayGroups } from '../aws/xrayGroups.ts';
import type { FilterError } from '../client/filterApi.ts';
import { ApiError } from './parameters.ts';

/** What a filter expression asks of a trace, with the groups as they are now; an empty one asks nothing. Rejects with `ApiError`. */
export async function loadTracePlan(filter: string, groups: XRayGroups): Promise<TracePlan | undefined> {
  if (filter.trim() === '') {
    return undefined;
  }
  const parsed = parseFilterExpression(filter);
  if (!parsed.ok) {
    throw filterErrorOf(parsed.error);
  }
  const compiled = compileFilterExpression(parsed.expression, await groups.resolver());
  if (!compiled.ok) {
    throw new ApiError(400, compiled.message);
  }
  return compiled.plan;
}

export function filterErrorOf({ message, column, length, expected }: FilterExpressionError): ApiError {
  return new ApiError(400, message, { column, length, expected } satisfies Omit<FilterError, 'error'>);
}

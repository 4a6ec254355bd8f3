import type { FilterExpressionError } from '@sightline/telemetry/language/filterExpression';
import type { TraceFilterStatus } from '../../contracts/traceFilter.ts';

/** What a status line says of the traces under a filter. */
export function statusTextOf({ filter, found, isMore, isSearching }: TraceFilterStatus): string {
  const count = `${found.toLocaleString('en-US')} ${found === 1 ? 'trace' : 'traces'}`;
  if (isSearching) {
    return `Searching, ${count} so far`;
  }
  if (filter === '') {
    return found === 0 ? '' : `${count}${isMore ? ' · more' : ''}, no filter`;
  }
  if (found === 0) {
    return isMore ? 'Nothing found so far · more' : 'No trace fulfils this filter';
  }
  return `${count}${isMore ? ' · more' : ''}`;
}

/** The text in three parts, the middle one underlined as wrong; behind its end stands a space to underline. */
export function markWrong(text: string, wrong: FilterExpressionError | undefined): readonly [string, string, string] {
  if (wrong === undefined) {
    return [text, '', ''];
  }
  const start = wrong.column - 1;
  const end = start + wrong.length;
  return [text.slice(0, start), wrong.length === 0 ? '\u00A0\u00A0' : text.slice(start, end), text.slice(end)];
}

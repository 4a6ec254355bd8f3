import { parseSpanId, type SpanId } from '../model/ids.ts';

/**
 * The id of the segment that X-Ray makes up for a called service which does not report itself, out of that of the call: every bit turned
 * round, so that it is the same each time, and never the same for two calls. Only an id of all ones has none, and is kept.
 */
export function inferredId(id: SpanId): SpanId {
  const turned = Array.from(id, (digit) => (15 - Number.parseInt(digit, 16)).toString(16)).join('');
  return parseSpanId(turned) ?? id;
}

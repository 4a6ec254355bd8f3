import { parseTraceId, type TraceId } from '../model/ids.ts';

const xraySpelling = /\b1-[0-9a-f]{8}-[0-9a-f]{24}(?![0-9a-f])/i;
const namedSpelling = /\b(?:trace[_.-]?id|trace)["']?\s*[:=]\s*["']?([0-9a-f]{32})(?![0-9a-f])/i;
const parentSpelling = /\b00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b/i;

/** The trace that a line names: X-Ray's spelling anywhere, 32 hex digits only where they are called a trace's. */
export function traceIdIn(message: string): TraceId | undefined {
  const text = xraySpelling.exec(message)?.[0] ?? namedSpelling.exec(message)?.[1] ?? parentSpelling.exec(message)?.[1];
  return text === undefined ? undefined : parseTraceId(text);
}

const spanSpelling = /\bspan[_.-]?id["']?\s*[:=]\s*["']?([0-9a-f]{16})(?![0-9a-f])/i;

/** The span that a line names: 16 hex digits where they are called a span's. */
export function spanIdIn(message: string): string | undefined {
  return spanSpelling.exec(message)?.[1]?.toLowerCase();
}

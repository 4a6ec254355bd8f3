import { parseTraceId, type TraceId } from '@sightline/telemetry/model/ids';

/** Ids that could be of a trace, in both spellings: the index may name a line too many, never one too few. */
const candidates = /(?:1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})(?![0-9a-f])/gi;
const idsPerLine = 4;

/** Adds a number of each trace id in the line: its last 32 bits, which both spellings share. */
export function indexTraceIds(message: string, numbers: Set<number>): void {
  candidates.lastIndex = 0;
  for (let found = 0; found < idsPerLine; found += 1) {
    const match = candidates.exec(message);
    if (match === null) {
      return;
    }
    numbers.add(traceNumber(match[0]));
  }
}

/** What `indexTraceIds` notes of a trace id. */
export function traceNumber(id: string): number {
  return Number.parseInt(id.slice(-8), 16);
}

const xraySpelling = /\b1-[0-9a-f]{8}-[0-9a-f]{24}(?![0-9a-f])/i;
const namedSpelling = /\b(?:trace[_.-]?id|trace)["']?\s*[:=]\s*["']?([0-9a-f]{32})(?![0-9a-f])/i;
const parentSpelling = /\b00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b/i;

/** The trace that a line names: X-Ray's spelling anywhere, 32 hex digits only where they are called a trace's. */
export function traceIdIn(message: string): TraceId | undefined {
  const text = xraySpelling.exec(message)?.[0] ?? namedSpelling.exec(message)?.[1] ?? parentSpelling.exec(message)?.[1];
  return text === undefined ? undefined : parseTraceId(text);
}

const spanSpelling = /\bspan[_.-]?id["']?\s*[:=]\s*["']?([0-9a-f]{16})(?![0-9a-f])/i;

export function spanIdIn(message: string): string | undefined {
  return spanSpelling.exec(message)?.[1]?.toLowerCase();
}

import { readFileSync } from 'node:fs';
import { decodeOtlpTraces } from '../src/decode/otlpTraces.ts';
import { decodeXRaySegment } from '../src/decode/xraySegment.ts';
import type { Span } from '../src/model/span.ts';

interface Captured {
  readonly segments: readonly object[];
  readonly otlp: readonly object[];
}

/** What `npm start`'s sample sent for six requests, its paths and ports made neutral: X-Ray segments and OTLP/JSON requests. By trace id. */
export function sampleBackendTraces(): ReadonlyMap<string, readonly Span[]> {
  const { segments, otlp } = readSample();
  const spans = [
    ...segments.flatMap((segment) => decodeXRaySegment(JSON.stringify(segment)).records),
    ...otlp.flatMap((request) => decodeOtlpTraces(Buffer.from(JSON.stringify(request)), 'json').records),
  ];
  return Map.groupBy(spans, ({ traceId }) => traceId);
}

/** The X-Ray documents alone. */
export function sampleBackendSegments(): readonly object[] {
  return readSample().segments;
}

function readSample(): Captured {
  return JSON.parse(readFileSync(new URL('traces/sampleBackend.json', import.meta.url), 'utf8')) as Captured;
}

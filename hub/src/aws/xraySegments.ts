import type { TraceId } from '@sightline/telemetry/model/ids';
import { requestsOfTrace } from '@sightline/telemetry/view/traceRequests';
import { xrayDocuments, type XRayDocument } from '@sightline/telemetry/view/xrayDocument';
import type { XRayContext } from './xrayCall.ts';

export interface SegmentedTrace {
  readonly segments: readonly XRayDocument[];
  /** From the first start to the last end. */
  readonly durationSeconds: number;
}

/** X-Ray endpoints and quotas, "Trace document size". In bytes of UTF-8. */
const maxTraceBytes = 500 * 2 ** 10;

/** The segments of a trace, X-Ray's as they were sent and those that X-Ray makes of OTel spans; `undefined` where no such trace is stored. */
export async function loadSegments(
  traceId: TraceId,
  { store, signal }: XRayContext,
): Promise<SegmentedTrace | undefined> {
  const [raw, spans] = await Promise.all([store.loadRaw(traceId, signal), store.analysis.loadSpans(traceId, signal)]);
  if (raw === undefined || spans === undefined) {
    return undefined;
  }
  const sent = raw.documents.filter(({ source }) => source === 'xray').map(({ document }) => document);
  const durationSeconds = Math.round(Number(requestsOfTrace(spans).duration) / 1e3) / 1e6;
  return { segments: xrayDocuments(spans, sent), durationSeconds };
}

/** As many segments, from the first on, as a trace may have. */
export function withinLimit(segments: readonly XRayDocument[]): {
  readonly segments: readonly XRayDocument[];
  readonly isWhole: boolean;
} {
  let bytes = 0;
  const end = segments.findIndex(({ document }) => {
    bytes += Buffer.byteLength(document);
    return bytes > maxTraceBytes;
  });
  return end === -1 ? { segments, isWhole: true } : { segments: segments.slice(0, end), isWhole: false };
}

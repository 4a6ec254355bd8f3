import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import { toUtf8 } from '@sightline/telemetry/decode/utf8';
import type { TraceId } from '@sightline/telemetry/model/ids';
import type { JsonValue, RawTrace } from '../../client/api.ts';
import type { StoredPayload } from '../rawGroup.ts';
import { toSpanJson } from './spanJson.ts';

type RawDocument = RawTrace['documents'][number];

/** A stored payload as a document to read. Of an OTLP request only the parts that belong to the trace. */
export function toRawDocument({ format, body }: StoredPayload, traceId: TraceId, receivedAt: number): RawDocument {
  const at = String(BigInt(Math.round(receivedAt)) * 1_000_000n);
  switch (format) {
    case 'xray-segment':
      return { source: 'xray', format: 'xray-json', receivedAt: at, document: JSON.parse(toUtf8(body)) as JsonValue };
    case 'otlp-traces-json':
      return { source: 'otlp', format: 'otlp-json', receivedAt: at, document: JSON.parse(toUtf8(body)) as JsonValue };
    default: {
      const spans = decodeOtlpTraces(body, 'protobuf', { only: traceId }).records;
      const document = spans.map((span) => toSpanJson(span, span.service)) as unknown as JsonValue;
      return { source: 'otlp', format: 'otlp-protobuf', receivedAt: at, document };
    }
  }
}

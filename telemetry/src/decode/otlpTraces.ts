import type { TraceId } from '../model/ids.ts';
import type { Span } from '../model/span.ts';
import type { DecodedOtlp, OtlpEncoding } from './decodedOtlp.ts';
import { decodeJsonTraces } from './otlpJsonTraces.ts';
import { decodeProtobufTraces } from './otlpProtobufTraces.ts';

/**
 * Decodes the body of an OTLP trace export (ExportTraceServiceRequest, opentelemetry-proto v1), never throws.
 *
 * A span without a valid trace or span id is rejected; one with odd times (a negative duration, a year that says that the unit is wrong)
 * is kept as sent, with a problem. `only` answers with that trace's spans, and passes over the others without decoding them.
 */
export function decodeOtlpTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  options: { readonly only?: TraceId } = {},
): DecodedOtlp<Span> {
  return encoding === 'protobuf' ? decodeProtobufTraces(body, options.only) : decodeJsonTraces(body, options.only);
}

import type { LogEvent } from '../model/logEvent.ts';
import type { DecodedOtlp, OtlpEncoding } from './decodedOtlp.ts';
import { decodeJsonLogs } from './otlpJsonLogs.ts';
import { decodeProtobufLogs } from './otlpProtobufLogs.ts';

/**
 * Decodes the body of an OTLP log export (ExportLogsServiceRequest, opentelemetry-proto v1), never throws. A record whose trace or span id
 * is bad is kept without it, with a problem; a record that carries no time at all has time 0.
 */
export function decodeOtlpLogs(body: Uint8Array, encoding: OtlpEncoding): DecodedOtlp<LogEvent> {
  return encoding === 'protobuf' ? decodeProtobufLogs(body) : decodeJsonLogs(body);
}

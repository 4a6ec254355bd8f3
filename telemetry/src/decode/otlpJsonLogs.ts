import type { LogEvent } from '../model/logEvent.ts';
import type { Problem } from './decoded.ts';
import { emptyOutcome, type OtlpOutcome } from './decodedOtlp.ts';
import { parseFields, type JsonFields } from './json.ts';
import { parseJsonBody } from './otlpJsonBody.ts';
import {
  attributesField,
  enumField,
  fieldOf,
  idField,
  messagesField,
  nanosField,
  readJsonValue,
  scopeOf,
  textField,
} from './otlpJsonFields.ts';
import { toLogEvent, type OtlpLogRecord } from './otlpLogRecord.ts';

const severityWords = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
/** `SEVERITY_NUMBER_INFO` is 9, `SEVERITY_NUMBER_INFO2` 10 … (opentelemetry/proto/logs/v1/logs.proto). */
const severityNames: Readonly<Record<string, number>> = Object.fromEntries(
  severityWords.flatMap((word, level) =>
    ['', '2', '3', '4'].map((step, at) => [`SEVERITY_NUMBER_${word}${step}`, 4 * level + at + 1]),
  ),
);

/** Reads an ExportLogsServiceRequest in OTLP/JSON. */
export function decodeJsonLogs(body: Uint8Array): OtlpOutcome<LogEvent> {
  const outcome = emptyOutcome<LogEvent>();
  const request = parseJsonBody(body, outcome);
  for (const [index, resourceLogs] of messagesField(request, 'resourceLogs').entries()) {
    readResourceLogs(resourceLogs, `resourceLogs[${index}]`, outcome);
  }
  return outcome;
}

function readResourceLogs(resourceLogs: JsonFields, place: string, { records, problems }: OtlpOutcome<LogEvent>): void {
  const sentResource = parseFields(fieldOf(resourceLogs, 'resource')) ?? {};
  const resource = attributesField(sentResource, () => `${place}.resource`, problems);
  for (const [index, scopeLogs] of messagesField(resourceLogs, 'scopeLogs').entries()) {
    const scopePlace = `${place}.scopeLogs[${index}]`;
    const scope = scopeOf(scopeLogs, () => scopePlace, problems)?.name;
    for (const [recordIndex, record] of messagesField(scopeLogs, 'logRecords').entries()) {
      const recordPlace = (): string => `${scopePlace}.logRecords[${recordIndex}]`;
      const read = readLogRecord(record, recordPlace, problems);
      records.push(toLogEvent(read, resource, scope, recordPlace, problems));
    }
  }
}

function readLogRecord(record: JsonFields, place: () => string, problems: Problem[]): OtlpLogRecord {
  return {
    time: nanosField(record, 'timeUnixNano', place, problems),
    observedTime: nanosField(record, 'observedTimeUnixNano', place, problems),
    severityNumber: enumField(record, 'severityNumber', severityNames),
    severityText: textField(record, 'severityText'),
    body: readJsonValue(fieldOf(record, 'body'), () => `${place()}.body`, problems),
    attributes: attributesField(record, place, problems),
    traceId: idField(record, 'traceId'),
    spanId: idField(record, 'spanId'),
    eventName: textField(record, 'eventName'),
  };
}

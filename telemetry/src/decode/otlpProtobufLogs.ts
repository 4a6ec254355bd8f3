import type { LogEvent } from '../model/logEvent.ts';
import type { Attributes, AttributeValue } from '../model/span.ts';
import { emptyOutcome, noteMalformed, type OtlpOutcome } from './decodedOtlp.ts';
import { emptyOtlpLogRecord, toLogEvent, type OtlpLogRecord } from './otlpLogRecord.ts';
import { noteFailure } from './otlpProtobufFailure.ts';
import { readResource, readScope } from './otlpProtobufResource.ts';
import { readAnyValue, readKeyValue } from './otlpProtobufValues.ts';
import { ProtobufReader } from './protobufReader.ts';

/** Tags of opentelemetry/proto/logs/v1/logs.proto and the request around it. */
const requestTag = { resourceLogs: 0x0a } as const;
const resourceLogsTag = { resource: 0x0a, scopeLogs: 0x12 } as const;
const scopeLogsTag = { scope: 0x0a, logRecords: 0x12 } as const;
const recordTag = {
  time: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attributes: 0x32,
  traceId: 0x4a,
  spanId: 0x52,
  observedTime: 0x59,
  eventName: 0x62,
} as const;

/** Reads an ExportLogsServiceRequest. */
export function decodeProtobufLogs(body: Uint8Array): OtlpOutcome<LogEvent> {
  const outcome = emptyOutcome<LogEvent>();
  const reader = new ProtobufReader(body);
  let index = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === requestTag.resourceLogs) {
      readResourceLogs(reader, `resourceLogs[${index++}]`, outcome);
    } else {
      reader.skip(tag);
    }
  }
  const failure = reader.takeFailure();
  if (failure !== undefined) {
    noteMalformed(outcome, 'body', failure);
  }
  return outcome;
}

/** The resource may follow the records on the wire, so the message is passed over once for it and once for them. */
function readResourceLogs(reader: ProtobufReader, place: string, outcome: OtlpOutcome<LogEvent>): void {
  const outerEnd = reader.enter();
  const start = reader.pos;
  const resource: Record<string, AttributeValue> = {};
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === resourceLogsTag.resource) {
      readResource(reader, resource);
    } else {
      reader.skip(tag);
    }
  }
  noteFailure(reader, () => place, outcome);
  reader.pos = start;
  let index = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === resourceLogsTag.scopeLogs) {
      readScopeLogs(reader, `${place}.scopeLogs[${index++}]`, resource, outcome);
    } else {
      reader.skip(tag);
    }
  }
  // The first pass has already told of a failure at this level.
  reader.takeFailure();
  reader.leave(outerEnd);
}

function readScopeLogs(
  reader: ProtobufReader,
  place: string,
  resource: Attributes,
  outcome: OtlpOutcome<LogEvent>,
): void {
  const outerEnd = reader.enter();
  const start = reader.pos;
  let scope: string | undefined;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === scopeLogsTag.scope) {
      scope = readScope(reader).name;
    } else {
      reader.skip(tag);
    }
  }
  noteFailure(reader, () => place, outcome);
  reader.pos = start;
  let index = -1;
  const recordPlace = (): string => `${place}.logRecords[${index}]`;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag !== scopeLogsTag.logRecords) {
      reader.skip(tag);
      continue;
    }
    index++;
    const recordEnd = reader.enter();
    if (!reader.isCutOff) {
      const record = readLogRecord(reader);
      noteFailure(reader, recordPlace, outcome);
      outcome.records.push(toLogEvent(record, resource, scope, recordPlace, outcome.problems));
    }
    reader.leave(recordEnd);
  }
  reader.takeFailure();
  reader.leave(outerEnd);
}

function readLogRecord(reader: ProtobufReader): OtlpLogRecord {
  const record = emptyOtlpLogRecord();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case recordTag.time:
        record.time = reader.fixed64();
        break;
      case recordTag.severityNumber:
        record.severityNumber = reader.uint32();
        break;
      case recordTag.severityText:
        record.severityText = reader.text();
        break;
      case recordTag.body:
        record.body = readAnyValue(reader);
        break;
      case recordTag.attributes:
        readKeyValue(reader, record.attributes);
        break;
      case recordTag.traceId:
        record.traceId = reader.hex();
        break;
      case recordTag.spanId:
        record.spanId = reader.hex();
        break;
      case recordTag.observedTime:
        record.observedTime = reader.fixed64();
        break;
      case recordTag.eventName:
        record.eventName = reader.text();
        break;
      default:
        reader.skip(tag);
    }
  }
  return record;
}

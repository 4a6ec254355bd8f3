import type { LogEvent, LogLevel } from '@sightline/telemetry/model/logEvent';
import { wordsOfTraceId } from '../memory/traceTable.ts';
import type { RecordSink } from './spanDraft.ts';
import { internText } from './stageSpan.ts';

/** The first number of each level (OTel logs data model, "Field: SeverityNumber"). */
const severities: Record<LogLevel, number> = { unset: 0, trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };

/** Puts a log record into the columns; `ordinal` is its number among the records that its payload decodes to. */
export function stageLog(sink: RecordSink, event: LogEvent, ordinal: number): void {
  const writer = sink.beginLog();
  const { logDraft: draft } = sink;
  if (event.traceId !== undefined) {
    Object.assign(draft, wordsOfTraceId(event.traceId));
  }
  draft.timeHigh = Number((event.time >> 32n) & 0xffff_ffffn);
  draft.timeLow = Number(event.time & 0xffff_ffffn);
  draft.service = internText(writer, event.service ?? '');
  draft.severity = severities[event.level];
  draft.ordinal = ordinal;
  sink.endLog();
}

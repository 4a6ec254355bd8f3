import { logs, SeverityNumber } from '@opentelemetry/api';
import type { LogLevel, LogLine, LogSink } from './log.ts';

const severities: Readonly<Record<LogLevel, SeverityNumber>> = {
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** The lines as OpenTelemetry's log records. They go nowhere unless `OTEL_LOGS_EXPORTER` names an exporter. */
export class OtlpLog implements LogSink {
  readonly #logger = logs.getLogger('sample-backend');

  write({ time, level, message, context }: LogLine): void {
    this.#logger.emit({
      timestamp: time,
      severityNumber: severities[level],
      severityText: level.toUpperCase(),
      body: message,
      context,
    });
  }
}

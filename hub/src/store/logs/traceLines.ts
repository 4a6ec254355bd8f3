import { spanIdIn } from '@sightline/telemetry/decode/logLineIds';
import { levelIn } from '@sightline/telemetry/decode/logLineLevel';
import type { LogEventJson } from '../../client/api.ts';
import type { StoredEvent } from './eventQuery.ts';
import type { LogStore } from './logStore.ts';

/** More than these of one trace are read in the log table. */
const mostLines = 1000;
const mostBytes = 4 * 1024 * 1024;
const nanosPerMilli = 1_000_000n;

/** The first lines of CloudWatch Logs that carry the id of a trace, 32 hex digits, in either spelling; the oldest first. */
export async function listTraceLines(logs: LogStore, trace: string, signal?: AbortSignal): Promise<LogEventJson[]> {
  const { events } = await logs.select({ trace, order: 'oldest first', limit: mostLines, maxBytes: mostBytes }, signal);
  return events.map(toLogEvent);
}

/** Group and stream under the names that OpenTelemetry has for them. */
function toLogEvent({ group, stream, time, message }: StoredEvent): LogEventJson {
  const spanId = spanIdIn(message);
  return {
    time: String(BigInt(Math.round(time)) * nanosPerMilli),
    level: levelIn(message),
    message,
    ...(spanId !== undefined && { spanId }),
    attributes: { 'aws.log.group.names': [group], 'aws.log.stream.names': [stream] },
  };
}

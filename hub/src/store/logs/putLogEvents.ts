import { brokenConstraint, invalidParameter, LogRefusal } from './logFailure.ts';
import { checkGroupName, checkStreamName } from './logNames.ts';

/** AWS's limits of one PutLogEvents call ("CloudWatch Logs quotas"). */
export const putLimits = { events: 10_000, bytes: 1_048_576, eventOverhead: 26, spanMillis: 24 * 3_600_000 } as const;
const tooNewMillis = 2 * 3_600_000;
const tooOldMillis = 14 * 24 * 3_600_000;

export interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface PutRequest {
  readonly group: string;
  readonly stream: string;
  readonly events: readonly InputEvent[];
}

/** Reads the body of a PutLogEvents call. Throws `LogRefusal` in AWS's words; sizes are checked where the bytes are made. */
export function readPutLogEvents(body: Uint8Array): PutRequest {
  const fields = parseBody(body);
  const { logGroupName, logStreamName, logEvents } = fields;
  const group = checkGroupName(logGroupName);
  const stream = checkStreamName(logStreamName);
  if (!Array.isArray(logEvents)) {
    throw brokenConstraint(undefined, 'logEvents', 'not be null');
  }
  if (logEvents.length === 0) {
    throw brokenConstraint(logEvents, 'logEvents', 'have length greater than or equal to 1');
  }
  if (logEvents.length > putLimits.events) {
    throw brokenConstraint(logEvents, 'logEvents', `have length less than or equal to ${putLimits.events}`);
  }
  checkEvents(logEvents as readonly unknown[]);
  return { group, stream, events: logEvents as readonly InputEvent[] };
}

function parseBody(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
    if (typeof value === 'object' && value !== null) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw new LogRefusal('SerializationException', 'The body is not a JSON object.');
}

function checkEvents(events: readonly unknown[]): void {
  let last = -Infinity;
  let first: number | undefined;
  let inOrder = true;
  for (const [index, event] of events.entries()) {
    const { timestamp, message } = (event ?? {}) as Partial<InputEvent>;
    if (typeof timestamp !== 'number' || timestamp < 0 || !Number.isFinite(timestamp)) {
      const path = `logEvents.${index + 1}.member.timestamp`;
      throw typeof timestamp === 'number'
        ? brokenConstraint(timestamp, path, 'have value greater than or equal to 0')
        : brokenConstraint(undefined, path, 'not be null');
    }
    if (typeof message !== 'string' || message === '') {
      const path = `logEvents.${index + 1}.member.message`;
      throw typeof message === 'string'
        ? brokenConstraint(message, path, 'have length greater than or equal to 1')
        : brokenConstraint(undefined, path, 'not be null');
    }
    inOrder &&= timestamp >= last;
    last = timestamp;
    first ??= timestamp;
  }
  if (!inOrder) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if (last - (first ?? last) > putLimits.spanMillis) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

/** As AWS spells it; absent where every event was kept. */
export interface RejectedEvents {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

/** Which of the events, in the order of time, are kept: those from `from` to before `to`. */
export function keptRange(
  events: readonly InputEvent[],
  now: number,
  retentionMillis: number | undefined,
): { from: number; to: number; rejected?: RejectedEvents } {
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + tooNewMillis);
  const to = tooNew === -1 ? events.length : tooNew;
  const tooOld = countBefore(events, now - tooOldMillis);
  const expired = retentionMillis === undefined ? 0 : countBefore(events, now - retentionMillis);
  const rejected = {
    ...(tooNew !== -1 && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  };
  const range = { from: Math.min(to, Math.max(tooOld, expired)), to };
  return Object.keys(rejected).length === 0 ? range : { ...range, rejected };
}

function countBefore(events: readonly InputEvent[], cutoff: number): number {
  const at = events.findIndex(({ timestamp }) => timestamp >= cutoff);
  return at === -1 ? events.length : at;
}

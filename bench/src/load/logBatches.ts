import { randomBytes } from 'node:crypto';

export const eventsInBatch = 1_000;
const streams = 4;
const lineBytes = 200;
/** In one line of all. */
export const rareTerm = 'needle-in-the-hay';

/** Bodies of PutLogEvents calls, 1,000 JSON lines of 200 bytes each, to four streams of the group `bench`. */
export function makeLogBatches(events: number, start: number): Buffer[] {
  return Array.from({ length: Math.ceil(events / eventsInBatch) }, (_, batch) => {
    const logEvents = Array.from({ length: eventsInBatch }, (_event, at) => ({
      timestamp: start + batch * eventsInBatch + at,
      message: lineOf(batch * eventsInBatch + at, events),
    }));
    const body = { logGroupName: 'bench', logStreamName: streamName(batch), logEvents };
    return Buffer.from(JSON.stringify(body));
  });
}

export function streamNames(): string[] {
  return Array.from({ length: streams }, (_, stream) => streamName(stream));
}

function streamName(batch: number): string {
  return `stream-${batch % streams}`;
}

/** Every fiftieth is an error with status 500; one past the middle holds the rare term. */
function lineOf(number: number, events: number): string {
  const isError = number % 50 === 0;
  const line = JSON.stringify({
    level: isError ? 'error' : 'info',
    traceId: randomBytes(16).toString('hex'),
    method: 'GET',
    path: `/api/activities/${(number * 7_919) % 1_000}`,
    status: isError ? 500 : 200,
    ms: (number * 31) % 977,
    note: number === Math.floor(events * 0.6) ? rareTerm : '',
  });
  return `${line.slice(0, -2)}${'.'.repeat(Math.max(0, lineBytes - line.length))}"}`;
}

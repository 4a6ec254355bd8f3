import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { checkStreamName } from '../store/logs/logNames.ts';
import { invalidParameter } from '../store/logs/logFailure.ts';
import type { LogStore } from '../store/logs/logStore.ts';
import type { NewEventsQuery } from '../store/logs/newEvents.ts';
import { encodeEventStreamMessage } from './eventStream.ts';
import { groupArnOf, type LogsContext } from './logsCall.ts';
import { groupOfIdentifier, textIn, textsIn, type LogsInput } from './logsParameters.ts';

/** AWS: an update each second, with 500 events at most; of more, a sample. */
const updateMillis = 1000;
const mostEvents = 500;
/** AWS: "Live Tail sessions last three hours." */
const sessionMillis = 3 * 3_600_000;
/** A client that does not read gets no further updates until it has. */
const laggingBytes = 4 * 1024 * 1024;

/** Answers StartLiveTail until the client goes or the session has lasted three hours. Throws `LogRefusal` before anything is written. */
export async function startLiveTail(input: LogsInput, context: LogsContext, response: ServerResponse): Promise<void> {
  const query = queryIn(input);
  const { after } = await context.logs.selectNew(query);
  // The length is not known: it goes out in chunks, without which clients in Python wait for 64 KiB.
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-requestid': randomUUID(),
  });
  const send = (name: string, payload: object): void => {
    response.write(
      encodeEventStreamMessage(
        { ':message-type': 'event', ':event-type': name, ':content-type': 'application/json' },
        JSON.stringify(payload),
      ),
    );
  };
  // Clients in Python wait for it.
  send('initial-response', {});
  send('sessionStart', {
    requestId: randomUUID(),
    sessionId: randomUUID(),
    logGroupIdentifiers: input['logGroupIdentifiers'],
    logStreamNames: query.streams ?? [],
    logStreamNamePrefixes: query.streamPrefixes ?? [],
    logEventFilterPattern: query.pattern ?? '',
  });
  await runSession({ ...query, after }, context, response, send);
}

async function runSession(
  query: NewEventsQuery,
  { logs, region, signal }: LogsContext,
  response: ServerResponse,
  send: (name: string, payload: object) => void,
): Promise<void> {
  let { after } = query;
  const end = Date.now() + sessionMillis;
  while (await pause(signal)) {
    if (Date.now() >= end) {
      response.end(timeoutMessage());
      return;
    }
    if (response.writableLength > laggingBytes) {
      continue;
    }
    const update = await updateOf(logs, { ...query, ...(after && { after }) }).catch((error: unknown) => {
      response.end(streamingFailure(error));
    });
    if (update === undefined) {
      return;
    }
    after = update.after;
    send('sessionUpdate', {
      sessionMetadata: { sampled: update.left > 0 },
      sessionResults: update.events.map(({ group, stream, message, time, ingested }) => ({
        logStreamName: stream,
        logGroupIdentifier: `${groupArnOf(region, group).split(':')[4]}:${group}`,
        message,
        timestamp: time,
        ingestionTime: ingested,
      })),
    });
  }
}

async function updateOf(logs: LogStore, query: NewEventsQuery): ReturnType<LogStore['selectNew']> {
  return await logs.selectNew(query);
}

/** Waits for the next update; false where the client has gone. */
function pause(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const timer = setTimeout(() => settle(true), updateMillis);
    const settle = (goesOn: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(goesOn);
    };
    const stop = (): void => settle(false);
    signal.addEventListener('abort', stop);
  });
}

function queryIn(input: LogsInput): NewEventsQuery {
  const identifiers = textsIn(input, 'logGroupIdentifiers', 10);
  const streams = textsIn(input, 'logStreamNames', 100);
  const prefixes = textsIn(input, 'logStreamNamePrefixes', 100);
  const pattern = textIn(input, 'logEventFilterPattern', 1024);
  const groups = (identifiers ?? []).map((identifier) => groupOfIdentifier(identifier, 'logGroupIdentifiers'));
  if (groups.length === 0) {
    throw invalidParameter('logGroupIdentifiers must name 1 to 10 log groups.');
  }
  if (streams !== undefined && prefixes !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
  }
  if ((streams ?? prefixes) !== undefined && groups.length > 1) {
    throw invalidParameter('Log streams can be named only where there is one log group.');
  }
  return {
    groups,
    limit: mostEvents,
    ...(streams && { streams: streams.map((name) => checkStreamName(name, 'logStreamNames')) }),
    ...(prefixes && { streamPrefixes: prefixes }),
    ...(pattern !== undefined && { pattern }),
  };
}

function timeoutMessage(): Buffer {
  return exceptionMessage('SessionTimeoutException', 'The live tail session has lasted three hours.');
}

function streamingFailure(error: unknown): Buffer {
  return exceptionMessage('SessionStreamingException', error instanceof Error ? error.message : String(error));
}

function exceptionMessage(name: string, message: string): Buffer {
  const headers = { ':message-type': 'exception', ':exception-type': name, ':content-type': 'application/json' };
  return encodeEventStreamMessage(headers, JSON.stringify({ message }));
}

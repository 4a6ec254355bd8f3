import { parseEventPointer, toEventPointer } from '../store/logs/eventPointer.ts';
import type { EventPosition, EventQuery, StoredEvent } from '../store/logs/eventQuery.ts';
import { localAccount } from '../store/logs/insightsSearch.ts';
import { checkStreamName } from '../store/logs/logNames.ts';
import { invalidParameter, LogRefusal, streamMissing } from '../store/logs/logFailure.ts';
import type { LogsContext, LogsOperation } from './logsCall.ts';
import { flagIn, groupIn, numberIn, requiredText, textIn, textsIn, type LogsInput } from './logsParameters.ts';
import { positionOf, toPlace } from './logsTokens.ts';

const mostEvents = 10_000;
/** AWS: "up to 1 MB (up to 10,000 log events)". */
const pageBytes = 1_048_576;
const longestPattern = 1024;
/** What can be read backwards: AWS takes `startFromHead` of FilterLogEvents as false only with a start time since 2024. */
const newestFirstSince = Date.UTC(2024, 0, 1);

export const eventOperations: Readonly<Record<string, LogsOperation>> = {
  GetLogEvents: getLogEvents,
  FilterLogEvents: filterLogEvents,
  GetLogRecord: getLogRecord,
};

async function getLogEvents(input: LogsInput, context: LogsContext): Promise<object> {
  const group = groupIn(input);
  const stream = checkStreamName(input['logStreamName']);
  const from = numberIn(input, 'startTime');
  const end = numberIn(input, 'endTime');
  const limit = numberIn(input, 'limit', { least: 1, most: mostEvents }) ?? mostEvents;
  const call = ['GetLogEvents', group, stream];
  const place = placeIn(input, call, context);
  await requireStreams(group, [stream], context);
  const isForward = place?.isForward ?? flagIn(input, 'startFromHead') ?? false;
  const { events } = await context.logs.select(
    {
      groups: [group],
      streams: [stream],
      ...(from !== undefined && { from }),
      // The end is not included here.
      ...(end !== undefined && { to: end - 1 }),
      order: isForward ? 'oldest first' : 'newest first',
      ...(place?.position !== undefined && { after: place.position }),
      limit,
      maxBytes: pageBytes,
    },
    context.signal,
  );
  const ordered = isForward ? events : events.toReversed();
  const token = (direction: 'f' | 'b', position: EventPosition | undefined): string =>
    `${direction}/${context.tokens.make([...call, direction], position === undefined ? '' : toPlace(position))}`;
  const given = textIn(input, 'nextToken');
  const [first, last] = [ordered.at(0)?.position, ordered.at(-1)?.position];
  const known = place?.position;
  return {
    events: ordered.map(({ time, message, ingested }) => ({ timestamp: time, message, ingestionTime: ingested })),
    // At the end of the stream AWS gives the token back that it was given.
    nextForwardToken: last === undefined && isForward && given !== undefined ? given : token('f', last ?? known),
    nextBackwardToken: first === undefined && !isForward && given !== undefined ? given : token('b', first ?? known),
  };
}

/** A token says which way to go on and from where; nowhere is the beginning of the stream, or its end. */
function placeIn(
  input: LogsInput,
  call: readonly unknown[],
  { tokens }: LogsContext,
): { isForward: boolean; position: EventPosition | undefined } | undefined {
  const token = textIn(input, 'nextToken');
  if (token === undefined) {
    return undefined;
  }
  const direction = token.slice(0, 1);
  const place = tokens.read([...call, direction], token.slice(2));
  return { isForward: direction === 'f', position: place === '' ? undefined : positionOf(place) };
}

async function filterLogEvents(input: LogsInput, context: LogsContext): Promise<object> {
  const query = filterQueryOf(input);
  const token = textIn(input, 'nextToken');
  // A page of another size is the same call.
  const call = ['FilterLogEvents', { ...query, limit: 0 }];
  const after = token === undefined ? undefined : positionOf(context.tokens.read(call, token));
  await requireStreams(query.groups[0] ?? '', query.streams ?? [], context);
  const { events, hasMore } = await context.logs.select({ ...query, ...(after && { after }) }, context.signal);
  const last = events.at(-1)?.position;
  return {
    events: events.map(toFilteredEvent),
    searchedLogStreams: [],
    ...(hasMore && last !== undefined && { nextToken: context.tokens.make(call, toPlace(last)) }),
  };
}

function filterQueryOf(input: LogsInput): EventQuery & { groups: readonly string[] } {
  const group = groupIn(input);
  const streams = textsIn(input, 'logStreamNames', 100);
  const prefix = textIn(input, 'logStreamNamePrefix', 512);
  if (streams !== undefined && prefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  const from = numberIn(input, 'startTime');
  const to = numberIn(input, 'endTime');
  const pattern = textIn(input, 'filterPattern', longestPattern);
  const isForward = flagIn(input, 'startFromHead') ?? true;
  if (!isForward && (from ?? 0) < newestFirstSince) {
    throw invalidParameter('startTime must be January 1, 2024 or later when startFromHead is false.');
  }
  return {
    groups: [group],
    ...(streams && { streams: streams.map((name) => checkStreamName(name, 'logStreamNames')) }),
    ...(prefix !== undefined && { streamPrefixes: [prefix] }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(pattern !== undefined && { pattern }),
    order: isForward ? 'oldest first' : 'newest first',
    limit: numberIn(input, 'limit', { least: 1, most: mostEvents }) ?? mostEvents,
    maxBytes: pageBytes,
  };
}

function toFilteredEvent({ stream, time, message, ingested, position }: StoredEvent): object {
  return {
    logStreamName: stream,
    timestamp: time,
    message,
    ingestionTime: ingested,
    eventId: eventIdOf(position),
  };
}

/** Digits as AWS's have, in the order of the events. */
function eventIdOf({ time, group, sequence }: EventPosition): string {
  return `3${String(time).padStart(16, '0')}${String(group).padStart(15, '0')}${String(sequence).padStart(24, '0')}`;
}

async function getLogRecord(input: LogsInput, { logs }: LogsContext): Promise<object> {
  const text = requiredText(input, 'logRecordPointer');
  const pointer = parseEventPointer(text);
  if (pointer === undefined) {
    throw invalidParameter('The specified log record pointer is invalid.');
  }
  const event = await logs.loadEvent(pointer);
  if (event === undefined) {
    throw new LogRefusal('ResourceNotFoundException', 'The specified log record does not exist.');
  }
  return {
    logRecord: {
      '@timestamp': String(event.time),
      '@ingestionTime': String(event.ingested),
      '@message': event.message,
      '@logStream': event.stream,
      '@log': `${localAccount}:${event.group}`,
      '@ptr': toEventPointer(event.position),
    },
  };
}

/** The streams have to be there. Throws `LogRefusal`, as it does for a group that is not. */
async function requireStreams(group: string, streams: readonly string[], { logs }: LogsContext): Promise<void> {
  if (streams.length > 0) {
    const known = new Set((await logs.listStreams(group)).map(({ name }) => name));
    if (streams.some((name) => !known.has(name))) {
      throw streamMissing();
    }
  }
}

import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { AwsAccount } from './awsAccount.ts';

/** A place in the lines of a group, newest first; what comes behind it is asked for when it is wanted. */
export interface LogPlace {
  readonly scope: LogQuestion;
  /** The next part to be read, in milliseconds, both included; `undefined` at the end. */
  readonly part: { readonly from: number; readonly to: number } | undefined;
  /** Read, and not yet given out, newest first. */
  readonly rest: readonly FilteredLogEvent[];
}

export interface LogQuestion {
  readonly group: string;
  readonly streams: readonly string[] | undefined;
  readonly pattern: string | undefined;
  /** Nothing older is asked for, in milliseconds since the epoch. */
  readonly from: number;
}

/**
 * CloudWatch Logs gives the oldest lines of a time first, and a person wants the newest: so the time is read in parts from its end, each longer than the one
 * behind it while there is little, shorter where there is more than a few answers hold.
 */
const firstPart = 5 * 60_000;
const growth = 5;
/** Answers of 10,000 lines or 1 MB that one part may take. */
const mostAnswers = 4;
/** Empty parts after which the view is told that the search goes on. */
const mostEmptyParts = 8;
/** FilterLogEvents takes the names of no more streams. */
const mostStreams = 100;

export function newestLogPlace(scope: LogQuestion, to: number): LogPlace {
  return { scope, part: partBefore(to, firstPart, scope.from), rest: [] };
}

/** Some lines and the place behind them; `undefined` at the end. May be empty while there is a next place. */
export async function readLogLines(
  account: AwsAccount,
  start: LogPlace,
  limit: number,
  signal?: AbortSignal,
): Promise<{ readonly events: readonly FilteredLogEvent[]; readonly next: LogPlace | undefined }> {
  let place = start;
  for (let parts = 0; place.rest.length === 0 && place.part !== undefined && parts < mostEmptyParts; parts += 1) {
    // oxlint-disable-next-line no-await-in-loop -- how much there was says how far the next part goes.
    place = await readPart(account, place, signal);
  }
  const rest = place.rest.slice(limit);
  const isEnd = rest.length === 0 && place.part === undefined;
  return { events: place.rest.slice(0, limit), next: isEnd ? undefined : { ...place, rest } };
}

async function readPart(account: AwsAccount, { scope, part }: LogPlace, signal?: AbortSignal): Promise<LogPlace> {
  let { from, to } = part ?? { from: 0, to: -1 };
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a part that has too much is read again as a shorter one.
    const events = await readAll(account, scope, { from, to }, signal);
    if (events !== undefined) {
      const length = (to - from + 1) * growth;
      return { scope, part: partBefore(from - 1, length, scope.from), rest: events.toSorted(newestFirst) };
    }
    from = Math.floor((from + to) / 2) + 1;
  }
}

/** All lines of a part; `undefined` where it has more than a few answers hold and could be shorter. */
async function readAll(
  account: AwsAccount,
  { group, streams, pattern }: LogQuestion,
  { from, to }: { readonly from: number; readonly to: number },
  signal?: AbortSignal,
): Promise<readonly FilteredLogEvent[] | undefined> {
  const events: FilteredLogEvent[] = [];
  let token: string | undefined;
  // A millisecond cannot be cut.
  const most = from === to ? Infinity : mostAnswers;
  for (let answers = 0; answers < most; answers += 1) {
    const input = {
      logGroupName: group,
      startTime: from,
      // Excluded in some documents of AWS and included in others: one more, and what is too new is left out.
      endTime: to + 1,
      ...(streams !== undefined && { logStreamNames: streams.slice(0, mostStreams) }),
      ...(pattern !== undefined && { filterPattern: pattern }),
      ...(token !== undefined && { nextToken: token }),
    };
    // oxlint-disable-next-line no-await-in-loop -- each answer says where the next one begins.
    const answer = await account.logs(
      'logs:FilterLogEvents',
      ({ sdk, client, options }) => client.send(new sdk.FilterLogEventsCommand(input), options),
      signal,
    );
    events.push(...(answer.events ?? []).filter(({ timestamp = 0 }) => timestamp >= from && timestamp <= to));
    if (answer.nextToken === undefined || answer.nextToken === token) {
      return events;
    }
    token = answer.nextToken;
  }
  return undefined;
}

function partBefore(to: number, length: number, bound: number): LogPlace['part'] {
  return to < bound ? undefined : { from: Math.max(bound, to - length + 1), to };
}

function newestFirst(one: FilteredLogEvent, other: FilteredLogEvent): number {
  const [a, b] = [one.timestamp ?? 0, other.timestamp ?? 0];
  return a === b ? ((one.eventId ?? '') < (other.eventId ?? '') ? 1 : -1) : b - a;
}

import type { FilteredLogEvent, LogGroup, LogStream } from '@aws-sdk/client-cloudwatch-logs';
import type { LogEventList, LogGroupJson, LogRowJson, LogStreamJson } from '@sightline/hub/client/logsApi';
import { spanIdIn, traceIdIn } from '@sightline/telemetry/decode/logLineIds';
import { levelIn } from '@sightline/telemetry/decode/logLineLevel';
import { UserError } from '../../userError.ts';
import type { LogEventQuery, LogSource } from '../logSource.ts';
import type { AwsAccount } from './awsAccount.ts';
import type { PollPace } from '../polledSource.ts';
import { CloudSource } from './cloudSource.ts';
import { newestLogPlace, readLogLines, type LogPlace } from './logWindows.ts';

export interface CloudWatchLogOptions extends PollPace {
  readonly now: () => number;
}

/** CloudWatch Logs' largest pages, and how many of them a view shows. */
const groupsPerCall = 50;
const mostGroups = 1_000;
const mostStreams = 200;
const mostPlaces = 200;
const nanosPerMilli = 1_000_000n;
/** Clocks of those who write may be ahead; CloudWatch Logs takes lines up to two hours from the future. */
const futureMillis = 2 * 3_600_000;

/** The log groups that CloudWatch Logs has in one account and region. Reads only: what is made and deleted there is not made and deleted from here. */
export class CloudWatchLogSource extends CloudSource implements LogSource {
  readonly #account: AwsAccount;
  readonly #now: () => number;
  /** Where pages end, by what is passed as `before`. */
  readonly #places = new Map<string, LogPlace>();
  #placesMade = 0;

  constructor(account: AwsAccount, options: CloudWatchLogOptions) {
    super(account, 'logs', options);
    this.#account = account;
    this.#now = options.now;
  }

  async listGroups(signal?: AbortSignal): Promise<readonly LogGroupJson[]> {
    const groups: LogGroupJson[] = [];
    let token: string | undefined;
    do {
      const input = { limit: groupsPerCall, ...(token !== undefined && { nextToken: token }) };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.#account.logs(
        'logs:DescribeLogGroups',
        ({ sdk, client, options }) => client.send(new sdk.DescribeLogGroupsCommand(input), options),
        signal,
      );
      groups.push(...(page.logGroups ?? []).flatMap(toGroup));
      token = page.nextToken;
    } while (token !== undefined && groups.length < mostGroups);
    return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async listStreams(group: string, signal?: AbortSignal): Promise<readonly LogStreamJson[]> {
    const streams: LogStreamJson[] = [];
    let token: string | undefined;
    do {
      const input = {
        logGroupName: group,
        orderBy: 'LastEventTime',
        descending: true,
        limit: groupsPerCall,
        ...(token !== undefined && { nextToken: token }),
      } as const;
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.#account.logs(
        'logs:DescribeLogStreams',
        ({ sdk, client, options }) => client.send(new sdk.DescribeLogStreamsCommand(input), options),
        signal,
      );
      streams.push(...(page.logStreams ?? []).flatMap(toStream));
      token = page.nextToken;
    } while (token !== undefined && streams.length < mostStreams);
    return streams;
  }

  async listEvents({ traceId, ...query }: LogEventQuery, signal?: AbortSignal): Promise<LogEventList> {
    // Both spellings of the id share these digits, and a term is found within a word.
    const ofTrace = traceId?.slice(-24);
    const pattern = query.pattern ?? ofTrace;
    const start =
      (query.before === undefined ? undefined : this.#places.get(query.before)) ?? this.#newest(query, pattern);
    const { events, next } = await readLogLines(this.#account, start, query.limit, signal);
    const rows = events.map((event) => toRow(query.group, event));
    return {
      events: ofTrace === undefined ? rows : rows.filter((row) => row.traceId?.endsWith(ofTrace)),
      ...(next !== undefined && { next: this.#note(next) }),
    };
  }

  /** AWS has no such question: pages are read one after the other. */
  listMarks(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async changeGroup(): Promise<void> {
    throw new UserError(
      'Log groups in AWS are only read from here. Make and change them with the AWS CLI or in the console.',
    );
  }

  async deleteGroup(name: string): Promise<void> {
    throw new UserError(`"${name}" is a log group in AWS, which is only read from here. Nothing was deleted.`);
  }

  #newest({ group, streams, from, to, before }: Omit<LogEventQuery, 'traceId'>, pattern: string | undefined): LogPlace {
    // A place that is no longer known goes on by its time.
    const end = before === undefined ? millisOf(to) : Number(before.split(' ')[1]);
    const scope = { group, streams, pattern, from: millisOf(from) ?? 0 };
    return newestLogPlace(scope, end ?? this.#now() + futureMillis);
  }

  #note(place: LogPlace): string {
    this.#placesMade += 1;
    const cursor = `${this.#placesMade} ${place.rest[0]?.timestamp ?? place.part?.to ?? 0}`;
    this.#places.set(cursor, place);
    for (const first of this.#places.keys()) {
      if (this.#places.size <= mostPlaces) {
        break;
      }
      this.#places.delete(first);
    }
    return cursor;
  }
}

function toGroup({ logGroupName, creationTime, retentionInDays, storedBytes }: LogGroup): LogGroupJson[] {
  return logGroupName === undefined
    ? []
    : [
        {
          name: logGroupName,
          source: 'cloudwatch',
          createdAt: nanosOf(creationTime ?? 0),
          ...(retentionInDays !== undefined && { retentionDays: retentionInDays }),
          storedBytes: storedBytes ?? 0,
        },
      ];
}

function toStream(stream: LogStream): LogStreamJson[] {
  const { logStreamName, firstEventTimestamp, lastEventTimestamp, lastIngestionTime } = stream;
  return logStreamName === undefined
    ? []
    : [
        {
          name: logStreamName,
          ...(firstEventTimestamp !== undefined && { firstEventTime: nanosOf(firstEventTimestamp) }),
          ...(lastEventTimestamp !== undefined && { lastEventTime: nanosOf(lastEventTimestamp) }),
          ...(lastIngestionTime !== undefined && { lastIngestionTime: nanosOf(lastIngestionTime) }),
          writers: [],
        },
      ];
}

/** A line of CloudWatch Logs as a row, its level and trace read out of its text as the local hub reads them. */
export function toRow(group: string, event: FilteredLogEvent): LogRowJson {
  const { eventId = '', logStreamName = '', timestamp = 0, ingestionTime = timestamp, message = '' } = event;
  const [traceId, spanId] = [traceIdIn(message), spanIdIn(message)];
  return {
    id: eventId,
    group,
    stream: logStreamName,
    time: nanosOf(timestamp),
    ingestionTime: nanosOf(ingestionTime),
    message,
    level: levelIn(message),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
  };
}

function nanosOf(millis: number): string {
  return String(BigInt(millis) * nanosPerMilli);
}

function millisOf(nanos: string | undefined): number | undefined {
  return nanos === undefined ? undefined : Number(BigInt(nanos) / nanosPerMilli);
}

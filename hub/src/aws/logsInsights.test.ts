import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeQueriesCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  PutLogEventsCommand,
  StartQueryCommand,
  StopQueryCommand,
  type CloudWatchLogsClient,
  type MalformedQueryException,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { startLogsHub } from './testing/logsHub.ts';

const minute = 60_000;
const start = Math.floor(Date.now() / minute) * minute - minute;
const range = { startTime: start / 1000, endTime: start / 1000 + 120 };

async function startWith(...messages: string[]): Promise<CloudWatchLogsClient> {
  const { client } = await startLogsHub();
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName: 'web' }));
  const logEvents = messages.map((message, at) => ({ timestamp: start + at * 30_000, message }));
  await client.send(new PutLogEventsCommand({ logGroupName: 'cruddur', logStreamName: 'web', logEvents }));
  return client;
}

async function resultsOf(client: CloudWatchLogsClient, queryId: string | undefined) {
  for (;;) {
    const reply = await client.send(new GetQueryResultsCommand({ queryId }));
    if (reply.status !== 'Running') {
      return reply;
    }
  }
}

/** The rows of a query, each as its fields with their values. */
async function check(client: CloudWatchLogsClient, queryString: string, expected: readonly string[]): Promise<void> {
  const { queryId } = await client.send(new StartQueryCommand({ logGroupName: 'cruddur', queryString, ...range }));
  const { results = [] } = await resultsOf(client, queryId);
  const rows = results.map((row) =>
    row
      .filter(({ field }) => field !== '@ptr')
      .map(({ field, value }) => `${field}=${value}`)
      .join(' '),
  );
  expect(rows).toEqual(expected);
}

function timeText(millis: number): string {
  return new Date(millis).toISOString().replace('T', ' ').replace('Z', '');
}

test('a query counts, filters and sorts what is in its time', async () => {
  const client = await startWith('{"ms":1}', '{"ms":20}', '{"ms":300}');
  await check(
    client,
    'stats count(*) by bin(1m)',
    [`bin(1m)=${timeText(start + minute)} count(*)=1`, `bin(1m)=${timeText(start)} count(*)=2`].toSorted().toReversed(),
  );
  await check(client, 'fields ms | filter ms > 10 | sort ms asc', ['ms=20', 'ms=300']);
  await check(client, 'filter @logStream = "other" | display @message', []);
});

test('a row leads to its record', async () => {
  const client = await startWith('one', 'two');
  const { queryId } = await client.send(
    new StartQueryCommand({
      logGroupNames: ['cruddur'],
      queryString: 'fields @message | sort @timestamp asc',
      ...range,
    }),
  );
  const { results, statistics, status } = await resultsOf(client, queryId);
  expect(status).toBe('Complete');
  expect(statistics).toMatchObject({ recordsMatched: 2, recordsScanned: 2, bytesScanned: 6 });
  const logRecordPointer = results?.[1]?.find(({ field }) => field === '@ptr')?.value;
  const { logRecord } = await client.send(new GetLogRecordCommand({ logRecordPointer }));
  expect(logRecord).toMatchObject({ '@message': 'two', '@logStream': 'web', '@log': '000000000000:cruddur' });
  await expect(client.send(new GetLogRecordCommand({ logRecordPointer: 'forged' }))).rejects.toThrow('is invalid');
});

test('a query that cannot be read says where, and starts nothing', async () => {
  const client = await startWith('one');
  const started = client.send(new StartQueryCommand({ logGroupName: 'cruddur', queryString: 'filtr x', ...range }));
  const error = (await started.catch((reason: unknown) => reason)) as MalformedQueryException;
  expect(error.name).toBe('MalformedQueryException');
  expect(error.queryCompileError?.location).toEqual({ startCharOffset: 0, endCharOffset: 5 });
  await expect(
    client.send(new StartQueryCommand({ logGroupName: 'other', queryString: 'fields a', ...range })),
  ).rejects.toThrow('The specified log group does not exist.');
  await expect(client.send(new StartQueryCommand({ queryString: 'fields a', ...range }))).rejects.toThrow(
    'exactly one',
  );
  const { queries } = await client.send(new DescribeQueriesCommand({}));
  expect(queries).toEqual([]);
});

test('queries are listed as they were run, and one that is done cannot be stopped', async () => {
  const client = await startWith('one');
  const { queryId } = await client.send(
    new StartQueryCommand({ logGroupName: 'cruddur', queryString: 'fields @message', ...range }),
  );
  await resultsOf(client, queryId);
  const { queries } = await client.send(new DescribeQueriesCommand({ logGroupName: 'cruddur', status: 'Complete' }));
  expect(queries?.map(({ queryString }) => queryString)).toEqual([
    `SOURCE "cruddur" START=${range.startTime}000 END=${range.endTime}999 | fields @message`,
  ]);
  await expect(client.send(new StopQueryCommand({ queryId }))).rejects.toThrow('is not in a state');
  await expect(client.send(new GetQueryResultsCommand({ queryId: 'forged' }))).rejects.toThrow('does not exist');
});

import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
  type CloudWatchLogsClient,
  type LiveTailSessionUpdate,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { startLogsHub } from './testing/logsHub.ts';

async function startWith(): Promise<{ client: CloudWatchLogsClient; arn: string }> {
  const { client } = await startLogsHub();
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  for (const logStreamName of ['web', 'worker']) {
    await client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName }));
  }
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
  return { client, arn: logGroups?.[0]?.logGroupArn ?? '' };
}

async function put(client: CloudWatchLogsClient, messages: readonly string[], logStreamName = 'web'): Promise<void> {
  const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
  await client.send(new PutLogEventsCommand({ logGroupName: 'cruddur', logStreamName, logEvents }));
}

/** Starts a session, puts the lines once it runs, and holds the first update with events to what is expected. */
async function check(
  options: { logEventFilterPattern?: string; logStreamNames?: string[] },
  lines: { web: readonly string[]; worker?: readonly string[] },
  expected: (update: LiveTailSessionUpdate) => void,
): Promise<void> {
  const { client, arn } = await startWith();
  await put(client, ['before the session']);
  const { responseStream } = await client.send(new StartLiveTailCommand({ logGroupIdentifiers: [arn], ...options }));
  for await (const { sessionStart, sessionUpdate } of responseStream ?? []) {
    if (sessionStart !== undefined) {
      if (lines.worker !== undefined) {
        await put(client, lines.worker, 'worker');
      }
      await put(client, lines.web);
    }
    if (sessionUpdate?.sessionResults?.length) {
      expected(sessionUpdate);
      return;
    }
  }
  throw new Error('The session ended without an update.');
}

test('a live tail gives what comes from its start on', async () => {
  await check({}, { web: ['one', 'two'] }, ({ sessionMetadata, sessionResults }) => {
    expect(sessionMetadata).toEqual({ sampled: false });
    expect(sessionResults?.map(({ message }) => message)).toEqual(['one', 'two']);
    expect(sessionResults?.[0]).toMatchObject({ logGroupIdentifier: '000000000000:cruddur', logStreamName: 'web' });
  });
});

test('a live tail can be of some streams and of what matches a pattern', async () => {
  await check(
    { logEventFilterPattern: '-two', logStreamNames: ['web'] },
    { web: ['one', 'two', 'three'], worker: ['of the worker'] },
    ({ sessionResults }) => expect(sessionResults?.map(({ message }) => message)).toEqual(['one', 'three']),
  );
});

test('of more than 500 events a second a live tail gives 500, and says so', async () => {
  const web = Array.from({ length: 501 }, (_, at) => String(at));
  await check({ logStreamNames: ['web'] }, { web }, ({ sessionMetadata, sessionResults }) => {
    expect(sessionMetadata).toEqual({ sampled: true });
    expect(sessionResults).toHaveLength(500);
  });
});

test('a live tail of no group, of a wrong identifier or with a wrong pattern is refused', async () => {
  const { client, arn } = await startWith();
  const start = (options: object) => client.send(new StartLiveTailCommand({ logGroupIdentifiers: [arn], ...options }));
  await expect(start({ logGroupIdentifiers: [`${arn}:*`] })).rejects.toThrow('satisfy regular expression pattern');
  await expect(start({ logGroupIdentifiers: [`${arn}x`] })).rejects.toThrow('The specified log group does not exist.');
  await expect(start({ logEventFilterPattern: '{ $.a = }' })).rejects.toThrow('Invalid filter pattern');
  await expect(start({ logStreamNames: ['a'], logStreamNamePrefixes: ['a'] })).rejects.toThrow('mutually exclusive');
});

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListLogGroupsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type FilterLogEventsCommandOutput,
  type InputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { send } from '../testing/rawHttp.ts';
import { startLogsHub } from './testing/logsHub.ts';

const now = Date.now();
const day = 24 * 3_600_000;

async function startWith(...streams: string[]): Promise<CloudWatchLogsClient> {
  const { client } = await startLogsHub();
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  for (const logStreamName of streams) {
    await client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName }));
  }
  return client;
}

async function put(client: CloudWatchLogsClient, logEvents: InputLogEvent[], logStreamName = 'web') {
  return await client.send(new PutLogEventsCommand({ logGroupName: 'cruddur', logStreamName, logEvents }));
}

/** What became of a call: its output as text, or the error's name and words. */
async function check(answer: Promise<object>, expected: string): Promise<void> {
  const said = await answer.then(
    ({ ...output }) =>
      JSON.stringify(Object.fromEntries(Object.entries(output).filter(([name]) => name !== '$metadata'))),
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );
  expect(said).toBe(expected);
}

test('events that were put come back in the order of time, each stream to its own', async () => {
  const client = await startWith('web', 'worker');
  await put(client, [
    { timestamp: now, message: 'one' },
    { timestamp: now + 2, message: 'three' },
  ]);
  await put(client, [{ timestamp: now + 1, message: 'two' }], 'worker');
  const all = await client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur' }));
  expect(all.events?.map(({ message, logStreamName }) => `${logStreamName} ${message}`)).toEqual([
    'web one',
    'worker two',
    'web three',
  ]);
  const web = await client.send(new GetLogEventsCommand({ logGroupName: 'cruddur', logStreamName: 'web' }));
  expect(web.events?.map(({ message }) => message)).toEqual(['one', 'three']);
});

test('a group or stream that is not there, or there already, is refused in the words of AWS', async () => {
  const client = await startWith('web');
  const missing = 'ResourceNotFoundException: The specified log group does not exist.';
  await check(client.send(new DeleteLogGroupCommand({ logGroupName: 'other' })), missing);
  await check(client.send(new DescribeLogStreamsCommand({ logGroupName: 'other' })), missing);
  await check(client.send(new FilterLogEventsCommand({ logGroupName: 'other' })), missing);
  await check(
    put(client, [{ timestamp: now, message: 'x' }], 'other'),
    'ResourceNotFoundException: The specified log stream does not exist.',
  );
  await check(
    client.send(new GetLogEventsCommand({ logGroupName: 'cruddur', logStreamName: 'other' })),
    'ResourceNotFoundException: The specified log stream does not exist.',
  );
  await check(
    client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' })),
    'ResourceAlreadyExistsException: The specified log group already exists',
  );
  await check(
    client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName: 'web' })),
    'ResourceAlreadyExistsException: The specified log stream already exists',
  );
});

test('names are as long and of such characters as AWS lets them be', async () => {
  const client = await startWith();
  const create = (logGroupName: string) => client.send(new CreateLogGroupCommand({ logGroupName }));
  await check(create('g'.repeat(512)), '{}');
  await expect(create('g'.repeat(513))).rejects.toThrow('Member must have length less than or equal to 512');
  await expect(create('with space')).rejects.toThrow('satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+');
  await expect(create('aws/mine')).rejects.toThrow('reserved');
  const createStream = (logStreamName: string) =>
    client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName }));
  await check(createStream('ü [1] '.padEnd(512, 'x')), '{}');
  await expect(createStream('a:b')).rejects.toThrow('satisfy regular expression pattern: [^:*]*');
  await expect(createStream('s'.repeat(513))).rejects.toThrow('Member must have length less than or equal to 512');
});

test('a batch may have 1,048,576 bytes, 26 of them for each event, and not one more', async () => {
  const client = await startWith('web');
  const message = 'ü'.repeat((1_048_576 - 2 * 26) / 2 - 5);
  const fits = [
    { timestamp: now, message },
    { timestamp: now, message: '0123456789' },
  ];
  await expect(put(client, fits)).resolves.not.toHaveProperty('rejectedLogEventsInfo');
  await check(
    put(client, [fits[0] as InputLogEvent, { timestamp: now, message: '0123456789X' }]),
    'InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576',
  );
  await expect(put(client, [{ timestamp: now, message: 'x'.repeat(1_048_550) }])).resolves.toBeDefined();
  await check(
    put(client, [{ timestamp: now, message: 'x'.repeat(1_048_551) }]),
    'InvalidParameterException: Log event too large: 1048577 bytes exceeds limit of 1048576',
  );
  const { events } = await client.send(
    new FilterLogEventsCommand({ logGroupName: 'cruddur', filterPattern: '0123456789' }),
  );
  expect(events).toHaveLength(1);
});

test('a batch may have 10,000 events, span a day, and be in the order of time', async () => {
  const client = await startWith('web');
  const events = Array.from({ length: 10_000 }, (_, at) => ({ timestamp: now + at, message: String(at) }));
  await expect(put(client, events)).resolves.toBeDefined();
  await expect(put(client, [...events, { timestamp: now + 10_000, message: 'x' }])).rejects.toThrow(
    'Member must have length less than or equal to 10000',
  );
  await expect(put(client, [])).rejects.toThrow('Member must have length greater than or equal to 1');
  const dayLong = [
    { timestamp: now - day, message: 'a' },
    { timestamp: now, message: 'b' },
  ];
  await expect(put(client, dayLong)).resolves.toBeDefined();
  await check(
    put(client, [
      { timestamp: now - day - 1, message: 'a' },
      { timestamp: now, message: 'b' },
    ]),
    'InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  );
  await check(
    put(client, dayLong.toReversed()),
    'InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.',
  );
});

test('events that are too new, too old or past the retention are named and left out; the others are kept', async () => {
  const client = await startWith('web');
  const hour = 3_600_000;
  const late = await put(client, [
    { timestamp: Date.now(), message: 'kept' },
    { timestamp: Date.now() + 2 * hour + 60_000, message: 'too new' },
  ]);
  expect(late.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
  const early = await put(client, [
    { timestamp: Date.now() - 14 * day - 60_000, message: 'too old' },
    { timestamp: Date.now() - 14 * day + 60_000, message: 'just kept' },
  ]);
  expect(early.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
  await client.send(new PutRetentionPolicyCommand({ logGroupName: 'cruddur', retentionInDays: 1 }));
  const expired = await put(client, [{ timestamp: Date.now() - day - 60_000, message: 'expired' }]);
  expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur' }));
  expect(events?.map(({ message }) => message)).toEqual(['kept']);
});

test('retention removes events, and without it they stay', async () => {
  const client = await startWith('web');
  await put(client, [{ timestamp: now - 2 * day, message: 'of the day before yesterday' }]);
  await put(client, [{ timestamp: now, message: 'of today' }]);
  await client.send(new PutRetentionPolicyCommand({ logGroupName: 'cruddur', retentionInDays: 1 }));
  await client.send(new DeleteRetentionPolicyCommand({ logGroupName: 'cruddur' }));
  const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur' }));
  expect(events?.map(({ message }) => message)).toEqual(['of today']);
  await expect(
    client.send(new PutRetentionPolicyCommand({ logGroupName: 'cruddur', retentionInDays: 2 })),
  ).rejects.toThrow("Value '2' at 'retentionInDays' failed to satisfy constraint");
});

test('FilterLogEvents goes on page by page, and takes back no token but its own', async () => {
  const client = await startWith('web');
  await put(
    client,
    Array.from({ length: 25 }, (_, at) => ({ timestamp: now + (at >> 1), message: `line ${at}` })),
  );
  const query = { logGroupName: 'cruddur', filterPattern: 'line', limit: 10 };
  const seen: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: FilterLogEventsCommandOutput = await client.send(
      new FilterLogEventsCommand({ ...query, ...(nextToken !== undefined && { nextToken }) }),
    );
    seen.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `line ${at}`));
  const first = await client.send(new FilterLogEventsCommand(query));
  const refused = 'InvalidParameterException: The specified nextToken is invalid.';
  const token = first.nextToken ?? '';
  await check(client.send(new FilterLogEventsCommand({ ...query, filterPattern: 'other', nextToken: token })), refused);
  await check(client.send(new FilterLogEventsCommand({ ...query, nextToken: `x${token}` })), refused);
  await check(client.send(new DescribeLogGroupsCommand({ nextToken: token })), refused);
});

test('FilterLogEvents takes times at both ends, streams and patterns, and says where a pattern is wrong', async () => {
  const client = await startWith('web', 'worker');
  await put(
    client,
    [0, 1, 2, 3].map((at) => ({ timestamp: now + at, message: JSON.stringify({ at, level: 'info' }) })),
  );
  await put(client, [{ timestamp: now + 9, message: 'plain ERROR' }], 'worker');
  const filter = async (query: object): Promise<string> => {
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur', ...query }));
    return (events ?? []).map(({ message }) => message).join(' ');
  };
  expect(await filter({ startTime: now + 1, endTime: now + 2, filterPattern: '{ $.at >= 0 }' })).toBe(
    '{"at":1,"level":"info"} {"at":2,"level":"info"}',
  );
  expect(await filter({ filterPattern: 'ERROR' })).toBe('plain ERROR');
  expect(await filter({ logStreamNamePrefix: 'wo' })).toBe('plain ERROR');
  expect(await filter({ logStreamNames: ['worker'] })).toBe('plain ERROR');
  expect(await filter({ startFromHead: false, startTime: now, limit: 1 })).toBe('plain ERROR');
  await expect(filter({ filterPattern: '{ $.at = }' })).rejects.toThrow('Invalid filter pattern at column 10');
  await expect(filter({ limit: 10_001 })).rejects.toThrow(
    "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
  );
  await expect(filter({ logGroupIdentifier: 'cruddur' })).rejects.toThrow(
    'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
  );
});

test('GetLogEvents goes both ways from where it is, and gives the same token at the end', async () => {
  const client = await startWith('web');
  await put(
    client,
    Array.from({ length: 6 }, (_, at) => ({ timestamp: now + at, message: String(at) })),
  );
  const get = async (query: object): Promise<{ text: string; forward?: string; backward?: string }> => {
    const page = await client.send(
      new GetLogEventsCommand({ logGroupName: 'cruddur', logStreamName: 'web', ...query }),
    );
    const text = (page.events ?? []).map(({ message }) => message).join('');
    return { text, forward: page.nextForwardToken ?? '', backward: page.nextBackwardToken ?? '' };
  };
  const newest = await get({ limit: 2 });
  expect(newest.text).toBe('45');
  const older = await get({ limit: 2, nextToken: newest.backward });
  expect(older.text).toBe('23');
  expect((await get({ limit: 3, nextToken: older.forward })).text).toBe('45');
  const end = await get({ nextToken: newest.forward });
  expect(end).toMatchObject({ text: '', forward: newest.forward });
  await put(client, [{ timestamp: now + 6, message: '6' }]);
  expect((await get({ nextToken: end.forward })).text).toBe('6');
  expect((await get({ startFromHead: true, startTime: now + 1, endTime: now + 3 })).text).toBe('12');
  await expect(get({ nextToken: 'f/forged' })).rejects.toThrow('The specified nextToken is invalid.');
});

test('DescribeLogGroups and DescribeLogStreams list by name, by prefix, by part and by last event', async () => {
  const client = await startWith('a', 'b', 'c');
  await put(client, [{ timestamp: now, message: 'x' }], 'a');
  await put(client, [{ timestamp: now - 5, message: 'x' }], 'b');
  for (const logGroupName of ['/aws/lambda/one', 'Zebra']) {
    await client.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'web' } }));
  }
  const groups = async (query: object): Promise<string> =>
    ((await client.send(new DescribeLogGroupsCommand(query))).logGroups ?? [])
      .map((group) => group.logGroupName)
      .join();
  expect(await groups({})).toBe('/aws/lambda/one,Zebra,cruddur');
  expect(await groups({ logGroupNamePrefix: 'cru' })).toBe('cruddur');
  expect(await groups({ logGroupNamePattern: 'eb' })).toBe('Zebra');
  await expect(groups({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' })).rejects.toThrow(
    'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
  );
  await expect(groups({ limit: 51 })).rejects.toThrow('Member must have value less than or equal to 50');
  const first = await client.send(new DescribeLogGroupsCommand({ limit: 2 }));
  expect(await groups({ limit: 2, nextToken: first.nextToken })).toBe('cruddur');
  const [lambda] = first.logGroups ?? [];
  expect(lambda?.arn).toBe(`${lambda?.logGroupArn}:*`);
  expect(lambda).not.toHaveProperty('retentionInDays');
  const listed = await client.send(new ListLogGroupsCommand({ logGroupNamePattern: '^/aws' }));
  expect(listed.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/lambda/one']);
  const streams = async (query: object): Promise<string> =>
    ((await client.send(new DescribeLogStreamsCommand({ logGroupName: 'cruddur', ...query }))).logStreams ?? [])
      .map(({ logStreamName }) => logStreamName)
      .join('');
  expect(await streams({})).toBe('abc');
  expect(await streams({ descending: true })).toBe('cba');
  expect(await streams({ orderBy: 'LastEventTime', descending: true })).toBe('abc');
  expect(await streams({ logStreamNamePrefix: 'b' })).toBe('b');
  await expect(streams({ orderBy: 'LastEventTime', logStreamNamePrefix: 'b' })).rejects.toThrow('Cannot order by');
  await client.send(new DeleteLogStreamCommand({ logGroupName: 'cruddur', logStreamName: 'a' }));
  expect(await streams({})).toBe('bc');
  const left = await client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur' }));
  expect(left.events?.map(({ logStreamName }) => logStreamName)).toEqual(['b']);
});

test('tags can be set, read and taken away', async () => {
  const client = await startWith();
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
  const resourceArn = logGroups?.[0]?.logGroupArn ?? '';
  await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'web', stage: 'dev' } }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage'] }));
  await check(client.send(new ListTagsForResourceCommand({ resourceArn })), '{"tags":{"team":"web"}}');
});

test('a call that is not served says which setting brought it here', async () => {
  const { endpoint } = await startLogsHub();
  const headers = { 'x-amz-target': 'Logs_20140328.PutDestination', 'content-type': 'application/x-amz-json-1.1' };
  const reply = await send(endpoint, { method: 'POST', headers, body: '{}' });
  expect(reply.headers['x-amzn-errortype']).toBe('UnknownOperationException');
  expect(reply.body).toContain('AWS_ENDPOINT_URL_');
});

test('a request for a live tail may name the host as AWS does, and a web page may not ask at all', async () => {
  const { endpoint } = await startLogsHub();
  const headers = { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' };
  const { port } = new URL(endpoint);
  const as = async (more: object) =>
    (await send(endpoint, { method: 'POST', headers: { ...headers, ...more }, body: '{}' })).status;
  expect(await as({ host: `stream-127.0.0.1:${port}` })).toBe(200);
  expect(await as({ host: `streaming-localhost:${port}` })).toBe(200);
  expect(await as({ host: `stream-example.org:${port}` })).toBe(403);
  expect(await as({ origin: 'http://localhost' })).toBe(403);
});

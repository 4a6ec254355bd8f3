import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountAt } from '../testing/awsAccount.ts';
import { startCloudHub, type CloudHub } from '../testing/cloudHub.ts';
import { runInsightsQuery } from './insightsQuery.ts';
import { followLiveTail } from './liveTail.ts';

const group = '/app/tail';
const savedKeys = { ...process.env };
let cloud: CloudHub;
let writer: CloudWatchLogsClient;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  cloud = await startCloudHub();
  writer = new CloudWatchLogsClient({ endpoint: cloud.endpoint, region: 'eu-central-1' });
  await writer.send(new CreateLogGroupCommand({ logGroupName: group }));
  await writer.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 'web' }));
}, 60_000);

afterAll(async () => {
  process.env = savedKeys;
  writer.destroy();
  await cloud.stop();
});

async function put(message: string): Promise<void> {
  const logEvents = [{ timestamp: Date.now(), message }];
  await writer.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: 'web', logEvents }));
}

/** The rows of a query, cells joined. */
async function check(query: string, expected: readonly string[]): Promise<void> {
  const now = Date.now();
  const question = { group, query, from: now - 60_000, to: now + 5_000 };
  const { rows } = await runInsightsQuery(accountAt(cloud.endpoint), question, AbortSignal.timeout(20_000));
  expect(rows.map((cells) => cells.join(' '))).toEqual(expected);
}

test('live tail tells of the lines that match as they come, until it is stopped', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const tail = followLiveTail(
    accountAt(cloud.endpoint),
    { group, pattern: 'ERROR' },
    ({ lines }) => seen.push(...lines.map(({ message = '' }) => message)),
    stop.signal,
  );
  // Lines of before the session are not told, so one is written until it is there.
  await expect
    .poll(
      async () => {
        await put('INFO quiet');
        await put('ERROR seen');
        return seen[0];
      },
      { timeout: 20_000 },
    )
    .toBe('ERROR seen');
  stop.abort('enough');
  await expect(tail).rejects.toBe('enough');
  expect(new Set(seen)).toEqual(new Set(['ERROR seen']));
});

test('a group that is not there is said', async () => {
  const tail = followLiveTail(
    accountAt(cloud.endpoint),
    { group: '/nowhere', pattern: undefined },
    () => undefined,
    AbortSignal.timeout(20_000),
  );
  await expect(tail).rejects.toThrow('There is no log group "/nowhere" in AWS environment eu-central-1.');
});

test('an Insights query gives its fields as rows', async () => {
  await put('WARN slow');
  await check('filter @message like /slow/ | fields @message', ['WARN slow']);
  await check('filter @message like /nothing/ | fields @message', []);
});

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountAt } from '../testing/awsAccount.ts';
import { RecordingMeter } from '../testing/recordingMeter.ts';
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
  const meter = new RecordingMeter();
  const account = accountAt(cloud.endpoint, { meter });
  const { rows, bytesScanned } = await runInsightsQuery(account, question, AbortSignal.timeout(20_000));
  expect(rows.map((cells) => cells.join(' '))).toEqual(expected);
  expect([bytesScanned > 0, meter.used.logs.insightsBytes]).toEqual([true, bytesScanned]);
}

test('live tail tells of the lines that match as they come, until it is stopped', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const meter = new RecordingMeter();
  const time = { now: 0 };
  const tail = followLiveTail(
    accountAt(cloud.endpoint, { meter }),
    { group, pattern: 'ERROR' },
    ({ lines }) => seen.push(...lines.map(({ message = '' }) => message)),
    stop.signal,
    () => time.now,
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
  time.now = 61_500;
  await expect.poll(() => meter.used.logs.liveTailSeconds, { timeout: 20_000 }).toBe(61);
  time.now = 90_200;
  stop.abort('enough');
  await expect(tail).rejects.toBe('enough');
  expect(new Set(seen)).toEqual(new Set(['ERROR seen']));
  // To the second that has begun: a window may be closed at any time, and what came before that was told.
  expect(meter.used.logs).toEqual({ viewCalls: 2, liveTailSeconds: 91 });
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

test('an Insights query gives its fields as rows, and what it scanned is counted', async () => {
  await put('WARN slow');
  await check('filter @message like /slow/ | fields @message', ['WARN slow']);
  await check('filter @message like /nothing/ | fields @message', []);
});

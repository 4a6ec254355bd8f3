import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, type TestContext } from 'vitest';
import type { LogEventQuery } from '../logSource.ts';
import { accountAt } from '../testing/awsAccount.ts';
import { awsError, startFaultProxy, type FaultProxy } from '../testing/faultProxy.ts';
import { resetMoto, startMoto, type Moto } from '../testing/moto.ts';
import { CloudWatchLogSource } from './cloudWatchLogSource.ts';

const group = '/app/shop';
const minute = 60_000;
const hour = 60 * minute;
const savedKeys = { ...process.env };
let moto: Moto;
let writer: CloudWatchLogsClient;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  moto = await startMoto();
}, 240_000);

beforeEach(async () => {
  if (moto.kind === 'ready') {
    await resetMoto(moto.endpoint);
    writer = new CloudWatchLogsClient({ endpoint: moto.endpoint, region: 'eu-central-1' });
    await writer.send(new CreateLogGroupCommand({ logGroupName: group }));
  }
});

afterAll(async () => {
  process.env = savedKeys;
  if (moto.kind === 'ready') {
    await moto.stop();
  }
});

async function stage(
  context: TestContext,
): Promise<{ readonly source: CloudWatchLogSource; readonly proxy: FaultProxy }> {
  if (moto.kind === 'missing') {
    return context.skip(`no moto server: ${moto.reason}`);
  }
  const proxy = await startFaultProxy(moto.endpoint);
  const source = new CloudWatchLogSource(accountAt(proxy.endpoint), {
    clock: { every: () => ({ dispose: () => undefined }) },
    pollMillis: 1_000,
    now: () => Date.now(),
  });
  onTestFinished(async () => {
    source.dispose();
    await proxy.stop();
  });
  return { source, proxy };
}

/** Writes lines of these ages in milliseconds, the oldest first. */
async function put(stream: string, lines: readonly (readonly [age: number, message: string])[]): Promise<void> {
  await writer.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }));
  const logEvents = lines.map(([age, message]) => ({ timestamp: Date.now() - age, message }));
  await writer.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }));
}

/** All pages, newest first. */
async function readAll(
  source: CloudWatchLogSource,
  query: Omit<LogEventQuery, 'before'>,
): Promise<readonly LogRowJson[]> {
  const rows: LogRowJson[] = [];
  for (let before: string | undefined; ;) {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
    const page = await source.listEvents({ ...query, ...(before !== undefined && { before }) });
    rows.push(...page.events);
    before = page.next;
    if (before === undefined) {
      return rows;
    }
  }
}

function check(rows: readonly LogRowJson[], expected: readonly string[]): void {
  expect(rows.map(({ stream, level, message }) => `${stream} ${level} ${message}`)).toEqual(expected);
}

test('lines come newest first, from all streams of a group, however far apart', async (context) => {
  const { source } = await stage(context);
  await put('web', [
    [26 * hour, 'ERROR yesterday'],
    [2 * minute, 'INFO just now'],
  ]);
  await put('worker', [
    [3 * hour, 'WARN this morning'],
    [minute, 'last'],
  ]);
  check(await readAll(source, { group, limit: 2 }), [
    'worker unset last',
    'web info INFO just now',
    'worker warn WARN this morning',
    'web error ERROR yesterday',
  ]);
});

test('pages have each line once', async (context) => {
  const { source } = await stage(context);
  await put(
    'web',
    Array.from({ length: 500 }, (_, index) => [(500 - index) * 7_000, `line ${index}`] as const),
  );
  const rows = await readAll(source, { group, limit: 60 });
  expect(rows.map(({ message }) => message)).toEqual(Array.from({ length: 500 }, (_, index) => `line ${499 - index}`));
});

test('a stream, a pattern and a time are asked of AWS', async (context) => {
  const { source, proxy } = await stage(context);
  await put('web', [
    [10 * minute, 'ERROR one'],
    [5 * minute, 'INFO two'],
    [minute, 'ERROR three'],
  ]);
  await put('worker', [[minute, 'ERROR four']]);
  const from = String(BigInt(Date.now() - 7 * minute) * 1_000_000n);
  check(await readAll(source, { group, streams: ['web'], pattern: 'ERROR', from, limit: 10 }), [
    'web error ERROR three',
  ]);
  expect(JSON.parse(proxy.bodies[0] ?? '')).toMatchObject({ filterPattern: 'ERROR', logStreamNames: ['web'] });
});

test('groups and streams are listed, what AWS does not count is not said', async (context) => {
  const { source } = await stage(context);
  await put('web', [[minute, 'one']]);
  const [found] = await source.listGroups();
  expect([found?.name, found?.eventCount, (await source.listStreams(group)).map(({ name }) => name)]).toEqual([
    group,
    undefined,
    ['web'],
  ]);
});

test('a line of a trace is found by its id, in both spellings', async (context) => {
  const { source } = await stage(context);
  const id = '6b03d0500000000000000000000abc12';
  await put('web', [
    [3 * minute, 'other'],
    [2 * minute, `{"traceId":"${id}"}`],
    [minute, `Root=1-${id.slice(0, 8)}-${id.slice(8)}`],
  ]);
  const rows = await readAll(source, { group, traceId: id, limit: 10 });
  expect(rows.map(({ traceId }) => traceId)).toEqual([id, id]);
});

test('nothing is made or deleted in AWS', async (context) => {
  const { source, proxy } = await stage(context);
  await expect(source.deleteGroup(group)).rejects.toThrow('Nothing was deleted.');
  expect(proxy.calls).toEqual([]);
});

test('a view whose permission is missing says so, and another one goes on', async (context) => {
  const { source, proxy } = await stage(context);
  proxy.always('DescribeLogStreams', awsError(400, 'AccessDeniedException', 'not authorized'));
  await expect(source.listStreams(group)).rejects.toThrow(
    'The permission logs:DescribeLogStreams is missing in eu-central-1.',
  );
  expect(await source.listGroups()).toHaveLength(1);
});

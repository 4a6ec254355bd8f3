import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Disposer } from '../lifetime.ts';
import { CloudWatchLogSource } from '../sources/aws/cloudWatchLogSource.ts';
import { XRayMapSource } from '../sources/aws/xrayMapSource.ts';
import { XRayTraceSource } from '../sources/aws/xrayTraceSource.ts';
import { accountAt } from '../sources/testing/awsAccount.ts';
import { startCloudHub, type CloudHub } from '../sources/testing/cloudHub.ts';
import { startFaultProxy } from '../sources/testing/faultProxy.ts';
import { RecordingMeter } from '../sources/testing/recordingMeter.ts';
import { segmentOf } from '../sources/testing/segments.ts';
import { LogsController } from './logsController.ts';
import { LogTableSession } from './logTableSession.ts';
import { ServiceMapSession } from './serviceMapSession.ts';
import { TracesController } from './tracesController.ts';

// The views of one window on a hub in the place of AWS, by the real SDK over real sockets; a proxy between notes every call. Time is the test's own.
const group = '/app/shop';
const never = new AbortController().signal;
const savedKeys = { ...process.env };
let cloud: CloudHub;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  cloud = await startCloudHub();
  const to = { endpoint: cloud.endpoint, region: 'eu-central-1' };
  const [xray, logs] = [new XRayClient(to), new CloudWatchLogsClient(to)];
  await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [segmentOf(1, { age: 30 })] }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 'web' }));
  xray.destroy();
  logs.destroy();
}, 60_000);

afterAll(async () => {
  process.env = savedKeys;
  await cloud.stop();
});

/** A clock on which time passes when the test says so. */
class Hours {
  readonly #every = new Set<() => void>();
  readonly #once = new Set<() => void>();

  readonly now = (): number => Date.now();

  every(_millis: number, callback: () => void): Disposer {
    this.#every.add(callback);
    return { dispose: () => this.#every.delete(callback) };
  }

  after(_millis: number, callback: () => void): Disposer {
    this.#once.add(callback);
    return { dispose: () => this.#once.delete(callback) };
  }

  /** Long enough for everything that waits for a time, twice. */
  pass(): void {
    for (let round = 0; round < 2; round += 1) {
      const due = [...this.#every, ...this.#once];
      this.#once.clear();
      due.forEach((call) => call());
    }
  }
}

async function openWindow() {
  const proxy = await startFaultProxy(cloud.endpoint);
  const meter = new RecordingMeter();
  const account = accountAt(proxy.endpoint, { meter });
  const clock = new Hours();
  const pace = { clock, pollMillis: 1_000, now: clock.now };
  const logSource = new CloudWatchLogSource(account, pace);
  const sources = [
    new XRayTraceSource(account, { ...pace, windowMillis: () => 3_600_000 }),
    logSource,
    new XRayMapSource(account, pace),
  ] as const;
  const traces = new TracesController(sources[0], clock, {});
  const logs = new LogsController(logSource, clock);
  const desk = {
    tell: () => undefined,
    now: clock.now,
    after: (millis: number, callback: () => void) => clock.after(millis, callback),
    filterTraces: async () => undefined,
    start: async () => undefined,
    copy: async () => undefined,
    save: async () => false,
    openTrace: async () => undefined,
  };
  const map = new ServiceMapSession(sources[2], {}, desk, { minutes: 5, filter: '' });
  const table = new LogTableSession(logSource, { group }, desk, { choice: { pattern: '' }, firstView: 1 });
  const views = [traces, logs, map, table];
  onTestFinished(async () => {
    [...views, ...sources].forEach((each) => each.dispose());
    await proxy.stop();
  });
  const setVisible = (isVisible: boolean): void => views.forEach((view) => view.setVisible(isVisible));
  /** What AWS is asked for until a call that the test makes itself. */
  const callsUntilNow = async (): Promise<readonly string[]> => {
    await account.xray('xray:GetGroups', ({ sdk, client, options }) =>
      client.send(new sdk.GetGroupsCommand({}), options),
    );
    const end = proxy.calls.lastIndexOf('Groups');
    const start = proxy.calls.lastIndexOf('Groups', end - 1);
    return proxy.calls.slice(start + 1, end);
  };
  const show = async (): Promise<void> => {
    setVisible(true);
    await Promise.all([map.answers.begin(undefined, never), table.answers.begin(undefined, never)]);
    await Promise.all([traces.whenCurrent(), logs.whenCurrent()]);
    await callsUntilNow();
  };
  return { proxy, meter, clock, traces, logs, show, hide: () => setVisible(false), callsUntilNow };
}

/** Every part of AWS that a shown view asks for by itself. */
const everything = ['DescribeLogGroups', 'FilterLogEvents', 'ServiceGraph', 'TraceSummaries'];

function check(calls: readonly string[], expected: readonly string[]): void {
  expect([...new Set(calls)].toSorted()).toEqual(expected);
}

test('views that are shown ask AWS again as time passes', async () => {
  const { clock, show, proxy } = await openWindow();
  await show();
  const before = proxy.calls.length;
  clock.pass();
  await expect.poll(() => new Set(proxy.calls.slice(before)), { timeout: 20_000 }).toEqual(new Set(everything));
});

test('nothing is asked before a view is shown, nor while all are hidden, however much time passes', async () => {
  const { clock, show, hide, callsUntilNow } = await openWindow();
  clock.pass();
  check(await callsUntilNow(), []);
  await show();
  hide();
  for (let hour = 0; hour < 10; hour += 1) {
    clock.pass();
  }
  check(await callsUntilNow(), []);
  clock.pass();
  check(await callsUntilNow(), []);
});

test('a search that goes on when its view is hidden is given up, and begun again when it is shown', async () => {
  const { proxy, traces } = await openWindow();
  proxy.always('TraceSummaries', { kind: 'hang' });
  traces.setVisible(true);
  await expect.poll(() => proxy.calls, { timeout: 20_000 }).toEqual(['TraceSummaries']);
  traces.setVisible(false);
  await expect.poll(() => proxy.abandoned, { timeout: 20_000 }).toEqual(['TraceSummaries']);
  traces.setVisible(true);
  await expect.poll(() => proxy.calls.length, { timeout: 20_000 }).toBe(2);
});

test('at a cap the views ask no more by themselves, and still do when a person wants it', async () => {
  const { meter, clock, show, traces, logs, callsUntilNow } = await openWindow();
  await show();
  meter.isCapped = true;
  clock.pass();
  check(await callsUntilNow(), []);
  clock.pass();
  check(await callsUntilNow(), []);
  await Promise.all([traces.refresh(), logs.refresh()]);
  check(await callsUntilNow(), ['DescribeLogGroups', 'TraceSummaries']);
});

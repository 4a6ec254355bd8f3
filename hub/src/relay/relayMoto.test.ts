import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CloudWatchLogsClient, DescribeLogGroupsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray';
import { beforeAll, expect, onTestFinished, test, type TestContext } from 'vitest';
import { startRealHub } from '../testing/realHub.ts';
import { virtualEnvironment, type VirtualEnvironment } from '../testing/virtualEnvironment.ts';
import { callLogs, cloudKeys, countsText, relayUntil, segmentOf, sendSegments, traceIdOf } from './testing/clouds.ts';

let python: VirtualEnvironment;

beforeAll(() => {
  python = virtualEnvironment('moto[server]==5.2.5');
}, 400_000);

const program = `
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
`;

/** An AWS that nobody here wrote. Skips the test where there is none. */
async function startMoto(context: TestContext): Promise<string> {
  if (python.kind === 'missing') {
    return context.skip(`no Python with moto's server: ${python.reason}`);
  }
  const child = spawn(python.python, ['-c', program], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return `http://127.0.0.1:${port}`;
}

test('segments and lines arrive at an AWS of another make', { timeout: 120_000 }, async (context) => {
  const endpoint = await startMoto(context);
  const local = await startRealHub();
  const { api } = local.ready.endpoints;
  const settings = { enabled: true, endpoint, region: 'eu-central-1', credentials: cloudKeys };
  expect(await local.client.testRelay('logs', settings)).toMatchObject({ ok: true });
  expect(await local.client.testRelay('xray', settings)).toMatchObject({ ok: true });
  await local.client.changeRelay('xray', settings);
  await local.client.changeRelay('logs', settings);
  const segments = Array.from({ length: 120 }, (_, at) => segmentOf(at + 1));
  await sendSegments(api, ...segments);
  const place = { logGroupName: '/app', logStreamName: 'web' };
  await callLogs(api, 'CreateLogGroup', { logGroupName: '/app' });
  await callLogs(api, 'PutRetentionPolicy', { logGroupName: '/app', retentionInDays: 3 });
  await callLogs(api, 'CreateLogStream', place);
  const timestamp = Date.now();
  const messages = ['first', 'second Ä', 'third'];
  for (const message of messages) {
    // oxlint-disable-next-line no-await-in-loop -- in this order.
    await callLogs(api, 'PutLogEvents', { ...place, logEvents: [{ timestamp, message }] });
  }
  const xray = await relayUntil(local.client, 'xray', ({ sent, state }) => sent === 120 && state === 'idle');
  const logs = await relayUntil(local.client, 'logs', ({ sent, state }) => sent === 3 && state === 'idle');
  expect([xray, logs].map(countsText)).toEqual([
    'idle: sent 120 waiting 0 refused 0',
    'idle: sent 3 waiting 0 refused 0',
  ]);
  const client = { endpoint, region: 'eu-central-1', credentials: cloudKeys };
  const trace = traceIdOf(77);
  const TraceIds = [`1-${trace.slice(0, 8)}-${trace.slice(8)}`];
  const { Traces } = await new XRayClient(client).send(new BatchGetTracesCommand({ TraceIds }));
  expect(Traces?.[0]?.Segments?.map(({ Document }) => JSON.parse(Document ?? '') as unknown)).toEqual([segments[76]]);
  const cloudWatch = new CloudWatchLogsClient(client);
  const { events } = await cloudWatch.send(new GetLogEventsCommand({ ...place, startFromHead: true }));
  expect(events?.map(({ message }) => message)).toEqual(messages);
  const { logGroups } = await cloudWatch.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/app' }));
  expect(logGroups).toMatchObject([{ logGroupName: '/app', retentionInDays: 3 }]);
});

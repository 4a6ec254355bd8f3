import { expect, test } from 'vitest';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { callLogs, cloudKeys, countsText, relayUntil, segmentOf, sendSegments, sendSpans } from './testing/clouds.ts';

async function usageAt({ client }: RealHub): Promise<Record<string, unknown>> {
  const { destinations } = await client.loadCost();
  return Object.fromEntries(destinations.map(({ destination, thisMonth }) => [destination, thisMonth]));
}

test('what has arrived is counted as its vendor counts it', async () => {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const { api, otlpHttp = '' } = cloud.ready.endpoints;
  const aws = { enabled: true, endpoint: api, region: 'eu-central-1', credentials: cloudKeys };
  await local.client.changeRelay('otlp', { enabled: true, endpoint: otlpHttp });
  await local.client.changeRelay('xray', aws);
  await local.client.changeRelay('logs', aws);
  await sendSpans(local.ready.endpoints.otlpHttp ?? '', 1, 2, 3);
  await sendSegments(local.ready.endpoints.api, segmentOf(4), segmentOf(5), segmentOf(5, { id: '2222222222222222' }));
  const place = { logGroupName: '/app', logStreamName: 'web' };
  await callLogs(local.ready.endpoints.api, 'CreateLogGroup', { logGroupName: '/app' });
  await callLogs(local.ready.endpoints.api, 'CreateLogStream', place);
  const logEvents = [{ timestamp: Date.now(), message: 'ten bytes!' }];
  await callLogs(local.ready.endpoints.api, 'PutLogEvents', { ...place, logEvents });
  await relayUntil(local.client, 'xray', ({ sent, state }) => sent === 3 && state === 'idle');
  await relayUntil(local.client, 'otlp', ({ sent, state }) => sent === 1 && state === 'idle');
  await relayUntil(local.client, 'logs', ({ sent, state }) => sent === 1 && state === 'idle');
  expect(await usageAt(local)).toMatchObject({
    xray: { traces: 2, spans: 3 },
    otlp: { spans: 3, requests: 1 },
    logs: { logEvents: 1, logBytes: 36 },
  });
});

test('a cap that is reached pauses the relay, and a higher one lets it go on', async () => {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const endpoint = cloud.ready.endpoints.otlpHttp ?? '';
  await local.client.changeCostSettings({ caps: { otlp: { kind: 'amount', counter: 'spans', amount: 2 } } });
  await local.client.changeRelay('otlp', { enabled: true, endpoint });
  await sendSpans(local.ready.endpoints.otlpHttp ?? '', 1, 2);
  const paused = await relayUntil(local.client, 'otlp', ({ state }) => state === 'paused');
  expect(paused.pausedBecause).toBe('The cap of this month is reached.');
  await sendSpans(local.ready.endpoints.otlpHttp ?? '', 3);
  const waiting = await relayUntil(local.client, 'otlp', (status) => status.waiting === 1);
  expect(countsText(waiting)).toBe('paused: sent 1 waiting 1 refused 0');
  await local.client.changeCostSettings({ caps: { otlp: { kind: 'amount', counter: 'spans', amount: 100 } } });
  const done = await relayUntil(local.client, 'otlp', ({ state, waiting: left }) => state === 'idle' && left === 0);
  expect(countsText(done)).toBe('idle: sent 2 waiting 0 refused 0');
});

import { expect, onTestFinished, test } from 'vitest';
import { HubClient } from '../client/hubClient.ts';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';

function clientOf(hub: HubUnderTest): HubClient {
  const client = new HubClient({ endpoint: hub.endpoints.api, token: hub.token });
  onTestFinished(() => client.dispose());
  return client;
}

/** Sends a call such as `POST /reads {}` under `/sightline/v1/cost` and compares `status error`. */
async function check(hub: HubUnderTest, call: string, expected: string): Promise<void> {
  const [, method = '', path = '', sent = ''] = /^(\w+) (\S+) ?(.*)$/s.exec(call) ?? [];
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const url = `${hub.endpoints.api}/sightline/v1/cost${path}`;
  const { status, body } = await send(url, { method, headers, ...(sent !== '' && { body: sent }) });
  const error = body === '' ? undefined : (JSON.parse(body) as { error?: string }).error;
  expect(`${status} ${error ?? ''}`.trim()).toBe(expected);
}

test('a hub that sends nothing on shows no destination and warns of nothing', async () => {
  const client = clientOf(await startHubUnderTest());
  const { destinations, warnings } = await client.loadCost();
  expect([destinations, warnings]).toEqual([[], []]);
});

test('what the views read from AWS is counted and priced', async () => {
  const client = clientOf(await startHubUnderTest());
  await client.countReads({ destination: 'xray', usage: { tracesScanned: 1_000_000, tracesRetrieved: 500 } });
  await client.countReads({ destination: 'xray', usage: { tracesRetrieved: 500 } });
  const { destinations } = await client.loadCost();
  expect(destinations.map(({ destination, thisHour, nanoDollars }) => [destination, thisHour, nanoDollars])).toEqual([
    ['xray', { tracesRetrieved: 1_000, tracesScanned: 1_000_000 }, '500000'],
  ]);
  const line = destinations[0]?.lines.find(({ id }) => id === 'xray.read');
  expect(line).toMatchObject({
    used: 1_001_000,
    free: 1_000_000,
    freeLeft: 0,
    price: '0.50',
    per: 1_000_000,
    nanoDollars: '500000',
  });
});

test('whoever tells what was read learns whether the cap is reached, and of free reading by what was read alone', async () => {
  const client = clientOf(await startHubUnderTest());
  const isCapped = async (usage: object): Promise<boolean> =>
    (await client.countReads({ destination: 'xray', usage })).isCapped;
  const answers = [await isCapped({ tracesScanned: 10 })];
  await client.changeCostSettings({ caps: { xray: { kind: 'amount', counter: 'tracesScanned', amount: 12 } } });
  answers.push(await isCapped({ tracesScanned: 1 }), await isCapped({ tracesScanned: 1 }), await isCapped({}));
  await client.changeCostSettings({ caps: { xray: { kind: 'free' } } });
  answers.push(await isCapped({}), await isCapped({ tracesScanned: 1_000_000 }));
  expect(answers).toEqual([false, false, true, true, false, true]);
});

test('caps and prices are set, kept and removed', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  await client.changeCostSettings({ caps: { rollbar: { kind: 'amount', counter: 'items', amount: 0 } } });
  const { destinations, warnings, settings } = await client.changeCostSettings({
    prices: { 'logs.ingested': { price: '0.57' } },
  });
  expect(destinations.map(({ destination, capState }) => [destination, capState])).toEqual([['rollbar', 'over']]);
  expect(warnings.map(({ kind }) => kind)).toEqual(['capReached']);
  expect(settings.prices).toEqual({ 'logs.ingested': { price: '0.57' } });
  expect(await hub.store.documents.all('cost')).toEqual(new Map([['settings', settings]]));
  expect((await client.changeCostSettings({ caps: { rollbar: null } })).destinations).toEqual([]);
});

test('what is wrong is said in a sentence, and changes nothing', async () => {
  const hub = await startHubUnderTest();
  const reads =
    '`usage` must have whole numbers of tracesRetrieved, tracesScanned, liveTailSeconds, insightsBytes, viewCalls.';
  await check(hub, 'POST /reads {"destination":"xray","usage":{"traces":1}}', `400 ${reads}`);
  await check(hub, 'POST /reads {"destination":"xray","usage":{"tracesScanned":-1}}', `400 ${reads}`);
  await check(hub, 'POST /reads {"destination":"xray"}', `400 ${reads}`);
  await check(hub, 'POST /reads {"usage":{}}', '400 `destination` must be one of xray, logs, otlp, rollbar.');
  await check(hub, 'PUT /settings {', '400 The body must be JSON.');
  await check(
    hub,
    'PUT /settings {"caps":{"xray":{"kind":"some"}}}',
    '400 `caps.xray` is null or an object whose `kind` is "free", "dollars" or "amount".',
  );
  expect((await clientOf(hub).loadCost()).destinations).toEqual([]);
});

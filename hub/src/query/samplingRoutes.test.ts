import { expect, onTestFinished, test } from 'vitest';
import { HubClient } from '../client/hubClient.ts';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';

const rule = {
  RuleName: 'Cruddur',
  Priority: 9000,
  FixedRate: 0.1,
  ReservoirSize: 5,
  ServiceName: 'backend-flask',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

function clientOf(hub: HubUnderTest): HubClient {
  const client = new HubClient({ endpoint: hub.endpoints.api, token: hub.token });
  onTestFinished(() => client.dispose());
  return client;
}

/** Sends a call such as `POST /import {"RuleName":"a"}` under `/sightline/v1/sampling` and compares `status error`. */
async function check(hub: HubUnderTest, call: string, expected: string): Promise<void> {
  const [, method = '', path = '', sent = ''] = /^(\w+) (\S+) ?(.*)$/s.exec(call) ?? [];
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const url = `${hub.endpoints.api}/sightline/v1/sampling${path}`;
  const { status, body } = await send(url, { method, headers, ...(sent !== '' && { body: sent }) });
  const error = body === '' ? undefined : (JSON.parse(body) as { error?: string }).error;
  expect(`${status} ${error ?? ''}`.trim()).toBe(expected);
}

async function rulesOf(client: HubClient): Promise<string> {
  const { rules } = await client.listSamplingRules();
  return rules.map(({ rule: { RuleName, FixedRate }, origin }) => `${RuleName} ${FixedRate} ${origin}`).join(', ');
}

test('rules are created, changed and deleted, and built-in ones are told apart', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  expect((await client.createSamplingRule(rule)).origin).toBe('custom');
  expect((await client.changeSamplingRule({ ...rule, FixedRate: 0.5 })).rule.FixedRate).toBe(0.5);
  const { rules } = await client.listSamplingRules();
  const ofDefault = rules.find(({ origin, rule: { RuleName } }) => origin === 'builtIn' && RuleName === 'Default');
  await client.changeSamplingRule({ ...(ofDefault?.rule ?? rule), FixedRate: 0.2 });
  expect(await rulesOf(client)).toBe('SightlineHealthChecks 0 builtIn, Cruddur 0.5 custom, Default 0.2 changed');
  expect([await client.deleteSamplingRule('Cruddur'), await client.deleteSamplingRule('Cruddur')]).toEqual([
    true,
    false,
  ]);
  expect(await rulesOf(client)).toBe('SightlineHealthChecks 0 builtIn, Default 0.2 changed');
});

test('how often a rule matched is there as soon as an SDK has reported', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  const report = { RuleName: 'Default', ClientID: '0'.repeat(24), RequestCount: 7, BorrowCount: 1, SampledCount: 2 };
  const body = JSON.stringify({ SamplingStatisticsDocuments: [{ ...report, Timestamp: 1 }] });
  await send(`${hub.endpoints.xrayTcp}/SamplingTargets`, { method: 'POST', body });
  const { rules, activitySeconds } = await client.listSamplingRules();
  expect([activitySeconds, rules.find(({ rule: { RuleName } }) => RuleName === 'Default')?.activity]).toEqual([
    300,
    { requests: 7, sampled: 2, borrowed: 1, clients: 1 },
  ]);
});

test('a change is in the change feed, whoever made it', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  const seen: (boolean | undefined)[] = [];
  let isConnected = false;
  client.subscribe({
    onChange: ({ sampling }) => seen.push(sampling),
    onState: ({ kind }) => (isConnected = kind === 'connected'),
  });
  await expect.poll(() => isConnected).toBe(true);
  const body = JSON.stringify({ SamplingRule: rule });
  await send(`${hub.endpoints.xrayTcp}/CreateSamplingRule`, { method: 'POST', body });
  await expect.poll(() => seen).toEqual([true]);
});

test('an import shows first what it changes, and then makes it', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  await client.createSamplingRule(rule);
  const text = JSON.stringify([
    { SamplingRule: { ...rule, FixedRate: 0.2, Host: 'x' } },
    { SamplingRule: { ...rule, RuleName: 'Health', FixedRate: 0 } },
  ]);
  const preview = await client.importSamplingRules(text, { isPreview: true });
  expect(preview.changes.map(({ rule: { RuleName }, kind, differences }) => [RuleName, kind, ...differences])).toEqual([
    ['Cruddur', 'changed', 'FixedRate 0.1 → 0.2', 'Host "*" → "x"'],
    ['Health', 'new'],
  ]);
  expect(await rulesOf(client)).toBe('SightlineHealthChecks 0 builtIn, Cruddur 0.1 custom, Default 1 builtIn');
  await client.importSamplingRules(text);
  expect(await rulesOf(client)).toBe(
    'SightlineHealthChecks 0 builtIn, Cruddur 0.2 custom, Health 0 custom, Default 1 builtIn',
  );
  const again = await client.importSamplingRules(text);
  expect(again.changes.map(({ kind }) => kind)).toEqual(['same', 'same']);
});

test('a file of lists in lists without end is refused in words', async () => {
  const hub = await startHubUnderTest();
  const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  await expect(clientOf(hub).importSamplingRules(text)).rejects.toThrow('Rule 1: ');
});

test('one request is explained: its rule, how many are kept, what keeps the others from it', async () => {
  const hub = await startHubUnderTest();
  const client = clientOf(hub);
  await client.createSamplingRule(rule);
  const request = { service: 'backend', host: 'localhost:4567', method: 'GET', path: '/api/health-check?deep=1' };
  const answer = await client.explainSampling({ request, sdk: 'python', perSecond: 10 });
  expect([answer.rule, answer.keptPerSecond]).toEqual(['SightlineHealthChecks', 0]);
  expect(answer.rules.map(({ rule: name, reasons }) => `${name} ${reasons.map(({ kind }) => kind).join()}`)).toEqual([
    'SightlineHealthChecks ',
    'Cruddur name',
    'Default above',
  ]);
  expect(answer.notes).toEqual([
    'No SDK has fetched the rules since the hub started. Until it has fetched them, an SDK keeps 1 request a second and 5 % of the others.',
  ]);
  await send(`${hub.endpoints.xrayTcp}/GetSamplingRules`, { method: 'POST', body: '{}' });
  const flask = await client.explainSampling({
    request: { ...request, service: 'backend-flask', path: '/' },
    perSecond: 10,
  });
  expect([flask.rule, flask.keptPerSecond]).toEqual(['Cruddur', 1.9]);
  expect(flask.notes.map((note) => note.slice(0, 60))).toEqual([
    'The X-Ray SDK for Node keeps one request a second of a reser',
  ]);
});

test('what is wrong is said in words', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    'POST /rules {}',
    '400 Rule 1: RuleName is missing.\nRule 1: Priority is missing.\nRule 1: FixedRate is missing.\nRule 1: ReservoirSize is missing.\nRule 1: Version is missing.\nRule 1: ResourceARN is missing; "*" means any.\nRule 1: ServiceName is missing; "*" means any.\nRule 1: ServiceType is missing; "*" means any.\nRule 1: Host is missing; "*" means any.\nRule 1: HTTPMethod is missing; "*" means any.\nRule 1: URLPath is missing; "*" means any.',
  );
  await check(
    hub,
    `POST /rules ${JSON.stringify([rule, { ...rule, RuleName: 'b' }])}`,
    '400 The body must be one sampling rule.',
  );
  await check(hub, `POST /rules ${JSON.stringify(rule)}`, '201');
  await check(hub, `POST /rules ${JSON.stringify(rule)}`, '409 A sampling rule with the name Cruddur already exists.');
  await check(
    hub,
    `PUT /rules/b ${JSON.stringify(rule)}`,
    '400 A rule keeps its name; create another one and delete this one instead.',
  );
  await check(
    hub,
    `PUT /rules/b ${JSON.stringify({ ...rule, RuleName: 'b' })}`,
    '404 A sampling rule with the name b does not exist.',
  );
  await check(hub, 'DELETE /rules/Default', '400 The default sampling rule cannot be deleted.');
  await check(
    hub,
    'POST /import {',
    "400 This is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
  );
  await check(
    hub,
    'POST /explain {}',
    '400 `request` must be an object of texts: service, type, host, method and path.',
  );
  await check(hub, 'POST /explain {"request":{},"sdk":"ruby"}', '400 `sdk` can only be "node", "python" or "other".');
  await check(hub, 'POST /explain {"request":{},"perSecond":-1}', '400 `perSecond` must be a number of at least 0.');
});

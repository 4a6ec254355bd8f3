import { expect, test } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';

/** Sends a call to the daemon's TCP port; compares its status and answer, with times that are now shown as such and ARNs cut short. */
async function check(hub: HubUnderTest, path: string, body: object, expected: string): Promise<void> {
  const reply = await send(`${hub.endpoints.xrayTcp}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const now = Date.now() / 1_000;
  const shown = reply.body
    .replaceAll('arn:aws:xray:us-east-1:000000000000:sampling-rule/', 'arn/')
    .replace(/,"message":.*/, '}')
    .replaceAll(/\b\d{10}(\.\d+)?\b/g, (time) =>
      Math.abs(Number(time) - now) < 5 ? '"now"' : `"now + ${Math.round((Number(time) - now) / 10) * 10}"`,
    );
  expect(`${reply.status} ${shown}`).toBe(expected);
}

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
};
const pattern = '"ServiceType":"*","Host":"*","HTTPMethod":"*"';
const record = (rest: string, times = '"now"') =>
  `{"SamplingRule":{"RuleName":"Cruddur","Priority":9000,"FixedRate":0.1,"ReservoirSize":5,${rest},"CreatedAt":"now","ModifiedAt":${times}}`;
const cruddur = `"ServiceName":"backend-flask",${pattern},"URLPath":"*","ResourceARN":"*","Version":1,"Attributes":{},"RuleARN":"arn/Cruddur"}`;
const invalid = (message: string, type = 'InvalidRequestException') =>
  `400 {"__type":"${type}","Message":${JSON.stringify(message)}}`;
const builtIn = (name: string, priority: number, rate: number, reservoir: number, path: string) =>
  `{"SamplingRule":{"RuleName":"${name}","Priority":${priority},"FixedRate":${rate},"ReservoirSize":${reservoir},"ServiceName":"*",${pattern},"URLPath":"${path}","ResourceARN":"*","Version":1,"Attributes":{},"RuleARN":"arn/${name}"},"CreatedAt":0,"ModifiedAt":0}`;
const healthChecks = builtIn('SightlineHealthChecks', 100, 0, 0, '/api/health-check*');
const everythingElse = builtIn('Default', 10000, 1, 10000, '*');

test('a new hub traces everything but health checks', async () => {
  const hub = await startHubUnderTest();
  await check(hub, '/GetSamplingRules', {}, `200 {"SamplingRuleRecords":[${healthChecks},${everythingElse}]}`);
  await check(hub, '/GetSamplingRules', { NextToken: 'x' }, invalid('The NextToken is not one that this hub gave.'));
});

test('a rule is created, updated by name or ARN, and deleted', async () => {
  const hub = await startHubUnderTest();
  await check(hub, '/CreateSamplingRule', { SamplingRule: rule }, `200 {"SamplingRuleRecord":${record(cruddur)}}`);
  await check(
    hub,
    '/GetSamplingRules',
    {},
    `200 {"SamplingRuleRecords":[${healthChecks},${record(cruddur)},${everythingElse}]}`,
  );
  const other = cruddur.replace('backend-flask', 'x');
  await check(
    hub,
    '/UpdateSamplingRule',
    { SamplingRuleUpdate: { RuleName: 'Cruddur', ServiceName: 'x', FixedRate: null } },
    `200 {"SamplingRuleRecord":${record(other)}}`,
  );
  const RuleARN = 'arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur';
  await check(
    hub,
    '/UpdateSamplingRule',
    { SamplingRuleUpdate: { RuleARN, ServiceName: 'backend-flask' } },
    `200 {"SamplingRuleRecord":${record(cruddur)}}`,
  );
  await check(hub, '/DeleteSamplingRule', { RuleARN }, `200 {"SamplingRuleRecord":${record(cruddur)}}`);
  await check(
    hub,
    '/DeleteSamplingRule',
    { RuleName: 'Cruddur' },
    invalid('A sampling rule with the name Cruddur does not exist.'),
  );
});

test('what is there, missing, wrong or too much is answered in AWS’s errors', async () => {
  const hub = await startHubUnderTest();
  const create = (change: object, expected: string) =>
    check(hub, '/CreateSamplingRule', { SamplingRule: { ...rule, ...change } }, expected);
  await create({}, `200 {"SamplingRuleRecord":${record(cruddur)}}`);
  await create({}, invalid('A sampling rule with the name Cruddur already exists.'));
  await create({ RuleName: 'Default' }, invalid('A sampling rule with the name Default already exists.'));
  await create({ RuleName: 'x', FixedRate: 1.1 }, invalid('FixedRate must be a number from 0 to 1.'));
  await create({ RuleARN: 'arn:x' }, invalid('Specify RuleName or RuleARN, but not both.'));
  await check(
    hub,
    '/UpdateSamplingRule',
    { SamplingRuleUpdate: { RuleName: 'x' } },
    invalid('A sampling rule with the name x does not exist.'),
  );
  await check(hub, '/UpdateSamplingRule', { SamplingRuleUpdate: {} }, invalid('Specify either RuleName or RuleARN.'));
  for (let number = 2; number <= 25; number += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is asked for.
    await send(`${hub.endpoints.xrayTcp}/CreateSamplingRule`, {
      method: 'POST',
      body: JSON.stringify({ SamplingRule: { ...rule, RuleName: `rule ${number}` } }),
    });
  }
  await create(
    { RuleName: 'one more' },
    invalid('There can be 25 sampling rules beside the built-in ones. Delete one first.', 'RuleLimitExceededException'),
  );
});

test('of the default rule only rate and reservoir change, and it stays', async () => {
  const hub = await startHubUnderTest();
  const update = (change: object, expected: string) =>
    check(hub, '/UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'Default', ...change } }, expected);
  const changed = everythingElse.replace('"FixedRate":1,', '"FixedRate":0.05,').replace('Size":10000', 'Size":1');
  await update(
    { FixedRate: 0.05, ReservoirSize: 1 },
    `200 {"SamplingRuleRecord":${changed.replace('"ModifiedAt":0', '"ModifiedAt":"now"')}}`,
  );
  await update(
    { Host: 'x' },
    invalid('Host of the default sampling rule cannot be changed; only FixedRate and ReservoirSize can.'),
  );
  await check(
    hub,
    '/DeleteSamplingRule',
    { RuleName: 'Default' },
    invalid('The default sampling rule cannot be deleted.'),
  );
});

const report = (RuleName: string, more: object = {}) => ({
  RuleName,
  ClientID: '0'.repeat(24),
  RequestCount: 10,
  BorrowCount: 1,
  SampledCount: 4,
  Timestamp: 1,
  ...more,
});

test('targets repeat the rates of the rules with a quota until an epoch second, and name rules that are not there', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    '/SamplingTargets',
    { SamplingStatisticsDocuments: ['Default', 'SightlineHealthChecks', 'Other'].map((name) => report(name)) },
    '200 {"SamplingTargetDocuments":[' +
      '{"RuleName":"Default","FixedRate":1,"ReservoirQuota":10000,"ReservoirQuotaTTL":"now + 30","Interval":10},' +
      '{"RuleName":"SightlineHealthChecks","FixedRate":0,"ReservoirQuota":0,"ReservoirQuotaTTL":"now + 30","Interval":10}],' +
      '"LastRuleModification":"now","UnprocessedStatistics":[{"RuleName":"Other","ErrorCode":"InvalidRule","Message":"There is no rule \\"Other\\"."}]}',
  );
  const untrue = [{ RequestCount: 2 ** 53 }, { RequestCount: 1, SampledCount: 2 }, { RequestCount: 1, BorrowCount: 2 }];
  const refused = await send(`${hub.endpoints.xrayTcp}/SamplingTargets`, {
    method: 'POST',
    body: JSON.stringify({ SamplingStatisticsDocuments: untrue.map((counts) => report('Default', counts)) }),
  });
  expect(JSON.parse(refused.body)).toMatchObject({
    SamplingTargetDocuments: [],
    UnprocessedStatistics: untrue.map(() => ({ RuleName: 'Default', ErrorCode: 'InvalidStatistics' })),
  });
  const none = '"Timestamp":"now + -300","RequestCount":0,"BorrowCount":0,"SampledCount":0';
  await check(
    hub,
    '/SamplingStatisticSummaries',
    {},
    `200 {"SamplingStatisticSummaries":[` +
      `{"RuleName":"SightlineHealthChecks",${none.replace('0,"B', '10,"B').replace('0,"S', '1,"S').replace(/0$/, '4')}},` +
      `{"RuleName":"Default",${none.replace('0,"B', '10,"B').replace('0,"S', '1,"S').replace(/0$/, '4')}}]}`,
  );
});

test('reports keep to the constraints of the API', async () => {
  const hub = await startHubUnderTest();
  const targets = (documents: readonly object[]) =>
    send(`${hub.endpoints.xrayTcp}/SamplingTargets`, {
      method: 'POST',
      body: JSON.stringify({ SamplingStatisticsDocuments: documents }),
    });
  const statuses: string[] = [];
  for (const documents of [
    Array.from({ length: 25 }, () => report('Default')),
    Array.from({ length: 26 }, () => report('Default')),
    [report('Default', { ClientID: '0'.repeat(23) })],
    [report('Default', { ClientID: '0'.repeat(25) })],
    [report('Default', { RequestCount: -1 })],
    [report('Default', { SampledCount: undefined })],
    [report('Default', { Timestamp: 'now' })],
    [report('x'.repeat(33))],
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- in order.
    const { status, headers } = await targets(documents);
    statuses.push(`${status} ${headers['x-amzn-errortype'] as string}`);
  }
  const refused = '400 InvalidRequestException';
  expect(statuses).toEqual([
    '200 undefined',
    refused,
    refused,
    refused,
    refused,
    refused,
    '400 SerializationException',
    refused,
  ]);
});

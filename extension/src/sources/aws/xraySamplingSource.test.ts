import {
  GetSamplingTargetsCommand,
  PutTraceSegmentsCommand,
  UpdateSamplingRuleCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { accountAt } from '../testing/awsAccount.ts';
import { startCloudHub, type CloudHub } from '../testing/cloudHub.ts';
import { awsError, startFaultProxy } from '../testing/faultProxy.ts';
import { segmentOf } from '../testing/segments.ts';
import { XRayRules } from './xrayRules.ts';
import { XRaySamplingSource } from './xraySamplingSource.ts';
import { XRayTraceSource } from './xrayTraceSource.ts';

// A hub in the place of AWS, by the real SDK over real sockets, with a proxy between that notes what is called.
const savedKeys = { ...process.env };
const where = 'AWS environment eu-central-1';
let cloud: CloudHub;
let writer: XRayClient;

const shop: SamplingRule = {
  RuleName: 'Shop',
  Priority: 50,
  FixedRate: 0.5,
  ReservoirSize: 0,
  ServiceName: 'shop',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '/api/*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  cloud = await startCloudHub();
  writer = new XRayClient({ endpoint: cloud.endpoint, region: 'eu-central-1' });
}, 60_000);

afterEach(async () => {
  await new XRayRules(accountAt(cloud.endpoint)).deleteRule('Shop').catch(() => undefined);
});

afterAll(async () => {
  process.env = savedKeys;
  writer.destroy();
  await cloud.stop();
});

/** The source with a person who answers as `answer` says; what is asked is noted. */
async function stage() {
  const proxy = await startFaultProxy(cloud.endpoint);
  const account = accountAt(proxy.endpoint);
  const person = { answer: true, asked: [] as string[] };
  const pace = {
    clock: { every: () => ({ dispose: () => undefined }) },
    pollMillis: 1_000,
    now: () => Date.now() + 1_000,
  };
  const traces = new XRayTraceSource(account, { ...pace, windowMillis: () => 3_600_000 });
  const source = new XRaySamplingSource(new XRayRules(account), traces, {
    ...pace,
    confirm: async (question, detail) => {
      person.asked.push(`${question} ${detail}`);
      return await Promise.resolve(person.answer);
    },
  });
  onTestFinished(async () => {
    source.dispose();
    traces.dispose();
    await proxy.stop();
  });
  return { source, proxy, person };
}

/** The rules in order, each with what SDKs reported of it. */
async function check(source: XRaySamplingSource, expected: readonly string[]): Promise<void> {
  const { rules } = await source.listRules();
  const lines = rules.map(({ rule: { RuleName, FixedRate }, activity }) =>
    [RuleName, FixedRate, activity && `${activity.sampled + activity.borrowed} of ${activity.requests}`].join(' '),
  );
  expect(lines).toEqual(expected);
}

test('the rules are those of AWS, in order, with how often each matched there', async () => {
  const { source } = await stage();
  await source.createRule(shop);
  await writer.send(
    new GetSamplingTargetsCommand({
      SamplingStatisticsDocuments: [
        {
          RuleName: 'Shop',
          ClientID: 'a'.repeat(24),
          Timestamp: new Date(),
          RequestCount: 10,
          SampledCount: 4,
          BorrowCount: 1,
        },
      ],
    }),
  );
  await check(source, ['Shop 0.5 5 of 10', 'SightlineHealthChecks 0 0 of 0', 'Default 1 0 of 0']);
  expect((await source.listRules()).activitySeconds).toBeGreaterThanOrEqual(300);
});

test('where the counts may not be read the rules are there without them, and the permission is named', async () => {
  const { source, proxy } = await stage();
  proxy.always('SamplingStatisticSummaries', awsError(403, 'AccessDeniedException', 'User is not authorized'));
  await check(source, ['SightlineHealthChecks 0 ', 'Default 1 ']);
  const { trouble } = await source.listRules();
  expect(trouble).toContain(
    'How often rules matched is not known. The permission xray:GetSamplingStatisticSummaries is missing',
  );
});

test('where the rules may not be read that permission is named', async () => {
  const { source, proxy } = await stage();
  proxy.always('GetSamplingRules', awsError(403, 'AccessDeniedException', 'User is not authorized'));
  await expect(source.listRules()).rejects.toThrow('The permission xray:GetSamplingRules is missing');
});

test('a rule is changed only after the difference was shown, and one that is as it was is not asked about', async () => {
  const { source, proxy, person } = await stage();
  await source.createRule(shop);
  expect(person.asked.splice(0)).toEqual([
    `Create the sampling rule "Shop" in ${where}? It is for everybody who uses this account: Priority 50, FixedRate 0.5, ReservoirSize 0, ` +
      'ServiceName shop, ServiceType *, Host *, HTTPMethod *, URLPath /api/*, ResourceARN *, Version 1',
  ]);
  expect(await source.changeRule(shop)).toBe(true);
  expect(person.asked).toEqual([]);
  person.answer = false;
  expect(await source.changeRule({ ...shop, FixedRate: 0.1 })).toBe(false);
  expect(proxy.calls).not.toContain('UpdateSamplingRule');
  expect((await source.listRules()).rules[0]?.rule.FixedRate).toBe(0.5);
  person.answer = true;
  // Somebody else has changed it meanwhile: the difference is that to what AWS has now.
  await writer.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'Shop', FixedRate: 0.4 } }));
  expect(await source.changeRule({ ...shop, FixedRate: 0.1 })).toBe(true);
  const question = `Change the sampling rule "Shop" in ${where}? For everybody who uses this account:`;
  expect(person.asked).toEqual([`${question} FixedRate 0.5 → 0.1`, `${question} FixedRate 0.4 → 0.1`]);
  expect((await source.listRules()).rules[0]?.rule.FixedRate).toBe(0.1);
});

test('a rule that the person does not want is not made, and one that is gone cannot be changed', async () => {
  const { source, person } = await stage();
  person.answer = false;
  expect(await source.createRule(shop)).toBe(false);
  await expect(source.changeRule(shop)).rejects.toThrow(`${where} has no sampling rule "Shop" any more.`);
  expect(await source.deleteRule('Shop')).toBe(false);
});

test('a file is previewed against the rules of AWS, and writes only what differs', async () => {
  const { source, proxy } = await stage();
  const text = JSON.stringify([{ SamplingRule: shop }]);
  const preview = await source.previewImport(text);
  expect(preview.changes.map(({ rule, kind }) => `${kind} ${rule.RuleName}`)).toEqual(['new Shop']);
  expect(proxy.calls).toEqual(['GetSamplingRules']);
  await source.importRules(text);
  expect((await source.previewImport(text)).changes.map(({ kind }) => kind)).toEqual(['same']);
  expect(await source.deleteRule('Shop')).toBe(true);
  await expect(source.previewImport('{}')).rejects.toMatchObject({ name: 'UserError' });
});

test('a rule with a boost is written with it, and is then as in the file; a file that names none leaves it as it is', async () => {
  const { source } = await stage();
  const boosted = { ...shop, SamplingRateBoost: { MaxRate: 0.8, CooldownWindowMinutes: 10 } };
  const kindsOf = async (rule: SamplingRule): Promise<string[]> =>
    (await source.previewImport(JSON.stringify(rule))).changes.map(({ kind }) => kind);
  await source.importRules(JSON.stringify(shop));
  expect(await kindsOf(boosted)).toEqual(['changed']);
  await source.importRules(JSON.stringify(boosted));
  expect(await kindsOf(boosted)).toEqual(['same']);
  expect(await kindsOf(shop)).toEqual(['same']);
  await source.importRules(JSON.stringify({ ...shop, FixedRate: 0.1 }));
  expect((await source.listRules()).rules[0]?.rule).toEqual({ ...boosted, FixedRate: 0.1 });
});

test('the dry run tries the rules of AWS on the requests that AWS has, and says that it has only those that were kept', async () => {
  const { source } = await stage();
  await source.createRule(shop);
  const documents = [1, 2, 3, 4].map((number) => segmentOf(number, { age: 60 + number, path: '/api/cart' }));
  await writer.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }));
  const run = await source.dryRun();
  expect(run.requests.map(({ request: { path }, count, rule, kept }) => [path, count, rule, kept])).toEqual([
    ['/api/cart', 4, 'Shop', 2],
  ]);
  expect([run.traces, run.isPartial, run.notes[0]]).toEqual([4, false, expect.stringContaining('X-Ray has only')]);
});

test('the dry run goes on without the counts, and names what it may not read of the traces', async () => {
  const { source, proxy } = await stage();
  proxy.always('SamplingStatisticSummaries', awsError(403, 'AccessDeniedException', 'User is not authorized'));
  expect((await source.dryRun()).notes.join(' ')).toContain('xray:GetSamplingStatisticSummaries');
  proxy.always('TraceSummaries', awsError(403, 'AccessDeniedException', 'User is not authorized'));
  await expect(source.dryRun()).rejects.toThrow('The permission xray:GetTraceSummaries is missing');
});

test('which rule catches a request is told by the rules of AWS', async () => {
  const { source } = await stage();
  await source.createRule(shop);
  const request = { service: 'shop', method: 'GET', path: '/api/cart' };
  const { rule, keptPerSecond } = await source.explain({ request, sdk: 'python', perSecond: 10 });
  expect([rule, keptPerSecond]).toEqual(['Shop', 5]);
});

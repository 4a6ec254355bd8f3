import { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountAt } from '../testing/awsAccount.ts';
import { startCloudHub, type CloudHub } from '../testing/cloudHub.ts';
import { segmentOf } from '../testing/segments.ts';
import { XRayFilterSource } from './xrayFilterSource.ts';
import { XRayMapSource } from './xrayMapSource.ts';
import { XRayRules } from './xrayRules.ts';

const savedKeys = { ...process.env };
let cloud: CloudHub;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  cloud = await startCloudHub();
  const writer = new XRayClient({ endpoint: cloud.endpoint, region: 'eu-central-1' });
  const documents = [segmentOf(1, { age: 10 }), segmentOf(2, { age: 9, status: 500 })];
  await writer.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }));
  writer.destroy();
}, 60_000);

afterAll(async () => {
  process.env = savedKeys;
  await cloud.stop();
});

/** The map as text: a service with its requests and faults, then whom it calls. */
async function check(
  query: Parameters<XRayMapSource['loadServiceMap']>[0],
  expected: readonly string[],
): Promise<void> {
  const source = new XRayMapSource(accountAt(cloud.endpoint), {
    clock: { every: () => ({ dispose: () => undefined }) },
    pollMillis: 1_000,
    now: () => Date.now() + 1_000,
  });
  const { nodes } = await source.loadServiceMap(query);
  source.dispose();
  const lines = nodes.map(({ name, type, statistics, edges }) => {
    const calls = edges.map(({ target, statistics: { total } }) => `${nodes[target]?.name} ×${total}`).join(', ');
    return `${name} (${type ?? ''}) ${statistics?.total ?? '-'}/${statistics?.fault ?? '-'} → ${calls}`;
  });
  expect(lines.toSorted()).toEqual(expected);
}

test('the map of a time has the services, their calls and their faults', async () => {
  await check({}, ['orders (remote) 2/0 → ', 'shop () 2/1 → orders ×2', 'shop (client) -/- → shop ×2']);
});

test('the map by a filter is that of the traces that fulfil it', async () => {
  await check({ filter: 'fault' }, [
    'orders (remote) 1/0 → ',
    'shop () 1/1 → orders ×1',
    'shop (client) -/- → shop ×1',
  ]);
  await check({ filter: 'duration > 100' }, []);
});

test('a sampling rule is created, then changed', async () => {
  const rules = new XRayRules(accountAt(cloud.endpoint));
  const [first] = await rules.listRules();
  const rule = {
    ...(first as NonNullable<typeof first>),
    RuleName: 'checkout',
    Priority: 5,
    URLPath: '/checkout',
    FixedRate: 1,
  };
  await rules.putRule(rule, true);
  await rules.putRule({ ...rule, FixedRate: 0.25 }, false);
  expect((await rules.listRules()).find(({ RuleName }) => RuleName === 'checkout')).toMatchObject({
    FixedRate: 0.25,
    URLPath: '/checkout',
  });
});

test('a group is written only where a person agrees to the difference', async () => {
  const asked: string[] = [];
  let answer = false;
  const filters = new XRayFilterSource(new XRayRules(accountAt(cloud.endpoint)), async (_, detail) => {
    asked.push(detail);
    return answer;
  });
  const names = async (): Promise<readonly string[]> =>
    (await filters.listSavedFilters()).map(({ name, filter }) => `${name} = ${filter}`);
  await filters.saveFilter({ name: 'broken', filter: 'fault' });
  expect(await names()).not.toContain('broken = fault');
  answer = true;
  await filters.saveFilter({ name: 'broken', filter: 'fault' });
  await filters.saveFilter({ name: 'broken', filter: 'error' });
  expect(await names()).toContain('broken = error');
  expect(asked.slice(1)).toEqual([
    'New group in AWS environment eu-central-1: broken = fault',
    'The group broken in AWS environment eu-central-1 changes: fault → error',
  ]);
});

import { expect, onTestFinished, test } from 'vitest';
import { HubClient } from '../client/hubClient.ts';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';

/** Sends a call such as `PUT / {"name":"a"}` under `/sightline/v1/groups` and compares `status body`, ARNs cut short. */
async function check(hub: HubUnderTest, call: string, expected: string): Promise<void> {
  const [, method = '', path = '', sent = ''] = /^(\w+) (\S+) ?(.*)$/.exec(call) ?? [];
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const url = `${hub.endpoints.api}/sightline/v1/groups${path}`;
  const { status, body } = await send(url, { method, headers, ...(sent !== '' && { body: sent }) });
  expect(`${status} ${body.replaceAll(/arn:aws:xray:[^"]*/g, 'arn')}`.trim()).toBe(expected);
}

test('a group is saved, changed, renamed and deleted', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    'PUT / {"name":"slow","filter":"duration > 1"}',
    '200 {"name":"slow","arn":"arn","filter":"duration > 1"}',
  );
  await check(
    hub,
    'PUT / {"name":"slow","filter":"duration > 2"}',
    '200 {"name":"slow","arn":"arn","filter":"duration > 2"}',
  );
  await check(
    hub,
    'PUT / {"name":"slow","newName":"slower"}',
    '200 {"name":"slower","arn":"arn","filter":"duration > 2"}',
  );
  await check(hub, 'PUT / {"name":"all"}', '200 {"name":"all","arn":"arn","filter":""}');
  await check(
    hub,
    'GET /',
    '200 {"groups":[{"name":"all","arn":"arn","filter":""},{"name":"slower","arn":"arn","filter":"duration > 2"}]}',
  );
  await check(hub, 'DELETE /?name=slower', '204');
  await check(hub, 'DELETE /?name=slower', '404 {"error":"There is no group slower."}');
});

test('a group is renamed and changed at once, or not at all', async () => {
  const hub = await startHubUnderTest();
  await check(hub, 'PUT / {"name":"a","filter":"ok"}', '200 {"name":"a","arn":"arn","filter":"ok"}');
  await check(
    hub,
    'PUT / {"name":"a","newName":"b","filter":"group.name = \\"a\\""}',
    '400 {"error":"There is no group with the name \\"a\\"."}',
  );
  await check(hub, 'GET /', '200 {"groups":[{"name":"a","arn":"arn","filter":"ok"}]}');
  await check(
    hub,
    'PUT / {"name":"a","newName":"b","filter":"fault"}',
    '200 {"name":"b","arn":"arn","filter":"fault"}',
  );
  await check(hub, 'GET /', '200 {"groups":[{"name":"b","arn":"arn","filter":"fault"}]}');
});

test('a filter as long as a group takes can be used, and saved, whatever its letters', async () => {
  const hub = await startHubUnderTest();
  const filter = `service("${'é'.repeat(9_980)}")`;
  const body = JSON.stringify({ name: 'long', filter });
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const saved = await send(`${hub.endpoints.api}/sightline/v1/groups`, { method: 'PUT', headers, body });
  const client = await HubClient.connect({ endpoint: hub.endpoints.api, token: hub.token });
  onTestFinished(() => client.dispose());
  expect([saved.status, (await client.listTraces({ filter })).traces]).toEqual([200, []]);
  await expect(client.listTraces({ filter: `${filter}${' '.repeat(20)}` })).rejects.toThrow('at most 10000 characters');
});

test('a wrong filter says where it is wrong and what could stand there', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    'PUT / {"name":"a","filter":"duration ! 1"}',
    '400 {"error":"1 cannot stand here; here could stand a keyword, ! or (.","column":12,"length":1,"expected":["a keyword","!","("]}',
  );
  await check(
    hub,
    'PUT / {"name":"a","filter":"group.name = \\"b\\""}',
    '400 {"error":"There is no group with the name \\"b\\"."}',
  );
});

test('what is taken, reserved or no group is answered in words', async () => {
  const hub = await startHubUnderTest();
  await check(hub, 'PUT / {"name":"a"}', '200 {"name":"a","arn":"arn","filter":""}');
  await check(hub, 'PUT / {"name":"b"}', '200 {"name":"b","arn":"arn","filter":""}');
  await check(hub, 'PUT / {"name":"a","newName":"b"}', '409 {"error":"There is a group b already."}');
  await check(hub, 'PUT / {"name":"Default"}', '400 {"error":"Default is a reserved name: the group of every trace."}');
  for (const body of ['{', '[]', '"a"', '{"name":1}', '{"filter":"fault"}']) {
    await check(hub, `PUT / ${body}`, '400 {"error":"The body must be JSON with the `name` of the group."}');
  }
  for (const body of ['{"name":"a","filter":1}', '{"name":"a","newName":null}']) {
    await check(hub, `PUT / ${body}`, '400 {"error":"`filter` and `newName` must be text where they are given."}');
  }
});

test('the client does the same', async () => {
  const hub = await startHubUnderTest();
  const client = new HubClient({ endpoint: hub.endpoints.api, token: hub.token });
  onTestFinished(() => client.dispose());
  await client.changeGroup({ name: 'a', filter: 'fault' });
  const { arn, ...renamed } = await client.changeGroup({ name: 'a', newName: 'b' });
  expect(renamed).toEqual({ name: 'b', filter: 'fault' });
  expect(await client.listGroups()).toEqual({ groups: [{ ...renamed, arn }] });
  expect([await client.deleteGroup('b'), await client.deleteGroup('b')]).toEqual([true, false]);
});

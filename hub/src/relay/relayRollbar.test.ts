import { expect, test } from 'vitest';
import { startFaultProxy } from '../testing/faultProxy.ts';
import { startRealHub } from '../testing/realHub.ts';
import { countsText, relayUntil, sendItem } from './testing/clouds.ts';

const token = '0123456789abcdef0123456789abcdef';
const message = (body: string): object => ({ body: { message: { body } } });

test('items arrive once, also one whose answer was cut off, with a uuid of the hub where the app gave none', async () => {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const proxy = await startFaultProxy(cloud.ready.endpoints.api);
  proxy.next({ kind: 'cutAnswer' });
  const endpoint = `${proxy.endpoint}/api/1/`;
  const before = await local.client.changeRelay('rollbar', { enabled: true, endpoint, token });
  expect(`${before.state} ${before.secret}`).toBe('idle 0123…cdef');
  await sendItem(local.ready.endpoints.api, { ...message('first'), uuid: 'd4c7acef55bf4c9ea95e4fe9428a8287' });
  await sendItem(local.ready.endpoints.api, message('second'));
  const status = await relayUntil(local.client, 'rollbar', ({ sent }) => sent === 2);
  expect(countsText({ ...status, state: 'idle' })).toBe('idle: sent 2 waiting 0 refused 0 repeated 1');
  expect((await cloud.client.stats()).errorItems).toBe(2);
});

test('a limit that is reached is obeyed, and a token that is not taken keeps items waiting', async () => {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const proxy = await startFaultProxy(cloud.ready.endpoints.api);
  const limited = { 'x-rate-limit-remaining-seconds': '1' };
  proxy.next({ kind: 'answer', status: 429, headers: limited });
  const settings = { enabled: true, endpoint: `${proxy.endpoint}/api/1/item/`, token };
  await local.client.changeRelay('rollbar', settings);
  await sendItem(local.ready.endpoints.api, message('first'));
  const retrying = await relayUntil(local.client, 'rollbar', ({ state }) => state === 'retrying');
  expect(retrying.lastError).toBe('Rollbar takes no more items now: the limit of the token is reached.');
  await relayUntil(local.client, 'rollbar', ({ sent }) => sent === 1);
  proxy.fault = {
    kind: 'answer',
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: '{"err":1,"message":"invalid access token"}',
  };
  await sendItem(local.ready.endpoints.api, message('second'));
  const blocked = await relayUntil(local.client, 'rollbar', ({ state }) => state === 'retrying');
  expect(`${countsText(blocked)}: ${blocked.lastError}`).toBe(
    'retrying: sent 1 waiting 1 refused 0: Rollbar does not take the token (401): invalid access token.',
  );
  expect(await local.client.testRelay('rollbar', settings)).toEqual({
    ok: false,
    message: 'Rollbar does not take the token (401): invalid access token.',
  });
});

test('the address of Rollbar, of its API and of its items are all the same place', async () => {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const { api } = cloud.ready.endpoints;
  for (const endpoint of [api, `${api}/`, `${api}/api/1`, `${api}/api/1/`, `${api}/api/1/item/`]) {
    // oxlint-disable-next-line no-await-in-loop -- one test item after the other.
    const reply = await local.client.testRelay('rollbar', { enabled: true, endpoint, token });
    expect(`${endpoint}: ${reply.message}`).toContain('Rollbar takes the token.');
  }
  expect((await cloud.client.stats()).errorItems).toBe(5);
});

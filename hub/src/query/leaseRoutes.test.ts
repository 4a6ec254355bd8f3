import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startHubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';
import { startRealHub } from '../testing/realHub.ts';
import { Leases, mostLeases } from './leases.ts';

/** Does `steps` such as `a 10 note`, `b! 10` (takes it), `a -` (lets it go) and `wait 10`, and compares who holds the lease after each claim. */
function check(steps: readonly string[], expected: readonly string[]): void {
  let time = 0;
  const leases = new Leases(() => time);
  const held: string[] = [];
  for (const step of steps) {
    const [who = '', what = '', note] = step.split(' ');
    const holder = who.replace('!', '');
    if (who === 'wait') {
      time += Number(what);
    } else if (what === '-') {
      leases.release('x', holder);
    } else {
      const claim = { holder, millis: Number(what), take: who.endsWith('!'), ...(note !== undefined && { note }) };
      const reply = leases.claim('x', claim);
      held.push(`${reply?.held} ${reply?.holder} ${reply?.note}`);
    }
  }
  expect(held).toEqual(expected);
}

test('one holds a lease, and the others are told who and what', () => {
  check(
    ['a 10 hello', 'b 10', 'a 10 again', 'b 10'],
    ['true a hello', 'false a hello', 'true a again', 'false a again'],
  );
});

test('a lease ends with its time, unless it is claimed again', () => {
  check(['a 10', 'wait 9', 'a 10', 'wait 9', 'b 10', 'wait 1', 'b 10'], ['true a ', 'true a ', 'false a ', 'true b ']);
});

test('a lease that is let go is free at once; only its holder can let it go', () => {
  check(['a 10', 'b -', 'b 10', 'a -', 'b 10'], ['true a ', 'false a ', 'true b ']);
});

test('a lease can be taken over', () => {
  check(['a 10', 'b! 10', 'a 10'], ['true a ', 'true b ', 'false b ']);
});

test('there is an end to how many leases there are, and those that are over make room', () => {
  let time = 0;
  const leases = new Leases(() => time);
  for (let number = 0; number < mostLeases; number += 1) {
    leases.claim(`lease ${number}`, { holder: 'a', millis: 10 });
  }
  expect(leases.claim('more', { holder: 'a', millis: 10 })).toBeUndefined();
  expect(leases.claim('lease 1', { holder: 'a', millis: 10 })?.held).toBe(true);
  time = 10;
  expect(leases.claim('more', { holder: 'a', millis: 10 })?.held).toBe(true);
});

test('windows claim and let go through the client', async () => {
  const { client } = await startRealHub();
  const claim = { holder: 'a', millis: 60_000, note: 'x' };
  expect(await client.claimLease('error:1', claim)).toEqual({ held: true, holder: 'a', note: 'x' });
  expect(await client.claimLease('error:1', { holder: 'b', millis: 1 })).toEqual({
    held: false,
    holder: 'a',
    note: 'x',
  });
  await client.releaseLease('error:1', 'a');
  expect((await client.claimLease('error:1', { holder: 'b', millis: 1 })).held).toBe(true);
});

test.each([
  ['PUT /x', '', '`millis` must be a whole number from 1 to 600000.'],
  ['PUT /x', '{"holder":"a","millis":600001}', '`millis` must be a whole number from 1 to 600000.'],
  ['PUT /x', '{"millis":1}', '`holder` must be text of 1 to 100 characters.'],
  ['PUT /x', `{"millis":1,"holder":"${'a'.repeat(101)}"}`, '`holder` must be text of 1 to 100 characters.'],
  ['PUT /x', '{"millis":1,"holder":"a","note":1}', '`note` must be text of at most 2000 characters.'],
  ['PUT /x%20y', '{"millis":1,"holder":"a"}', 'The name of a lease is up to 100 letters, digits and `_ . : -`.'],
  ['PUT /x', '[1', '`millis` must be a whole number from 1 to 600000.'],
  ['DELETE /x', undefined, '`holder` must be text of 1 to 100 characters.'],
])('%s %s is answered in words', async (call, body, sentence) => {
  const { endpoints, token } = await startHubUnderTest();
  const [method = '', path = ''] = call.split(' ');
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const reply = await send(`${endpoints.api}/sightline/v1/leases${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  expect(`${reply.status} ${reply.body}`).toBe(`400 ${JSON.stringify({ error: sentence })}`);
});

test('without the token nobody gets a lease', async () => {
  const { ready } = await startRealHub();
  expect(readFileSync(ready.tokenFile, 'utf8')).not.toBe('');
  const headers = { 'content-type': 'application/json' };
  const claim = { method: 'PUT', headers, body: '{"holder":"a","millis":1}' };
  expect((await send(`${ready.endpoints.api}/sightline/v1/leases/x`, claim)).status).toBe(401);
});

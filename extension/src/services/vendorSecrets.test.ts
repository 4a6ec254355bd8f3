import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startCloudHub } from '../sources/testing/cloudHub.ts';
import { checkSecret, findSecrets, maskSecret, type VendorSecret } from './vendorSecrets.ts';

/** What a person is told of a secret. */
async function check(kind: VendorSecret, value: string, endpoint: string, expected: string): Promise<void> {
  const outcome = await checkSecret(kind, value, {
    endpoint,
    isOwnHub: async () => false,
    signal: AbortSignal.timeout(20_000),
  }).catch((error: Error) => `${error.name}: ${error.message}`);
  expect(outcome.replaceAll(endpoint, 'ENDPOINT').replaceAll(new URL(endpoint).host, 'HOST')).toBe(expected);
}

async function answering(status: number, body = '{}'): Promise<string> {
  const server = createServer((_, reply) => reply.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a Honeycomb key is said to be of its team and environment, a wrong one is not kept', async () => {
  const cloud = await startCloudHub();
  onTestFinished(() => cloud.stop());
  await check('honeycomb', 'abcdefghijABCDEFGHIJ12', cloud.endpoint, 'team local, environment local');
  await check(
    'honeycomb',
    'nonsense',
    cloud.endpoint,
    'UserError: ENDPOINT does not know this Honeycomb key (401). It was not kept.',
  );
});

/** Rollbar's answer to a token with this scope alone, to a call that reads. */
async function answeringScope(scope: string): Promise<string> {
  const message = `insufficient privileges: read scope is required but the access token only has ${scope}.`;
  return await answering(403, JSON.stringify({ err: 1, message }));
}

test('a Rollbar token is said to be what it is for, and is not kept for anything else', async () => {
  const reads = '{"err":0,"result":{"page":1,"total_count":0,"items":[]}}';
  await check('rollbarRead', 'x', await answering(200, reads), 'a token that reads');
  await check('rollbar', 'x', await answering(200, reads), 'a token that also reads');
  await check('rollbar', 'x', await answeringScope('post_server_item'), 'a token that sends');
  await check('rollbarWrite', 'x', await answeringScope('write'), 'a token that writes');
  await check(
    'rollbarRead',
    'x',
    await answeringScope('post_server_item'),
    'UserError: The Rollbar token lacks the scope read: it only has post_server_item. It was not kept.',
  );
  await check(
    'rollbarWrite',
    'x',
    await answeringScope('post_server_item'),
    'UserError: The Rollbar token lacks the scope write: it only has post_server_item. It was not kept.',
  );
});

test('a token that Rollbar does not know is no token that sends', async () => {
  const unknown = JSON.stringify({ err: 1, message: 'access token not found: PlantedToken0000000001' });
  const said =
    'UserError: Rollbar does not know the token (403): access token not found: …. It may have been revoked. Make one under Project Access Tokens in the settings of the project in Rollbar, and set it with "Sightline: Set Rollbar Token". It was not kept.';
  await check('rollbar', 'PlantedToken0000000001', await answering(403, unknown), said);
  await check('rollbarRead', 'PlantedToken0000000001', await answering(403, unknown), said);
});

test('where nobody answers, or something is broken there, that is said', async () => {
  await check(
    'honeycomb',
    'x',
    await answering(500),
    'UserError: ENDPOINT answered 500, so the Honeycomb key could not be checked. It was not kept.',
  );
  await check(
    'honeycomb',
    'x',
    await answering(200, '<html>Sign in</html>'),
    'UserError: ENDPOINT answered with a web page (200), so the Honeycomb key could not be checked. It was not kept.',
  );
  await check(
    'rollbarRead',
    'x',
    await answering(200, '<html>Sign in</html>'),
    "UserError: HOST gave a web page instead of an answer (200): a proxy's or portal's, or it is no Rollbar API. It was not kept.",
  );
  await check(
    'honeycomb',
    'x',
    'http://127.0.0.1:1',
    'UserError: ENDPOINT did not answer, so the Honeycomb key could not be checked. Look at the network and the proxy. It was not kept.',
  );
});

test('a vendor that takes the question and never answers is given up', async () => {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const kind of ['honeycomb', 'rollbarRead'] as const) {
    const options = {
      endpoint,
      isOwnHub: async () => false,
      signal: new AbortController().signal,
      patienceMillis: 100,
    };
    // oxlint-disable-next-line no-await-in-loop -- two short ones.
    await expect(checkSecret(kind, 'x', options)).rejects.toThrow(/did not answer.* It was not kept\.$/);
  }
});

test('this very hub, which takes any key, checks none', async () => {
  const endpoint = 'http://127.0.0.1:1';
  for (const kind of ['honeycomb', 'rollbar', 'rollbarRead'] as const) {
    const options = { endpoint, isOwnHub: async () => true, signal: AbortSignal.timeout(20_000) };
    // oxlint-disable-next-line no-await-in-loop -- three short ones.
    await expect(checkSecret(kind, 'x', options)).rejects.toThrow(/is this window's own hub.* It was not kept\.$/);
  }
});

test('secrets in the environment and in .env are found, placeholders are not', () => {
  const files = [
    { name: 'app/.env', text: 'A=1\nexport HONEYCOMB_API_KEY="from file" # mine\nHONEYCOMB_API_KEY=\'quoted\'\n' },
  ];
  expect(findSecrets('honeycomb', { HONEYCOMB_API_KEY: 'sightline-local' }, files)).toEqual([
    { value: 'quoted', origin: 'app/.env' },
  ]);
  expect(findSecrets('honeycomb', { HONEYCOMB_API_KEY: 'quoted' }, files)).toEqual([
    { value: 'quoted', origin: 'environment' },
  ]);
  expect(findSecrets('rollbar', {}, files)).toEqual([]);
  expect(findSecrets('rollbarRead', { ROLLBAR_READ_TOKEN: 'of the hub' }, files, ['of the hub'])).toEqual([]);
});

test('a masked secret shows whose it is and gives nothing away', () => {
  expect([maskSecret('hcaik_0123456789'), maskSecret('short')]).toEqual(['hcai…89', '••••••••']);
});

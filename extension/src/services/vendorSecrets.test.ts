import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startCloudHub } from '../sources/testing/cloudHub.ts';
import { checkSecret, findSecrets, maskSecret, type VendorSecret } from './vendorSecrets.ts';

/** What a person is told of a secret. */
async function check(kind: VendorSecret, value: string, endpoint: string, expected: string): Promise<void> {
  const outcome = await checkSecret(kind, value, { endpoint, signal: AbortSignal.timeout(20_000) }).catch(
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(outcome.replaceAll(endpoint, 'ENDPOINT')).toBe(expected);
}

async function answering(status: number): Promise<string> {
  const server = createServer((_, reply) => reply.writeHead(status).end('{}'));
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

test('a Rollbar token that may not read is still one that sends', async () => {
  await check('rollbar', 'x', await answering(403), 'a token that sends');
  await check(
    'rollbarRead',
    'x',
    await answering(403),
    'UserError: ENDPOINT does not know this Rollbar token that reads (403). It was not kept.',
  );
  await check('rollbarRead', 'x', await answering(200), 'a token that reads');
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
    'http://127.0.0.1:1',
    'UserError: ENDPOINT did not answer, so the Honeycomb key could not be checked. Look at the network and the proxy.',
  );
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
});

test('a masked secret shows whose it is and gives nothing away', () => {
  expect([maskSecret('hcaik_0123456789'), maskSecret('short')]).toEqual(['hcai…89', '••••••••']);
});

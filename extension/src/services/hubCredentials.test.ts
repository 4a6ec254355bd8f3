import { expect, onTestFinished, test } from 'vitest';
import { startCloudHub } from '../sources/testing/cloudHub.ts';
import { environmentFor, environmentOf, servedInterfaces } from './environment.ts';
import { hubCredentialsOf } from './hubCredentials.ts';
import { readTextFile } from './textFile.ts';

/** What a terminal gets of a hub that was started like this, and how that hub answers a program there that reads errors. */
async function check(args: readonly string[], expected: string): Promise<void> {
  const hub = await startCloudHub(...args);
  onTestFinished(() => hub.stop());
  const { dataDir, endpoints } = hub.ready;
  const variables = environmentOf({
    endpoints,
    served: servedInterfaces,
    serviceName: 'backend',
    hasAwsCredentials: true,
    forwarder: { kind: 'none' },
    ...hubCredentialsOf(dataDir, readTextFile),
  });
  const { ROLLBAR_ENDPOINT = '', ROLLBAR_READ_TOKEN } = environmentFor('everyone', variables);
  const url = new URL('../items/', ROLLBAR_ENDPOINT);
  const headers = ROLLBAR_READ_TOKEN === undefined ? {} : { 'x-rollbar-access-token': ROLLBAR_READ_TOKEN };
  const [withToken, without] = await Promise.all([fetch(url, { headers }), fetch(url)]);
  const isSecret = variables.find(({ name }) => name === 'ROLLBAR_READ_TOKEN')?.isSecret;
  expect(
    `${ROLLBAR_READ_TOKEN?.length} characters, secret ${isSecret}: ${withToken.status}, without ${without.status}`,
  ).toBe(expected);
}

test('a hub that asks for a token to read errors is read with the one that terminals get', () =>
  check(['--require-credentials'], '64 characters, secret true: 200, without 401'));

test('a hub that asks for none gives out none, so that a token of a person stays', () =>
  check([], 'undefined characters, secret undefined: 200, without 200'));

test('a torn file is no credential', () => {
  expect(hubCredentialsOf('/data', () => 'abc')).toEqual({});
  expect(hubCredentialsOf('/data', () => undefined)).toEqual({});
});

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { accountAt } from '../testing/awsAccount.ts';
import { awsError, startFaultProxy, type Fault } from '../testing/faultProxy.ts';
import type { AwsAccount, AwsAccountOptions } from './awsAccount.ts';
import { toUserError } from './awsErrors.ts';

const savedKeys = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
});

afterAll(() => {
  process.env = savedKeys;
});

/** Makes a call that ends like this, and compares what a person is told. */
async function check(fault: Fault, expected: string, options: Partial<AwsAccountOptions> = {}): Promise<void> {
  const proxy = await startFaultProxy('http://127.0.0.1:1');
  onTestFinished(() => proxy.stop());
  proxy.always('Groups', fault);
  expect((await outcomeOf(accountAt(proxy.endpoint, options))).replace(proxy.endpoint, 'ENDPOINT')).toBe(expected);
}

async function outcomeOf(account: AwsAccount): Promise<string> {
  return await account
    .xray('xray:GetGroups', ({ sdk, client, options }) => client.send(new sdk.GetGroupsCommand({}), options))
    .then(
      () => 'answered',
      (error: Error) => `${error.name === 'UserError' ? '' : `${error.name}: `}${error.message}`,
    );
}

test('a missing permission is named', async () => {
  await check(
    awsError(403, 'AccessDeniedException', 'User: x is not authorized to perform: xray:GetGroups'),
    'The permission xray:GetGroups is missing in eu-central-1. "Show AWS Permissions" has the smallest policy that is enough.',
  );
});

test('an expired session names the command that renews it', async () => {
  const expired = awsError(403, 'ExpiredTokenException', 'The security token included in the request is expired');
  const choice = { region: 'eu-central-1' };
  await check(expired, 'The AWS session has expired, or was never begun. Run: aws sso login', {
    choice,
    profileKind: 'sso',
  });
  await check(expired, 'The AWS session has expired, or was never begun. Run: aws login', {
    choice,
    profileKind: 'login',
  });
});

test('unknown keys, a wrong clock, throttling and a web page are told apart', async () => {
  await check(
    awsError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
    'AWS does not know the keys. Put new keys into the profile: aws configure',
  );
  await check(
    awsError(
      403,
      'InvalidSignatureException',
      'Signature expired: 20261123T000000Z is now earlier than 20261123T010000Z',
    ),
    "AWS refuses the call since this machine's clock is wrong by more than five minutes. Set it right and try again.",
  );
  await check(
    { kind: 'answer', status: 200, body: '<!doctype html><title>Welcome to the hotel</title>' },
    "ENDPOINT gave a web page instead of an answer to xray:GetGroups: a proxy's or portal's, or it is no AWS endpoint.",
  );
});

test('throttling that goes on is told', { timeout: 60_000 }, async () => {
  await check(
    awsError(429, 'ThrottledException', 'Rate exceeded'),
    'AWS throttles xray:GetGroups in this account, after several tries. Wait a minute, or look at a shorter time.',
  );
});

test('nobody there, and a certificate that is not trusted, are told', () => {
  const call = {
    permission: 'xray:GetGroups',
    profile: 'dev',
    profileKind: 'sso',
    region: 'eu-central-9',
    endpoint: undefined,
  } as const;
  const told = (code: string, message = code): string =>
    toUserError(Object.assign(new Error(message), { code }), call).message;
  expect([
    told('ECONNREFUSED'),
    told('ENOTFOUND'),
    told('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'),
  ]).toEqual([
    'AWS in eu-central-9 cannot be reached for xray:GetGroups (ECONNREFUSED). Look at the network and the proxy (setting http.proxy).',
    'The address of AWS in eu-central-9 cannot be found: there is no such region, or there is no network.',
    'The connection to AWS in eu-central-9 is not trusted (self-signed certificate). Where a proxy opens TLS, give its certificate to the system or by NODE_EXTRA_CA_CERTS.',
  ]);
});

test("an endpoint that is this window's own hub is refused before any call", async () => {
  const account = accountAt('http://127.0.0.1:4319', { isOwnHub: async (endpoint) => endpoint.endsWith(':4319') });
  expect(await outcomeOf(account)).toBe(
    "The setting sightline.aws.xrayEndpoint (http://127.0.0.1:4319) is this window's own hub, which is the source Local. Leave it empty for AWS itself.",
  );
});

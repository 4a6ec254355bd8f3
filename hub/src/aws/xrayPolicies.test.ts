import {
  DeleteResourcePolicyCommand,
  ListResourcePoliciesCommand,
  PutResourcePolicyCommand,
  type PutResourcePolicyCommandInput,
  type XRayClient,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { answerOf, check, startXRayHub } from './testing/xrayHub.ts';

const statements = '{"Version":"2012-10-17","Statement":[]}';

function put(client: XRayClient, rest: Partial<PutResourcePolicyCommandInput> = {}): Promise<object> {
  return client.send(new PutResourcePolicyCommand({ PolicyName: 'p', PolicyDocument: statements, ...rest }));
}

function ofBytes(bytes: number): string {
  return `{"Statement":["${'x'.repeat(bytes - 20)}"]}`.padEnd(bytes);
}

async function revisions(client: XRayClient): Promise<string[]> {
  const { ResourcePolicies } = await client.send(new ListResourcePoliciesCommand({}));
  return (ResourcePolicies ?? []).map(({ PolicyName, PolicyRevisionId }) => `${PolicyName} ${PolicyRevisionId}`);
}

test('a policy gets a new revision with each change, and is deleted', async () => {
  const { client } = await startXRayHub();
  await put(client);
  await put(client);
  expect(await revisions(client)).toEqual(['p 2']);
  await check(client.send(new DeleteResourcePolicyCommand({ PolicyName: 'p' })), '{}');
  expect(await revisions(client)).toEqual([]);
  await check(
    client.send(new DeleteResourcePolicyCommand({ PolicyName: 'p' })),
    '400 InvalidRequestException: There is no resource policy "p".',
  );
});

test('a change may ask for the revision that it knows', async () => {
  const { client } = await startXRayHub();
  await put(client, { PolicyRevisionId: '0' });
  const refused =
    '400 InvalidPolicyRevisionIdException: The policy has another revision id than the one that was given.';
  await check(put(client, { PolicyRevisionId: '0' }), refused);
  await put(client, { PolicyRevisionId: '1' });
  await check(client.send(new DeleteResourcePolicyCommand({ PolicyName: 'p', PolicyRevisionId: '1' })), refused);
});

test('names, documents and their number are bounded', async () => {
  const { client } = await startXRayHub();
  expect(await answerOf(put(client, { PolicyDocument: ofBytes(5_120) }))).toContain('"ResourcePolicy"');
  await check(
    put(client, { PolicyDocument: ofBytes(5_121) }),
    '400 PolicySizeLimitExceededException: A resource policy has at most 5120 bytes.',
  );
  for (const PolicyDocument of ['', '{', '[]', '{}', '{"Statement":5}']) {
    expect(await answerOf(put(client, { PolicyDocument }))).toMatch(/^400 MalformedPolicyDocumentException: /);
  }
  expect(await answerOf(put(client, { PolicyName: 'p'.repeat(129) }))).toContain("at 'policyName' failed to satisfy");
  expect(await answerOf(put(client, { PolicyName: 'a b' }))).toContain("at 'policyName' failed to satisfy");
  for (const PolicyName of ['q', 'r', 's', 't'.repeat(128)]) {
    await put(client, { PolicyName });
  }
  await check(
    put(client, { PolicyName: 'u' }),
    '400 PolicyCountLimitExceededException: There are 5 resource policies already, which is the most.',
  );
});

import {
  GetEncryptionConfigCommand,
  GetIndexingRulesCommand,
  GetTraceSegmentDestinationCommand,
  PutEncryptionConfigCommand,
  UpdateIndexingRuleCommand,
  UpdateTraceSegmentDestinationCommand,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { answerOf, check, startXRayHub } from './testing/xrayHub.ts';

test('encryption is that of X-Ray until a key is set', async () => {
  const { client } = await startXRayHub();
  await check(
    client.send(new GetEncryptionConfigCommand({})),
    '{"EncryptionConfig":{"Status":"ACTIVE","Type":"NONE"}}',
  );
  const withKey =
    '{"EncryptionConfig":{"KeyId":"arn:aws:kms:eu-central-1:000000000000:alias/mine","Status":"ACTIVE","Type":"KMS"}}';
  await check(client.send(new PutEncryptionConfigCommand({ Type: 'KMS', KeyId: 'alias/mine' })), withKey);
  await check(client.send(new GetEncryptionConfigCommand({})), withKey);
});

test('a key is needed for KMS, and only there', async () => {
  const { client } = await startXRayHub();
  await check(
    client.send(new PutEncryptionConfigCommand({ Type: 'KMS' })),
    '400 InvalidRequestException: KeyId is needed where Type is KMS.',
  );
  await check(
    client.send(new PutEncryptionConfigCommand({ Type: 'NONE', KeyId: 'k' })),
    '400 InvalidRequestException: KeyId must be left out where Type is NONE.',
  );
  expect(
    await answerOf(client.send(new PutEncryptionConfigCommand({ Type: 'KMS', KeyId: 'k'.repeat(3001) }))),
  ).toContain("at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 3000");
  await check(
    client.send(new PutEncryptionConfigCommand({ Type: 'OTHER' as 'KMS' })),
    "400 InvalidRequestException: 1 validation error detected: Value 'OTHER' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [NONE, KMS]",
  );
});

test('the destination of segments is kept', async () => {
  const { client } = await startXRayHub();
  await check(client.send(new GetTraceSegmentDestinationCommand({})), '{"Destination":"XRay","Status":"ACTIVE"}');
  const logs = '{"Destination":"CloudWatchLogs","Status":"ACTIVE"}';
  await check(client.send(new UpdateTraceSegmentDestinationCommand({ Destination: 'CloudWatchLogs' })), logs);
  await check(client.send(new GetTraceSegmentDestinationCommand({})), logs);
});

test('there is one indexing rule, and whatever it says, everything is indexed', async () => {
  const { client } = await startXRayHub();
  const before = await client.send(new GetIndexingRulesCommand({}));
  expect(before.IndexingRules?.map(({ Name, Rule }) => `${Name} ${JSON.stringify(Rule)}`)).toEqual([
    'Default {"Probabilistic":{"DesiredSamplingPercentage":100,"ActualSamplingPercentage":100}}',
  ]);
  const update = (Name: string, DesiredSamplingPercentage: number) =>
    client.send(new UpdateIndexingRuleCommand({ Name, Rule: { Probabilistic: { DesiredSamplingPercentage } } }));
  await update('Default', 5);
  const after = await client.send(new GetIndexingRulesCommand({}));
  expect(after.IndexingRules?.map(({ Rule }) => JSON.stringify(Rule))).toEqual([
    '{"Probabilistic":{"DesiredSamplingPercentage":5,"ActualSamplingPercentage":100}}',
  ]);
  expect(await answerOf(update('Other', 5))).toMatch(/^404 ResourceNotFoundException: /);
  expect(await answerOf(update('Default', 100.1))).toContain("at 'desiredSamplingPercentage' failed to satisfy");
  expect(await answerOf(update('Default', -0.1))).toContain("at 'desiredSamplingPercentage' failed to satisfy");
});

import {
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteGroupCommand,
  DeleteSamplingRuleCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Tag,
  type XRayClient,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { answerOf, check, startXRayHub } from './testing/xrayHub.ts';

async function startWithGroup(Tags: Tag[] = []): Promise<{ client: XRayClient; arn: string }> {
  const { client } = await startXRayHub();
  const { Group } = await client.send(new CreateGroupCommand({ GroupName: 'Cruddur', Tags }));
  return { client, arn: Group?.GroupARN ?? '' };
}

function numbered(count: number): Tag[] {
  return Array.from({ length: count }, (_, number) => ({ Key: `k${number}`, Value: 'v' }));
}

test('tags are set, overwritten, listed and removed', async () => {
  const { client, arn } = await startWithGroup([{ Key: 'stage', Value: 'local' }]);
  const Tags = [
    { Key: 'stage', Value: 'test' },
    { Key: 'team', Value: '' },
  ];
  await check(client.send(new TagResourceCommand({ ResourceARN: arn, Tags })), '{}');
  await check(client.send(new ListTagsForResourceCommand({ ResourceARN: arn })), JSON.stringify({ Tags }));
  await check(client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['stage', 'other'] })), '{}');
  await check(
    client.send(new ListTagsForResourceCommand({ ResourceARN: arn })),
    '{"Tags":[{"Key":"team","Value":""}]}',
  );
});

test('a resource has 50 tags at most', async () => {
  const { client, arn } = await startWithGroup(numbered(50));
  const more = (Tags: Tag[]) => client.send(new TagResourceCommand({ ResourceARN: arn, Tags }));
  await check(more([{ Key: 'k0', Value: 'changed' }]), '{}');
  await check(more([{ Key: 'one more', Value: '' }]), '400 TooManyTagsException: A resource has at most 50 tags.');
  await check(
    client.send(new CreateGroupCommand({ GroupName: 'b', Tags: numbered(51) })),
    '400 TooManyTagsException: A resource has at most 50 tags.',
  );
});

test('keys and values are taken within their bounds only', async () => {
  const { client, arn } = await startWithGroup();
  const tag = (Key: string, Value = '') =>
    client.send(new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key, Value }] }));
  await check(tag('k'.repeat(128), 'v'.repeat(256)), '{}');
  expect(await answerOf(tag('k'.repeat(129)))).toContain(
    "at 'key' failed to satisfy constraint: Member must have length less than or equal to 128",
  );
  expect(await answerOf(tag(''))).toContain(
    "at 'key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
  expect(await answerOf(tag('k', 'v'.repeat(257)))).toContain(
    "at 'value' failed to satisfy constraint: Member must have length less than or equal to 256",
  );
  expect(await answerOf(tag('k\n'))).toContain(
    "at 'key' failed to satisfy constraint: Member must satisfy regular expression pattern",
  );
  await check(
    tag('aws:k'),
    '400 InvalidRequestException: A tag key may not begin with "aws:": it is reserved for AWS.',
  );
});

test('a sampling rule has tags until it is deleted', async () => {
  const { client } = await startXRayHub();
  const everything = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', ResourceARN: '*' };
  const SamplingRule = { ...everything, RuleName: 'r', Priority: 1, FixedRate: 1, ReservoirSize: 1, Version: 1 };
  const Tags = [{ Key: 'k', Value: 'v' }];
  const create = (rest: { Tags?: Tag[] }) => client.send(new CreateSamplingRuleCommand({ SamplingRule, ...rest }));
  const { SamplingRuleRecord } = await create({ Tags });
  const ResourceARN = SamplingRuleRecord?.SamplingRule?.RuleARN;
  const list = () => client.send(new ListTagsForResourceCommand({ ResourceARN }));
  await check(list(), JSON.stringify({ Tags }));
  await client.send(new DeleteSamplingRuleCommand({ RuleARN: ResourceARN }));
  expect(await answerOf(list())).toMatch(/^404 ResourceNotFoundException/);
  await create({});
  await check(list(), '{"Tags":[]}');
});

test('what is not there has no tags', async () => {
  const { client, arn } = await startWithGroup([{ Key: 'k', Value: 'v' }]);
  await client.send(new DeleteGroupCommand({ GroupARN: arn }));
  const missing = '404 ResourceNotFoundException: There is no group or sampling rule with this ARN.';
  await check(client.send(new ListTagsForResourceCommand({ ResourceARN: arn })), missing);
  await check(
    client.send(new ListTagsForResourceCommand({ ResourceARN: 'arn:aws:s3:::bucket' })),
    '400 InvalidRequestException: ResourceARN is not the ARN of an X-Ray group or sampling rule.',
  );
});

test('the group of every trace can be tagged too', async () => {
  const { client } = await startXRayHub();
  const ResourceARN = 'arn:aws:xray:eu-central-1:000000000000:group/Default';
  await check(client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'k', Value: 'v' }] })), '{}');
  await check(client.send(new ListTagsForResourceCommand({ ResourceARN })), '{"Tags":[{"Key":"k","Value":"v"}]}');
});

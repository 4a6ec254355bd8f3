import {
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  GetGroupsCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { answerOf, check, startXRayHub } from './testing/xrayHub.ts';

const filter = 'service("backend-flask")';
const insights = '"InsightsConfiguration":{"InsightsEnabled":false,"NotificationsEnabled":false}';
const everything = `{"GroupName":"Default","GroupARN":"arn:aws:xray:eu-central-1:000000000000:group/Default",${insights}}`;

function sorted(group: object | undefined): string {
  const members = Object.entries(group ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(members));
}

test('a group is made, read, changed and deleted, by its name and by its ARN', async () => {
  const { client } = await startXRayHub();
  const { Group } = await client.send(new CreateGroupCommand({ GroupName: 'Cruddur', FilterExpression: filter }));
  const arn = Group?.GroupARN ?? '';
  expect(arn).toMatch(/^arn:aws:xray:eu-central-1:000000000000:group\/Cruddur\/[0-9A-Z]+$/);
  const shown = `{"FilterExpression":${JSON.stringify(filter)},"GroupARN":"${arn}","GroupName":"Cruddur",${insights}}`;
  expect(sorted(Group)).toBe(shown);
  const byArn = await client.send(new GetGroupCommand({ GroupARN: arn }));
  expect(sorted(byArn.Group)).toBe(shown);
  const InsightsConfiguration = { InsightsEnabled: true, NotificationsEnabled: true };
  const changed = await client.send(
    new UpdateGroupCommand({ GroupName: 'Cruddur', FilterExpression: 'fault', InsightsConfiguration }),
  );
  expect(changed.Group).toMatchObject({ FilterExpression: 'fault', InsightsConfiguration });
  const { Groups } = await client.send(new GetGroupsCommand({}));
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['Default', 'Cruddur']);
  await check(client.send(new DeleteGroupCommand({ GroupARN: arn })), '{}');
  await check(client.send(new GetGroupsCommand({})), `{"Groups":[${everything}]}`);
});

test('the group of every trace is there from the start and takes no change', async () => {
  const { client } = await startXRayHub();
  await check(client.send(new GetGroupCommand({ GroupName: 'Default' })), `{"Group":${everything}}`);
  const reserved = '400 InvalidRequestException: Default is a reserved name: the group of every trace.';
  await check(client.send(new CreateGroupCommand({ GroupName: 'Default' })), reserved);
  await check(client.send(new DeleteGroupCommand({ GroupName: 'Default' })), reserved);
});

test('names, ARNs and insights are taken within their bounds only', async () => {
  const { client } = await startXRayHub();
  const bad = '400 InvalidRequestException: 1 validation error detected: Value';
  const constraint = 'failed to satisfy constraint: Member must';
  const tooLong = 'x'.repeat(33);
  await check(
    client.send(new CreateGroupCommand({ GroupName: tooLong })),
    `${bad} '${tooLong}' at 'groupName' ${constraint} have length less than or equal to 32`,
  );
  await check(
    client.send(new CreateGroupCommand({ GroupName: '' })),
    `${bad} '' at 'groupName' ${constraint} have length greater than or equal to 1`,
  );
  await check(
    client.send(new CreateGroupCommand({ GroupName: undefined })),
    `${bad} null at 'groupName' ${constraint} not be null`,
  );
  expect(await answerOf(client.send(new CreateGroupCommand({ GroupName: 'x'.repeat(32) })))).toContain('"Group"');
  await check(
    client.send(new GetGroupCommand({ GroupARN: 'a'.repeat(400) })),
    `400 InvalidRequestException: There is no group with the ARN "${'a'.repeat(400)}".`,
  );
  expect(await answerOf(client.send(new GetGroupCommand({ GroupARN: 'a'.repeat(401) })))).toContain(
    `at 'groupARN' ${constraint} have length less than or equal to 400`,
  );
  await check(
    client.send(new CreateGroupCommand({ GroupName: 'a', InsightsConfiguration: { NotificationsEnabled: true } })),
    '400 InvalidRequestException: Notifications need insights to be enabled.',
  );
});

test('a filter expression that is wrong is refused with its column', async () => {
  const { client } = await startXRayHub();
  expect(
    await answerOf(client.send(new CreateGroupCommand({ GroupName: 'a', FilterExpression: 'fault AND nonsense' }))),
  ).toMatch(/^400 InvalidRequestException: Invalid filter expression at column 11: /);
});

test('a group is named by its name or its ARN, not by both and not by none', async () => {
  const { client } = await startXRayHub();
  await check(
    client.send(new GetGroupCommand({ GroupName: 'a', GroupARN: 'b' })),
    '400 InvalidRequestException: Specify a group by GroupName or by GroupARN, but not by both.',
  );
  await check(
    client.send(new UpdateGroupCommand({})),
    '400 InvalidRequestException: Specify a group by GroupName or by GroupARN.',
  );
});

test('there are 25 groups beside Default at most', async () => {
  const { client } = await startXRayHub();
  for (let number = 1; number <= 25; number++) {
    await client.send(new CreateGroupCommand({ GroupName: `g${number}` }));
  }
  await check(
    client.send(new CreateGroupCommand({ GroupName: 'g26' })),
    '400 InvalidRequestException: There are 25 groups already, which is the most. Delete one first.',
  );
});

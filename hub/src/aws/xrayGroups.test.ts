import { expect, test } from 'vitest';
import { compileFilterExpression } from '@sightline/telemetry/language/filterExpressionCompiler';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { InMemoryDocuments } from '../testing/inMemoryDocuments.ts';
import { GroupRefusal, XRayGroups } from './xrayGroups.ts';
import { tagKind } from './xrayTags.ts';

type Step = (groups: XRayGroups) => Promise<unknown>;

/** Takes the steps one after the other and compares what is refused, and then the groups that there are. */
async function check(steps: readonly Step[], expected: readonly string[]): Promise<void> {
  const groups = new XRayGroups(new InMemoryDocuments());
  const lines: string[] = [];
  for (const step of steps) {
    await step(groups).catch((error: unknown) => {
      if (!(error instanceof GroupRefusal)) {
        throw error;
      }
      const { reason, message, place } = error;
      lines.push(`${reason}: ${message}${place === undefined ? '' : ` at ${place.column}`}`);
    });
  }
  const kept = await groups.list();
  expect([...lines, ...kept.map(({ GroupName, FilterExpression }) => `${GroupName} = ${FilterExpression}`)]).toEqual(
    expected,
  );
}

function create(name: string, filter?: string): Step {
  return (groups) => groups.create(name, filter === undefined ? {} : { FilterExpression: filter });
}

test('a group is made, found by name and by ARN, changed and deleted', async () => {
  const groups = new XRayGroups(new InMemoryDocuments());
  const { GroupARN } = await groups.create(
    'Cruddur',
    { FilterExpression: ' service("backend-flask") ' },
    'ca-central-1',
  );
  expect(GroupARN).toMatch(/^arn:aws:xray:ca-central-1:\d{12}:group\/Cruddur\/[0-9A-F]{32}$/);
  await groups.update({ by: 'arn', value: GroupARN }, { InsightsConfiguration: { InsightsEnabled: true } });
  expect(await groups.find({ by: 'name', value: 'Cruddur' })).toEqual({
    GroupName: 'Cruddur',
    GroupARN,
    FilterExpression: 'service("backend-flask")',
    InsightsConfiguration: { InsightsEnabled: true },
  });
  await groups.delete({ by: 'name', value: 'Cruddur' });
  expect(await groups.list()).toEqual([]);
});

test('a name has no characters that cannot be seen', async () => {
  const refused = 'invalid: The name of a group has no control or formatting characters.';
  await check(
    [create('a\nb'), create('a\u202eb'), create('\u0000'), create('Größe 1')],
    [refused, refused, refused, 'Größe 1 = '],
  );
});

test('a rename that the store does not take changes nothing, and one that it takes has the tags too', async () => {
  const documents = new InMemoryDocuments();
  const groups = new XRayGroups(documents);
  const { GroupARN } = await groups.create('a', { FilterExpression: 'fault' });
  await documents.put(tagKind, GroupARN, ['tag']);
  const tagged = async (): Promise<readonly string[]> => {
    const tags = await documents.all(tagKind);
    return (await groups.list()).map((group) => `${group.GroupName} ${String(tags.get(group.GroupARN))}`);
  };
  const full = new XRayGroups({
    all: (kind) => documents.all(kind),
    put: (kind, key, value) => documents.put(kind, key, value),
    putAll: () => Promise.reject(new Error('full')),
  });
  await expect(full.rename('a', 'b')).rejects.toThrow('full');
  expect(await tagged()).toEqual(['a tag']);
  await groups.rename('a', 'b');
  expect(await tagged()).toEqual(['b tag']);
  expect((await documents.all(tagKind)).size).toBe(1);
});

test('names are told apart by case, and listed in order', async () => {
  await check([create('b', 'fault'), create('B', 'error'), create('a')], ['B = error', 'a = ', 'b = fault']);
});

test('a name has 1 to 32 characters, is not Default and is used once', async () => {
  await check(
    [create(''), create('x'.repeat(33)), create('Default'), create('a'), create('a'), create('y'.repeat(32))],
    [
      'invalid: The name of a group has 1 to 32 characters.',
      'invalid: The name of a group has 1 to 32 characters.',
      'invalid: Default is a reserved name: the group of every trace.',
      'taken: There is a group a already.',
      'a = ',
      `${'y'.repeat(32)} = `,
    ],
  );
});

test('there are 25 groups at most, also when all are asked for at once', async () => {
  const groups = new XRayGroups(new InMemoryDocuments());
  const asked = Array.from({ length: 26 }, (_, number) => groups.create(`g${number}`, {}));
  const settled = await Promise.allSettled(asked);
  expect(
    settled.filter(({ status }) => status === 'rejected').map((each) => String((each as PromiseRejectedResult).reason)),
  ).toEqual(['GroupRefusal: There are 25 groups already, which is the most. Delete one first.']);
  expect(await groups.list()).toHaveLength(25);
});

test('a filter that is wrong is refused with its place', async () => {
  await check(
    [create('a', 'fault AND'), create('b', 'group.name = "none"'), create('c', `name = "${'x'.repeat(10_000)}"`)],
    [
      'invalid: The expression ends too early; here could stand a keyword, ! or (. at 10',
      'invalid: There is no group with the name "none".',
      'invalid: A filter expression has at most 10000 characters.',
    ],
  );
});

test('a group may refer to others, but not to itself by way of them', async () => {
  await check(
    [
      create('a', 'fault'),
      create('b', 'group.name = "a" AND duration > 1'),
      (groups) => groups.update({ by: 'name', value: 'a' }, { FilterExpression: 'group.name = "b"' }),
      (groups) => groups.update({ by: 'name', value: 'a' }, { FilterExpression: 'error' }),
    ],
    ['invalid: The group "b" refers to itself.', 'a = error', 'b = group.name = "a" AND duration > 1'],
  );
});

test('a group gets another name and keeps its filter', async () => {
  await check(
    [
      create('a', 'fault'),
      create('b', 'error'),
      (groups) => groups.rename('a', 'b'),
      (groups) => groups.rename('a', 'c'),
      (groups) => groups.rename('a', 'd'),
    ],
    ['taken: There is a group b already.', 'missing: There is no group a.', 'b = error', 'c = fault'],
  );
});

test('what is not there cannot be changed, and Default not at all', async () => {
  await check(
    [
      (groups) => groups.update({ by: 'name', value: 'a' }, {}),
      (groups) => groups.delete({ by: 'arn', value: 'arn:x' }),
      (groups) => groups.delete({ by: 'name', value: 'Default' }),
      (groups) => groups.create('a', { InsightsConfiguration: { NotificationsEnabled: true } }),
    ],
    [
      'missing: There is no group a.',
      'missing: There is no group arn:x.',
      'invalid: Default is a reserved name: the group of every trace.',
      'invalid: Notifications need insights to be enabled.',
    ],
  );
});

test('group.name stands for the filter, and Default for every trace', async () => {
  const groups = new XRayGroups(new InMemoryDocuments());
  await groups.create('a', { FilterExpression: 'fault' });
  const parsed = parseFilterExpression('group.name = "a" OR group.name = "Default"');
  const compiled = compileFilterExpression(
    (parsed as Extract<typeof parsed, { ok: true }>).expression,
    await groups.resolver(),
  );
  expect(JSON.stringify(compiled)).toBe(
    '{"ok":true,"plan":{"kind":"or","operands":[{"kind":"root","is":{"kind":"flag","flag":"fault"}},{"kind":"and","operands":[]}]}}',
  );
});

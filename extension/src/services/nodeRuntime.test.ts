import { expect, test } from 'vitest';
import { betterNode, findNodeRuntime, type NodeSurroundings } from './nodeRuntime.ts';

interface Case {
  readonly own: string;
  readonly electron?: string;
  readonly setting?: string;
  /** Version by program. */
  readonly programs?: Readonly<Record<string, string>>;
}

function around({ own, electron, programs = {} }: Case): NodeSurroundings {
  return {
    execPath: '/editor',
    versions: { node: own, ...(electron !== undefined && { electron }) },
    versionOf: (program) => Promise.resolve(programs[program]),
  };
}

/** What runs the hub, or the sentence that says why nothing does. */
async function check(given: Case, expected: string): Promise<void> {
  const found = await findNodeRuntime(given.setting, around(given)).then(
    ({ path, env }) => [...Object.entries(env).map(([name, value]) => `${name}=${value}`), path].join(' '),
    (error: Error) => error.message,
  );
  expect(found).toBe(expected);
}

test("the editor's own Node runs the hub where it is new enough", async () => {
  await check({ own: '24.1.0' }, '/editor');
  await check({ own: '24.1.0', electron: '40.0.0' }, 'ELECTRON_RUN_AS_NODE=1 /editor');
});

test('an older editor takes the Node on PATH', async () => {
  await check({ own: '22.20.0', electron: '39.0.0', programs: { node: 'v24.21.0' } }, 'node');
});

test('without any, a sentence says what was found', async () => {
  const end = 'Update the editor, or name a newer Node in the setting "sightline.nodePath".';
  await check(
    { own: '22.20.0' },
    `The hub needs Node 24 or newer. This editor brings Node 22.20.0, and PATH has none. ${end}`,
  );
  await check(
    { own: '22.20.0', programs: { node: 'v20.1.0' } },
    `The hub needs Node 24 or newer. This editor brings Node 22.20.0, and PATH has Node 20.1.0. ${end}`,
  );
});

test('a setting wins, and is held to the same', async () => {
  await check({ own: '24.1.0', setting: '/mine', programs: { '/mine': 'v25.0.0' } }, '/mine');
  await check(
    { own: '24.1.0', setting: '/mine', programs: { '/mine': 'v18.0.0' } },
    '"/mine", named by the setting "sightline.nodePath", is Node 18.0.0; the hub needs 24 or newer.',
  );
  await check(
    { own: '24.1.0', setting: '/gone' },
    '"/gone", named by the setting "sightline.nodePath", is no Node that can be run.',
  );
});

test("a backend's `node` is ours only where PATH's is too old or missing", async () => {
  expect(await betterNode('node', around({ own: '24.1.0', programs: { node: 'v24.2.0' } }))).toBeUndefined();
  expect(await betterNode('flask', around({ own: '24.1.0' }))).toBeUndefined();
  expect(await betterNode('node', around({ own: '24.1.0', programs: { node: 'v20.0.0' } }))).toEqual({
    path: '/editor',
    env: {},
  });
  expect(await betterNode('node', around({ own: '22.0.0' }))).toBeUndefined();
});

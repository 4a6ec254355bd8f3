import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { runApp } from '../testing/hubProcess.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { virtualEnvironment, type VirtualEnvironment } from '../testing/virtualEnvironment.ts';

const traceId = '65a0b1c2000102030405060708090a0b';
let python: VirtualEnvironment;

beforeAll(() => {
  python = virtualEnvironment('rollbar==1.5.0');
}, 200_000);

function environmentOf({ ready }: RealHub): Record<string, string> {
  return { ROLLBAR_ENDPOINT: `${ready.endpoints.api}/api/1/item/`, ROLLBAR_ACCESS_TOKEN: 'sightline-local' };
}

/** The groups that the hub has afterwards, a line each, and the top frame of the error in the trace that the app named. */
async function check({ client }: RealHub, expected: readonly string[]): Promise<void> {
  const { groups } = await client.listErrorGroups();
  const lines = groups.map(
    ({ count, level, title, environments, lastPerson = 'nobody' }) =>
      `${count}x ${level} ${title} in ${environments.join()} for ${lastPerson}`,
  );
  const { occurrences } = await client.listOccurrencesOfTrace(traceId);
  const frames = occurrences.flatMap(({ item }) => {
    const [thrown] = item['exceptions'] as { stack: { path: string; line: number; label: string }[] }[];
    return thrown?.stack.slice(0, 1).map(({ path, line, label }) => `${path.split('/').at(-1)}:${line} ${label}`) ?? [];
  });
  expect([...lines.toSorted(), ...frames]).toEqual(expected);
  expect((await client.listProblems()).problems).toEqual([]);
}

test("Rollbar's SDK for Node reports here when it is given the endpoint, rings and all", async () => {
  const hub = await startRealHub();
  const { code, stdout, stderr } = await runApp('rollbarApp', environmentOf(hub));
  expect(`${code} ${stderr}`).toBe('0 ');
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^\{"id":1,"uuid":"[0-9a-f-]{32,36}"\}$/),
    expect.stringMatching(/^\{"id":2,"uuid":"[0-9a-f-]{32,36}"\}$/),
  ]);
  await check(hub, [
    '1x error TypeError: no handle in test for reader',
    '1x warning Hello World in test for nobody',
    'rollbarApp.ts:16 loadHome',
  ]);
});

test('beyond the rate that was given, the SDK for Node is told so in its own words', async () => {
  const hub = await startRealHub('--rollbar-rate', '1');
  const { stdout } = await runApp('rollbarApp', environmentOf(hub));
  expect(stdout.trim().split('\n').at(-1)).toMatch(/rate limit|429/i);
  expect(await hub.client.stats()).toMatchObject({ errorItems: 1 });
});

test("Rollbar's SDK for Python reports here when it is given the endpoint", async (context) => {
  if (python.kind === 'missing') {
    return context.skip(`no Python with the package rollbar: ${python.reason}`);
  }
  const hub = await startRealHub();
  const app = fileURLToPath(new URL('../testing/apps/rollbarApp.py', import.meta.url));
  const env = { ...process.env, ...environmentOf(hub) };
  const { stdout } = await promisify(execFile)(python.python, [app], { env });
  expect(stdout.trim().split(/\r?\n/)).toEqual(['error True', 'warning True']);
  await check(hub, [
    "1x error KeyError: 'no handle' in test for nobody",
    '1x warning Hello World in test for nobody',
    'rollbarApp.py:17 load_home',
  ]);
});

import { expect, test } from 'vitest';
import { publicUrlOf } from './publicAddress.ts';
import { loadPortForwarder, type RunProgram } from './sharedPorts.ts';

/** The backend's address where these CLIs answer so; and what was called. */
async function check(
  env: Record<string, string>,
  answers: Readonly<Record<string, string>>,
): Promise<{ readonly backend: string; readonly calls: readonly string[] }> {
  const calls: string[] = [];
  const run: RunProgram = (program, args) => {
    calls.push([program, ...args].join(' '));
    return Promise.resolve(answers[program]);
  };
  const forwarder = await loadPortForwarder(env, run);
  return { backend: publicUrlOf('http://127.0.0.1:4567', forwarder), calls };
}

const answer = '[{"port":4567,"url":"https://4567--e.example"}]';

test("Ona's CLI is asked, by its earlier name where it has no other", async () => {
  expect(await check({ ONA_ENVIRONMENT_ID: 'e' }, { ona: answer })).toEqual({
    backend: 'https://4567--e.example',
    calls: ['ona environment port list -o json'],
  });
  expect(await check({ GITPOD_ENVIRONMENT_ID: 'e' }, { gitpod: answer })).toEqual({
    backend: 'https://4567--e.example',
    calls: ['ona environment port list -o json', 'gitpod environment port list -o json'],
  });
});

test('without a CLI the address stays local', async () => {
  expect((await check({ ONA_ENVIRONMENT_ID: 'e' }, {})).backend).toBe('http://127.0.0.1:4567');
});

test('nothing is asked elsewhere', async () => {
  expect(await check({ CODESPACE_NAME: 'o' }, { ona: answer })).toEqual({
    backend: 'https://o-4567.app.github.dev',
    calls: [],
  });
});

import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { hasServiceMark, serviceMark } from './serviceMark.ts';
import { ServiceProcess } from './serviceProcess.ts';

/** Starts a program with some variables and asks whether it is our backend. */
async function check(env: NodeJS.ProcessEnv, expected: boolean): Promise<void> {
  const script = 'console.log("up"); setInterval(() => {}, 1000)';
  const started = new ServiceProcess({ command: process.execPath, args: ['-e', script], cwd: tmpdir(), env });
  await new Promise((resolve) => started.onOutput(resolve));
  expect(hasServiceMark('backend', started.pid ?? 0)).toBe(expected);
  await started.stop();
}

test.runIf(process.platform === 'linux')('a process is known again by what it was started with', async () => {
  await check(serviceMark('backend'), true);
  await check(serviceMark('database'), false);
  await check({}, false);
});

test('a process that is not there is none of ours', () => {
  expect(hasServiceMark('backend', 2 ** 30)).toBe(false);
});

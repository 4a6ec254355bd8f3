import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { processesGiven } from '../../e2e/processes.ts';

const folder = '/home/somebody/clone/.sightline';

/** Starts a process with these arguments and says whether it counts as one that was given the folder. */
async function check(args: readonly string[], expected: boolean): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', '--', ...args]);
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  expect(processesGiven(folder).includes(child.pid ?? 0)).toBe(expected);
}

test('what has the folder, or a place in it, as the value of an option was started with it', async () => {
  await check(['--data-dir', folder], true);
  await check([`--user-data-dir=${folder}/browser`, '--wait'], true);
});

test('what reads a file in it, or has a folder with a longer name, is somebody else’s', async () => {
  await check(['-f', `${folder}/hub/hub.log`], false);
  await check([`${folder}/hub/hub.log`], false);
  await check(['--data-dir', `${folder}-old`], false);
});

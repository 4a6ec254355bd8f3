import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { describeExit, isGroupAlive, ServiceProcess } from './serviceProcess.ts';
import { tiedCommand } from './tiedCommand.ts';

/** Runs a script tied to this process, hands it to `meanwhile` once it has printed something, and says how it ended. */
async function check(
  script: string,
  expected: string,
  meanwhile?: (running: ServiceProcess, printed: string) => unknown,
): Promise<void> {
  const env = { PATH: process.env['PATH'] };
  const running = new ServiceProcess(
    tiedCommand({ command: process.execPath, args: ['-e', script], cwd: tmpdir(), env }),
  );
  onTestFinished(() => running.kill());
  if (meanwhile !== undefined) {
    const printed = await new Promise<string>((resolve) => running.onOutput(resolve));
    await meanwhile(running, printed);
  }
  expect(describeExit(await running.exited)).toBe(expected);
  await expect.poll(() => isGroupAlive(running.pid)).toBe(false);
}

const lasting = 'setInterval(() => {}, 1000); console.log(process.pid)';

test('a program that ends by itself ends with its own code, and leaves no shell behind', async () => {
  await check('process.exitCode = 7', 'ended with exit code 7');
  await check('process.exitCode = 0', 'ended by itself');
});

test.skipIf(process.platform === 'win32')('stopping ends the program and its shell', async () => {
  await check(lasting, 'was ended by SIGTERM', (running) => running.stop());
});

test.skipIf(process.platform === 'win32')('a program that is stopped may finish what it does', async () => {
  const script = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 200)); ${lasting}`;
  await check(script, 'was ended by SIGTERM', async (running, printed) => {
    const started = Date.now();
    await running.stop();
    expect(Date.now() - started).toBeGreaterThan(150);
    expect(isAlive(Number(printed))).toBe(false);
  });
});

test.skipIf(process.platform === 'win32')('it ends when the process that started it is killed', async () => {
  const modules = ['serviceProcess', 'tiedCommand'].map((name) =>
    fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
  );
  const starter = `
    const [{ ServiceProcess }, { tiedCommand }] = await Promise.all(${JSON.stringify(modules)}.map((file) => import(file)));
    const command = { command: process.execPath, args: ['-e', ${JSON.stringify(lasting)}], cwd: '/', env: {} };
    new ServiceProcess(tiedCommand(command)).onOutput((text) => process.stdout.write(text));
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(text.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: it has ended.
    return false;
  }
}

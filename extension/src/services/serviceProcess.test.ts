import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { describeExit, isGroupAlive, parseServiceReadyLine, ServiceProcess } from './serviceProcess.ts';

/** Runs a script, hands it to `meanwhile` once it has printed something, and says how it ended. */
async function check(
  script: string,
  expected: string,
  meanwhile?: (running: ServiceProcess) => unknown,
): Promise<void> {
  const running = new ServiceProcess({
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    env: process.env,
  });
  if (meanwhile !== undefined) {
    await new Promise((resolve) => running.onOutput(resolve));
    await meanwhile(running);
  }
  expect(describeExit(await running.exited)).toBe(expected);
}

test('an exit is told in words', async () => {
  await check('process.exitCode = 0', 'ended by itself');
  await check('process.exitCode = 7', 'ended with exit code 7');
  await check('process.kill(process.pid, "SIGKILL")', 'was ended by SIGKILL');
});

test('a program that is not there is told in words', async () => {
  const running = new ServiceProcess({ command: 'no-such-program', args: [], cwd: tmpdir(), env: {} });
  expect(describeExit(await running.exited)).toContain('there is no program "no-such-program" on PATH');
});

test('stopping asks first', async () => {
  const script = 'process.on("SIGTERM", () => process.exit(3)); setInterval(() => {}, 1000); console.log("up")';
  await check(script, 'ended with exit code 3', (running) => running.stop());
});

test('stopping ends what the program has started, too', async () => {
  const child = 'setInterval(() => {}, 1000); console.log(process.pid)';
  const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
  await check(script, 'was ended by SIGTERM', async (running) => {
    const { pid } = running;
    await running.stop();
    expect(isGroupAlive(pid)).toBe(false);
  });
});

test('one that does not listen is killed after a while', async () => {
  const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")';
  await check(script, 'was ended by SIGKILL', (running) => running.stop(200));
});

test('a ready line names the endpoints, also when it comes in pieces and between other lines', async () => {
  const script = `process.stdout.write('starting\\n{"event":"ready",'); setTimeout(() => console.log('"endpoints":{"backend":"http://127.0.0.1:1"}}\\nmore'), 50)`;
  const running = new ServiceProcess({
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    env: process.env,
  });
  const endpoints = await new Promise((resolve) => running.onReady(resolve));
  expect(endpoints).toEqual({ backend: 'http://127.0.0.1:1' });
  await running.exited;
});

test('other output is no ready line', () => {
  expect(
    ['{}', '{"event":"ready"}', 'ready', '{"event":', 'null', '{"event":"other","endpoints":{}}'].map(
      parseServiceReadyLine,
    ),
  ).toEqual(Array.from({ length: 6 }, () => undefined));
});

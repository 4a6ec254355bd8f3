import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hubArguments, launchHub, parseReadyLine } from './hubProcess.ts';

const ports = { api: 0, otlpHttp: 0, otlpGrpc: 'none', xray: 0 } as const;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-hub-process-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Launches a stand-in for the hub's program and says what came of it. */
async function check(script: string, expected: string | RegExp, signal?: AbortSignal): Promise<void> {
  const program = join(folder, 'hub.cjs');
  writeFileSync(program, script);
  const launch = {
    runtime: { path: process.execPath, env: {} },
    program,
    dataDir: join(folder, 'data'),
    ports,
    limits: [],
    env: process.env,
  };
  const outcome = await launchHub(launch, signal).then(
    ({ pid, endpoints }) => `ready ${pid} ${endpoints.api}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(outcome).toMatch(expected);
}

test('the ready line is taken, whatever is printed before it', async () => {
  const ready = JSON.stringify({ event: 'ready', pid: 7, endpoints: { api: 'http://127.0.0.1:1' } });
  await check(`console.log('hello'); console.log(${JSON.stringify(ready)})`, 'ready 7 http://127.0.0.1:1');
});

test('a hub that ends before it is ready is quoted, with settings for its options', async () => {
  await check(
    `console.error('sightline-hub: Port 4319 is taken; choose another one with --port.'); process.exit(1)`,
    'UserError: The hub did not start: Port 4319 is taken; choose another one with the setting "sightline.hub.port".',
  );
});

test('a hub that ends without a word is said to', async () => {
  await check('process.exit(1)', 'UserError: The hub ended before it was ready and said nothing.');
});

test('a start that is cancelled ends the hub', async () => {
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(new Error('cancelled')), 50);
  await check('setInterval(() => {}, 1000)', 'Error: cancelled', cancel.signal);
});

test('a data directory that cannot be made is a sentence', async () => {
  writeFileSync(join(folder, 'data'), 'a file');
  await check('', /^UserError: The hub cannot keep its data in /);
});

test('the arguments name every port, and an end for when nobody needs the hub', () => {
  const text = hubArguments({
    program: 'main.js',
    dataDir: '/data',
    ports: { ...ports, api: 4319, otlpHttp: 4318, xray: 2000 },
    limits: ['--max-age', '7d'],
  }).join(' ');
  expect(text).toBe(
    'main.js serve --json --idle-exit 10m --data-dir /data --port 4319 --otlp-port 4318 --otlp-grpc-port none --xray-port 2000 --max-age 7d',
  );
});

test('other lines are no ready line', () => {
  expect(['', '{', 'null', '{"event":"ready"}', '{"event":"other","endpoints":{}}'].map(parseReadyLine)).toEqual(
    Array.from({ length: 5 }, () => undefined),
  );
});

import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HubClient } from './client/hubClient.ts';
import { findRunningHub } from './client/hubLock.ts';
import { freePorts, runApp, runHub, startHubProcess, type HubProcess } from './testing/hubProcess.ts';
import { temporaryFolder } from './testing/hubUnderTest.ts';
import { send } from './testing/rawHttp.ts';
import { exportOf, hex, spanNumber } from './testing/spans.ts';

/** Runs `sightline-hub` until it ends and compares its exit code and what it said. */
async function check(args: readonly string[], code: number, said: string | RegExp): Promise<void> {
  const ended = await runHub(args).ended;
  expect(`${ended.stdout}${ended.stderr}`).toMatch(said);
  expect(ended.code).toBe(code);
}

/** A sentence of our own and nothing else: no stack, no second line. */
const sentence = (text: string): RegExp => new RegExp(`^sightline-hub: ${text}\n$`);

function clientOf({ ready }: HubProcess): HubClient {
  const client = new HubClient({ dataDir: ready.dataDir });
  onTestFinished(() => client.dispose());
  return client;
}

function withoutPort(address: string): string {
  return address.replace(/\d+$/, 'N');
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function post({ ready }: HubProcess, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await send(`${ready.endpoints.otlpHttp}/v1/traces`, { method: 'POST', headers, body })).status;
}

test('a wrong command line ends with 2, help and version with 0', async () => {
  await check(['--prot', '1'], 2, sentence("Unknown option '--prot'. See --help."));
  await check(['mcp'], 2, sentence('This version of sightline-hub does not have "mcp" yet.'));
  await check(['--help'], 0, /^Usage: sightline-hub \[serve\] \[options\]\n/);
  await check(['--version'], 0, /^0\.1\.0\n$/);
});

test('the ready line says where everything is; a receiver that is switched off has no key', async () => {
  const dataDir = temporaryFolder();
  const { ready, child } = await startHubProcess(dataDir, '--otlp-grpc-port', 'none');
  expect({
    ...ready,
    endpoints: Object.entries(ready.endpoints).map(([name, at]) => `${name} ${withoutPort(at)}`),
  }).toEqual({
    event: 'ready',
    version: '0.1.0',
    pid: child.pid,
    dataDir,
    tokenFile: join(dataDir, 'token'),
    endpoints: [
      'xrayUdp 127.0.0.1:N',
      'xrayTcp http://127.0.0.1:N',
      'otlpHttp http://127.0.0.1:N',
      'api http://127.0.0.1:N',
    ],
  });
  expect(await findRunningHub(dataDir)).toMatchObject({ pid: child.pid, api: ready.endpoints.api });
});

test('a person reads where everything is', async () => {
  const { child, ended } = runHub(['serve', '--data-dir', temporaryFolder(), ...freePorts]);
  child.stdout?.once('data', () => child.kill());
  expect((await ended).stdout).toMatch(/^Sightline hub 0\.1\.0 keeps traces in .*\n {2}X-Ray daemon +127\.0\.0\.1:\d+/);
});

test('nobody else on the machine can read the data directory or the token', async () => {
  const dataDir = join(temporaryFolder(), 'deep', 'data');
  await startHubProcess(dataDir);
  expect([modeOf(dataDir), modeOf(join(dataDir, 'token'))]).toEqual(['700', '600']);
  expect(readFileSync(join(dataDir, 'token'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test('the token is kept; a directory that was open is closed, a torn token is made anew', async () => {
  const dataDir = temporaryFolder();
  const tokenFile = join(dataDir, 'token');
  const startAndStop = async (): Promise<string> => {
    const hub = await startHubProcess(dataDir);
    hub.child.kill();
    await hub.ended;
    return readFileSync(tokenFile, 'utf8');
  };
  const token = await startAndStop();
  chmodSync(dataDir, 0o755);
  expect(await startAndStop()).toBe(token);
  expect(modeOf(dataDir)).toBe('700');
  writeFileSync(tokenFile, token.slice(0, 10), { mode: 0o644 });
  expect(await startAndStop()).toMatch(/^[0-9a-f]{64}\n$/);
  expect(modeOf(tokenFile)).toBe('600');
});

test('a second hub on the same data directory says that one is running and where', async () => {
  const dataDir = temporaryFolder();
  const first = await startHubProcess(dataDir);
  const { api } = first.ready.endpoints;
  const said = `A hub is already running on ${dataDir}: ${api}, process ${first.child.pid}\\.`;
  await check(['--data-dir', dataDir, ...freePorts], 1, sentence(said));
  // The lock goes with its process, however that ends.
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await startHubProcess(dataDir);
  expect(await findRunningHub(dataDir)).toMatchObject({ pid: second.child.pid });
});

test('a taken port ends with one sentence that names the port, the option and the holder', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const holder = process.platform === 'linux' ? ` by .+ \\(process ${process.pid}\\)` : '';
  const receivers = {
    '--port': "the hub's API",
    '--otlp-port': 'OTLP over HTTP',
    '--otlp-grpc-port': 'OTLP over gRPC',
  };
  for (const [option, what] of Object.entries({ ...receivers, '--xray-port': 'X-Ray' })) {
    const said = `Port ${port} \\(${what}\\) is already taken${holder}; choose another one with ${option}\\.`;
    await check(['--data-dir', temporaryFolder(), ...freePorts, option, String(port)], 1, sentence(said));
  }
});

test('a taken UDP port is said too', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void socket.close());
  const { port } = socket.address();
  const holder = process.platform === 'linux' ? ` by .+ \\(process ${process.pid}\\)` : '';
  const said = `UDP port ${port} \\(X-Ray\\) is already taken${holder}; choose another one with --xray-port\\.`;
  await check(['--data-dir', temporaryFolder(), ...freePorts, '--xray-port', String(port)], 1, sentence(said));
});

test('a data directory that cannot be used is said in one sentence', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const below = join(folder, 'file', 'data');
  await check(
    ['--data-dir', below],
    1,
    sentence(`The data directory ${below} cannot be used: a part of its path is a file\\.`),
  );
  await check(
    ['--data-dir', join(folder, 'file')],
    1,
    sentence(`The data directory ${join(folder, 'file')} cannot be used: it is a file, not a directory\\.`),
  );
  mkdirSync(join(folder, 'with token', 'token'), { recursive: true });
  await check(['--data-dir', join(folder, 'with token'), ...freePorts], 1, /^sightline-hub: The token file .*\.\n$/);
});

test('a database that cannot be opened is said in one sentence', async () => {
  const dataDir = temporaryFolder();
  mkdirSync(join(dataDir, 'telemetry.db'));
  await check(['--data-dir', dataDir, ...freePorts], 1, sentence(`The database in ${dataDir} cannot be opened: .+\\.`));
});

test('a damaged database is moved aside and said, and the hub starts anew', async () => {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'telemetry.db'), 'no database '.repeat(1_000));
  const hub = await startHubProcess(dataDir);
  expect(await post(hub, exportOf([spanNumber(1)]))).toBe(200);
  const { problems } = await clientOf(hub).listProblems();
  expect(problems.map(({ receiver, message }) => `${receiver}: ${message}`).join('\n')).toMatch(/^store: .*damaged/);
});

test('SIGTERM flushes and ends with 0, and what was stored is there after the next start', async () => {
  const dataDir = temporaryFolder();
  const first = await startHubProcess(dataDir);
  expect(await post(first, exportOf([spanNumber(1)]))).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await findRunningHub(dataDir)).toBe(undefined);
  const { traces } = await clientOf(await startHubProcess(dataDir)).listTraces();
  expect(traces.map(({ id }) => id)).toEqual([hex(1, 32)]);
});

test('after kill -9 under load everything that was acknowledged is there, once', async () => {
  const dataDir = temporaryFolder();
  const first = await startHubProcess(dataDir);
  const acknowledged = new Set<number>();
  let next = 0;
  const sendUntilKilled = async (): Promise<void> => {
    for (;;) {
      const numbers = Array.from({ length: 20 }, () => (next += 1));
      const status = await post(first, exportOf(numbers.map((number) => spanNumber(number)))).catch(() => 0);
      if (status !== 200) {
        return;
      }
      for (const number of numbers) {
        acknowledged.add(number);
      }
      if (acknowledged.size >= 600) {
        first.child.kill('SIGKILL');
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, sendUntilKilled));
  await first.ended;

  const client = clientOf(await startHubProcess(dataDir));
  const found: string[] = [];
  let before: string | undefined;
  do {
    const page = await client.listTraces({ limit: 1_000, ...(before !== undefined && { before }) });
    found.push(...page.traces.map(({ id, spanCount }) => `${id} ${spanCount}`));
    before = page.next;
  } while (before !== undefined);
  expect(new Set(found).size).toBe(found.length);
  expect([...acknowledged].filter((number) => !found.includes(`${hex(number, 32)} 1`))).toEqual([]);
});

test('a hub that was started for windows ends after its last use', async () => {
  const { ended, ready } = await startHubProcess(temporaryFolder(), '--idle-exit', '1s');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
  expect(await findRunningHub(ready.dataDir)).toBe(undefined);
});

test('a window asks the hub to end', async () => {
  const hub = await startHubProcess(temporaryFolder());
  await clientOf(hub).shutdown();
  expect(await hub.ended).toMatchObject({ code: 0, stderr: '' });
});

test('the X-Ray SDK takes the sampling rules and its segment arrives, with nothing but the usual variable', async () => {
  const hub = await startHubProcess(temporaryFolder());
  const address = { AWS_XRAY_DAEMON_ADDRESS: hub.ready.endpoints.xrayUdp ?? '' };
  const { stdout } = await runApp('xrayApp', { ...address, AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR' });
  expect(stdout).toMatch(/^request: Default\nhealth check: false\ntrace: 1-[0-9a-f]{8}-[0-9a-f]{24}\n$/);
  const xrayId = stdout.slice(-36).trim();
  const client = clientOf(hub);
  await expect
    .poll(async () => (await client.listTraces()).traces.map((row) => `${row.xrayId} ${row.service} ${row.spanCount}`))
    .toEqual([`${xrayId} app 2`]);
});

test('the OpenTelemetry SDK is content with the hub over each of its protocols', async () => {
  const hub = await startHubProcess(temporaryFolder());
  const { otlpHttp = '', otlpGrpc } = hub.ready.endpoints;
  const protocols = { 'http/protobuf': otlpHttp, 'http/json': otlpHttp, grpc: `http://${otlpGrpc}` };
  const expected: string[] = [];
  for (const [protocol, endpoint] of Object.entries(protocols)) {
    const { stdout, stderr } = await runApp('otelApp', {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_SERVICE_NAME: protocol,
    });
    expect(stderr).toBe('');
    expected.push(`${stdout.replace('trace: ', '').trim()} ${protocol} load home`);
  }
  const { traces } = await clientOf(hub).listTraces();
  expect(traces.map(({ id, service, name }) => `${id} ${service} ${name}`).toSorted()).toEqual(expected.toSorted());
});

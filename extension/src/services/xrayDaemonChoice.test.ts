import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  chooseXRayDaemon,
  programSurroundings,
  type ProgramSurroundings,
  type XRayDaemonChoice,
  type XRayDaemonService,
  type XRayDaemonSettings,
} from './xrayDaemonChoice.ts';
import { renderXRayDaemonConfig, xrayDaemonEnvironment } from './xrayDaemonConfig.ts';

const daemon = 'AWS X-Ray daemon version: 3.6.6\n';

/** Chooses on a machine with these programs, each with what it prints for `--version`, and compares the choice as text. */
async function check(
  settings: XRayDaemonSettings,
  programs: Readonly<Record<string, string | undefined>>,
  expected: string,
  service?: XRayDaemonService,
): Promise<string[]> {
  const asked: string[] = [];
  const around: ProgramSurroundings = {
    env: { PATH: 'relative:.:/usr/local/bin:/usr/bin' },
    isWindows: false,
    home: '/home/dev',
    isProgram: (file) => Promise.resolve(file in programs),
    versionText: (file) => {
      asked.push(file);
      return Promise.resolve(programs[file]);
    },
  };
  const choice = await chooseXRayDaemon(settings, around, () => Promise.resolve(service));
  expect(textOf(choice)).toBe(expected);
  return asked;
}

function textOf(choice: XRayDaemonChoice): string {
  switch (choice.kind) {
    case 'program':
      return `${choice.path} ${choice.version}, ${choice.reason}`;
    case 'compose':
      return `${choice.service} of ${choice.file}, ${choice.reason}`;
    case 'embedded':
      return `embedded, ${choice.reason}${choice.problem === undefined ? '' : `; ${choice.problem}`}`;
  }
}

test('the program that the setting names comes first', async () => {
  const settings = { use: 'auto', path: '/opt/xray' } as const;
  const programs = { '/opt/xray': daemon, '/usr/bin/xray': daemon };
  await check(settings, programs, '/opt/xray 3.6.6, named by the setting `sightline.xray.daemonPath`');
  const home = { use: 'auto', path: '~/xray' } as const;
  await check(
    home,
    { '/home/dev/xray': daemon },
    '/home/dev/xray 3.6.6, named by the setting `sightline.xray.daemonPath`',
  );
});

test('then the one on PATH, where it is the AWS X-Ray daemon', async () => {
  await check({ use: 'auto' }, { '/usr/bin/xray': daemon }, '/usr/bin/xray 3.6.6, found on PATH');
  const other = 'Xray 25.1.1 (Xray, Penetrates Everything.) go1.23.4 linux/amd64\n';
  const notIt = 'embedded, `/usr/bin/xray`, the `xray` on PATH, is not the AWS X-Ray daemon';
  await check({ use: 'auto' }, { '/usr/bin/xray': other }, notIt);
  await check({ use: 'auto' }, { '/usr/bin/xray': undefined }, notIt);
});

test('a relative folder on PATH is not looked into', async () => {
  const programs = { 'relative/xray': daemon, xray: daemon };
  expect(await check({ use: 'auto' }, programs, 'embedded, there is no `xray` on PATH')).toEqual([]);
});

test('then the service of the folder’s compose file, with the reason', async () => {
  const usable = { kind: 'usable', service: 'xray-daemon', file: 'compose.yaml' } as const;
  const reason = 'there is no `xray` on PATH, and this folder’s compose file has one';
  await check({ use: 'auto' }, {}, `xray-daemon of compose.yaml, ${reason}`, usable);
  await check({ use: 'auto' }, { '/usr/bin/xray': daemon }, '/usr/bin/xray 3.6.6, found on PATH', usable);
  const wrong = `${named('/no')} is not there, or may not be run; this folder’s compose file has one`;
  await check({ use: 'auto', path: '/no' }, {}, `xray-daemon of compose.yaml, ${wrong}`, usable);
  const setting = 'embedded, the setting `sightline.xray.daemon` says so';
  await check({ use: 'embedded' }, {}, setting, usable);
});

test('a service that programs here could not use is told of, and not taken', async () => {
  const unusable = { kind: 'unusable', reason: 'the service `x` of `compose.yaml` publishes no UDP port' } as const;
  const text = 'embedded, there is no `xray` on PATH, and the service `x` of `compose.yaml` publishes no UDP port';
  await check({ use: 'auto' }, {}, text, unusable);
});

test('the hub itself, where nothing else is there or a person says so', async () => {
  await check({ use: 'auto' }, {}, 'embedded, there is no `xray` on PATH');
  const settings = { use: 'embedded', path: '/opt/xray' } as const;
  const asked = await check(settings, { '/opt/xray': daemon }, 'embedded, the setting `sightline.xray.daemon` says so');
  expect(asked).toEqual([]);
});

function named(file: string): string {
  return `"${file}", named by the setting "sightline.xray.daemonPath",`;
}

test('a setting that names nothing usable is told of, and the next in line is taken', async () => {
  const reason = 'embedded, the setting `sightline.xray.daemonPath` names no AWS X-Ray daemon';
  await check({ use: 'auto', path: '/no' }, {}, `${reason}; ${named('/no')} is not there, or may not be run.`);
  await check({ use: 'auto', path: 'bin/xray' }, {}, `${reason}; ${named('bin/xray')} is no absolute path.`);
  await check(
    { use: 'auto', path: '/bin/ls' },
    { '/bin/ls': 'ls (GNU coreutils) 9.1\n' },
    `${reason}; ${named('/bin/ls')} does not say that it is the AWS X-Ray daemon when it is asked for its \`--version\`.`,
  );
  await check({ use: 'auto', path: '/no' }, { '/usr/bin/xray': daemon }, '/usr/bin/xray 3.6.6, found on PATH');
});

test.skipIf(process.platform === 'win32')('a real program is asked without the keys of the person', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-xray-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = path.join(folder, 'xray');
  writeFileSync(program, '#!/bin/sh\necho "AWS X-Ray daemon version: 1.2.3 $AWS_SECRET_ACCESS_KEY$HOME."\n', {
    mode: 0o700,
  });
  expect(await programSurroundings.versionText(program)).toBe('AWS X-Ray daemon version: 1.2.3 .\n');
  expect(await programSurroundings.isProgram(program)).toBe(true);
  writeFileSync(path.join(folder, 'text'), '', { mode: 0o600 });
  expect(await programSurroundings.isProgram(path.join(folder, 'text'))).toBe(false);
  expect(await programSurroundings.versionText('/bin/false')).toBeUndefined();
});

test('the configuration points the daemon at the hub, and cannot be broken out of', () => {
  const config = { endpoint: 'http://127.0.0.1:4319', region: 'eu-west-1"\nRoleARN: x', address: '127.0.0.1:2000' };
  expect(renderXRayDaemonConfig(config)).toBe(
    'Version: 2\nRegion: "eu-west-1\\"\\nRoleARN: x"\nEndpoint: "http://127.0.0.1:4319"\nLocalMode: true\n' +
      'Socket:\n  UDPAddress: "127.0.0.1:2000"\n  TCPAddress: "127.0.0.1:2000"\n',
  );
});

test('nothing in the environment leads the daemon elsewhere, or gives it a real key', () => {
  const environment = xrayDaemonEnvironment({
    PATH: '/usr/bin',
    AWS_ENDPOINT_URL_XRAY: 'https://elsewhere',
    AWS_PROFILE: 'gone',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_REGION: 'eu-west-1',
    https_proxy: 'http://proxy',
    HTTP_PROXY: 'http://proxy',
    NO_PROXY: '*',
    ECS_ENABLE_CONTAINER_METADATA: 'true',
    XRAY_DAEMON_CPU_PROFILE: '/tmp/x',
    VSCODE_PID: '1',
  });
  expect(environment).toEqual({
    PATH: '/usr/bin',
    AWS_ACCESS_KEY_ID: 'sightline-local',
    AWS_SECRET_ACCESS_KEY: 'sightline-local',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

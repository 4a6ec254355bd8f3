/** What Gitpod and Ona are told, held against the code: names, ports and commands that exist, and the addresses that come out. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Gitpod {
  readonly image: string;
  readonly tasks: readonly Record<'name' | 'init' | 'command', string>[];
  readonly ports: readonly { readonly port: number | string; readonly onOpen: string; readonly visibility: string }[];
}

interface Automations {
  readonly services: Record<string, { readonly commands: Record<string, string>; readonly triggeredBy: string[] }>;
  readonly tasks: Record<string, { readonly name: string; readonly command: string }>;
}

interface Compose {
  readonly services: {
    readonly backend: { readonly command: readonly string[]; readonly environment: Record<string, string> };
  };
}

const gitpod = parse(read('.gitpod.yml')) as Gitpod;
const automations = parse(read('.ona/automations.yaml')) as Automations;

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

const scripts: Readonly<Record<string, [string, string][]>> = {
  '.gitpod.yml': gitpod.tasks.flatMap(({ name, init, command }) => [
    [`${name}: init`, init ?? ''] as [string, string],
    [`${name}: command`, command] as [string, string],
  ]),
  '.ona/automations.yaml': [
    ...Object.entries(automations.services).flatMap(([name, { commands }]) =>
      Object.entries(commands).map(([kind, text]) => [`${name}: ${kind}`, text] as [string, string]),
    ),
    ...Object.entries(automations.tasks).map(([name, { command }]) => [name, command] as [string, string]),
  ],
};

describe.each(Object.entries(scripts))('every command of %s', (_file, commands) => {
  test.each(commands.filter(([, text]) => text !== ''))('%s', (_name, text) => {
    const shell = spawnSync('sh', ['-n', '-c', text], { encoding: 'utf8' });
    expect(shell.stderr).toBe('');
    const known = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
      expect(Object.keys(known.scripts)).toContain(script);
    }
    for (const [, file = ''] of text.matchAll(/\bsh (\S+\.sh)/g)) expect(existsSync(path.join(root, file))).toBe(true);
    for (const [, name] of text.matchAll(/--workspace (\S+)/g)) {
      expect(name).toBe((JSON.parse(read('sample-backend/package.json')) as { name: string }).name);
    }
  });
});

test('Gitpod opens the page, tells of the backend, and keeps the hub to the workspace', () => {
  const lines = gitpod.ports.map(({ port, onOpen, visibility }) => `${port} ${onOpen} ${visibility}`);
  expect(lines).toEqual([
    '3000 open-browser public',
    '4567 notify public',
    '2000 ignore private',
    '4317-4319 ignore private',
  ]);
  expect(Object.keys(gitpod)).toEqual(['image', 'tasks', 'ports']);
});

test('Ona starts both services with the dev container, and shares ports with their owner alone', () => {
  for (const service of Object.values(automations.services)) {
    expect(Object.keys(service)).toEqual(['name', 'description', 'triggeredBy', 'commands']);
    expect(service.triggeredBy).toEqual(['postDevcontainerStart']);
    expect(Object.keys(service.commands)).toEqual(['start', 'ready']);
  }
  const start = automations.services['backend']?.commands['start'] ?? '';
  const opened = [...start.matchAll(/ona environment port open (\d+) .*--admission (\S+)/g)];
  expect(opened.map(([, port, admission]) => `${port} ${admission}`)).toEqual([
    '3000 creator_only',
    '4567 creator_only',
  ]);
});

/** The addresses that `npm run environment` gives a shell with these variables, where `programs` are on the PATH. */
function addresses(env: Record<string, string>, programs: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  const script = `eval "$("$NODE" scripts/environment.mjs)"; echo "$FRONTEND_URL $BACKEND_URL $AWS_XRAY_URL"`;
  const PATH = `${folder}:/usr/bin:/bin`;
  const shell = spawnSync('sh', ['-c', script], {
    cwd: root,
    encoding: 'utf8',
    env: { HOME: folder, PATH, NODE: process.execPath, ...env },
  });
  return shell.stdout.trim();
}

describe.skipIf(process.platform === 'win32')('a shell that evaluates `npm run environment`', () => {
  test('has the addresses of the workspace on Gitpod', () => {
    expect(addresses({ GITPOD_WORKSPACE_ID: 'w-1', GITPOD_WORKSPACE_CLUSTER_HOST: 'ws-eu.gitpod.io' })).toBe(
      'https://3000-w-1.ws-eu.gitpod.io https://4567-w-1.ws-eu.gitpod.io *4567-w-1.ws-eu.gitpod.io*',
    );
  });

  test('has those of the codespace', () => {
    expect(addresses({ CODESPACE_NAME: 'octo', GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'app.github.dev' })).toBe(
      'https://octo-3000.app.github.dev https://octo-4567.app.github.dev *octo-4567.app.github.dev*',
    );
  });

  test("has those that Ona's CLI tells", () => {
    const ona = `#!/bin/sh
test "$*" = "environment port list -o json" || exit 1
echo '[{"port":3000,"url":"https://3000--e.gitpod.dev"},{"port":4567,"url":"https://4567--e.gitpod.dev"}]'
`;
    expect(addresses({ GITPOD_ENVIRONMENT_ID: 'e' }, { ona })).toBe(
      'https://3000--e.gitpod.dev https://4567--e.gitpod.dev *4567--e.gitpod.dev*',
    );
  });

  test("has nothing else where it asks for the addresses, as the dev container's backend does", () => {
    const { backend } = (parse(read('.devcontainer/compose.yaml')) as Compose).services;
    const [shell = '', , script = ''] = backend.command;
    const shown = script.replaceAll('$$', '$').replace('exec node sample-backend/src/main.ts', 'env');
    const { stdout } = spawnSync(shell, ['-c', shown], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, CODESPACE_NAME: 'octo' },
    });
    expect(stdout).toContain('BACKEND_URL=https://octo-4567.app.github.dev\n');
    expect(stdout).not.toContain('OTEL_');
    expect(Object.keys(backend.environment)).toContain('CODESPACE_NAME');
  });

  test('has local ones elsewhere, at the ports that the sample is given', () => {
    expect(addresses({ PORT: '5000' })).toBe('http://127.0.0.1:3000 http://127.0.0.1:5000 *127.0.0.1:5000*');
  });
});

/** The Feature's description, held against the code that it describes. What it installs runs in e2e/containers/feature.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { environmentFor, environmentOf, servedInterfaces } from '../extension/src/services/environment.ts';
import { expectedEndpoints } from '../extension/src/services/expectedHub.ts';
import { defaultPorts } from '../extension/src/services/ports.ts';

const folder = fileURLToPath(new URL('../features/sightline', import.meta.url));
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

interface Feature {
  readonly id: string;
  readonly version: string;
  readonly options: Record<string, { readonly type: string; readonly default: unknown; readonly description: string }>;
  readonly installsAfter: readonly string[];
  readonly containerEnv: Record<string, string>;
  readonly postStartCommand: Record<string, string>;
  readonly postAttachCommand: Record<string, string>;
  readonly customizations: { readonly vscode: { readonly extensions: readonly string[] } };
}

const feature = JSON.parse(read('devcontainer-feature.json')) as Feature;

test('the environment is the one that the extension gives everyone for a hub on its usual ports', () => {
  const variables = environmentOf({
    endpoints: expectedEndpoints({}),
    served: servedInterfaces,
    serviceName: 'backend',
    hasAwsCredentials: true,
    forwarder: { kind: 'none' },
  });
  expect(feature.containerEnv).toEqual(environmentFor('everyone', variables));
});

test('it says only what the specification of Features knows', () => {
  const known = ['id', 'version', 'name', 'description', 'documentationURL', 'licenseURL', 'options', 'installsAfter'];
  const later = ['containerEnv', 'postStartCommand', 'postAttachCommand', 'customizations'];
  expect(Object.keys(feature)).toEqual([...known, ...later].filter((name) => name in feature));
  expect(Object.keys(feature)).toHaveLength(known.length + later.length);
  for (const option of Object.values(feature.options)) {
    expect(typeof option.default).toBe(option.type);
    expect(['type', 'default', 'proposals', 'description']).toEqual(expect.arrayContaining(Object.keys(option)));
  }
});

test('the ports are those of the hub', () => {
  const { port, otlpPort, otlpGrpcPort, xrayPort } = feature.options;
  const ports = { api: port, otlpHttp: otlpPort, otlpGrpc: otlpGrpcPort, xray: xrayPort };
  for (const [name, option] of Object.entries(ports)) {
    expect(`${name} ${String(option?.default)}`).toBe(`${name} ${defaultPorts[name as keyof typeof defaultPorts]}`);
  }
});

test('every option is read by the script, with the same default', () => {
  for (const [name, option] of Object.entries(feature.options)) {
    const variable = name.toUpperCase();
    expect(read('install.sh')).toContain(`\n${variable}=\${${variable}:-${String(option.default)}}\n`);
  }
});

test('it comes after the features whose Node it may use, in the version of the extension', () => {
  expect(feature.installsAfter).toContain('ghcr.io/devcontainers/features/node');
  const manifest = readFileSync(path.join(folder, '../../extension/package.json'), 'utf8');
  expect(feature.version).toBe((JSON.parse(manifest) as { version: string }).version);
  expect(feature.id).toBe(path.basename(folder));
});

test('what it starts in the container is what the script puts there', () => {
  const installed = '/usr/local/share/sightline/';
  const named = [feature.postStartCommand, feature.postAttachCommand].flatMap((commands) => Object.values(commands));
  for (const command of named) {
    const [file = ''] = command.split(' ');
    expect(file.startsWith(installed)).toBe(true);
    expect(existsSync(path.join(folder, path.basename(file)))).toBe(true);
    expect(read('install.sh')).toContain(`"$to/${path.basename(file)}"`);
  }
  expect(feature.customizations.vscode.extensions).toEqual([`${installed}sightline.vsix`]);
});

test.skipIf(process.platform === 'win32').each(['install.sh', 'start.sh', 'extension.sh'])(
  '%s is a script for any POSIX shell',
  (name) => {
    expect(read(name)).not.toMatch(/\[\[|^\s*(local|function) /m);
    expect(spawnSync('sh', ['-n', path.join(folder, name)], { encoding: 'utf8' }).stderr).toBe('');
  },
);

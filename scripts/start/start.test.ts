import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../e2e/paths.ts';
import { processesGiven } from '../../e2e/processes.ts';
import { until } from '../../e2e/until.ts';

/** A `code` that writes down how it was called, and stays open like a window when it was told to wait. */
const recorder = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === '--version') {
  console.log('1.130.0\\nabc\\nx64');
} else {
  fs.appendFileSync(process.env.CALLS, args.join(' ') + '\\n');
  if (args.includes('--wait')) setInterval(() => {}, 1000);
}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-start-test-'));
  writeFileSync(path.join(folder, 'code'), recorder);
  chmodSync(path.join(folder, 'code'), 0o755);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(process.platform === 'win32')(
  'a desktop VS Code opens the sample in a profile of its own, and Ctrl-C closes it',
  async () => {
    const { child, ended } = start({ DISPLAY: ':0', VSCODE_IPC_HOOK_CLI: undefined });
    await until('code was called', () => calls() !== '');
    expect(scrubbed(calls())).toMatchInlineSnapshot(`
      "--new-window --wait --user-data-dir=<state>/state/desktop --extensions-dir=<state>/state/desktop-extensions --extensionDevelopmentPath=<project>/extension --disable-workspace-trust --skip-release-notes --skip-welcome <project>/sample-backend
      "
    `);
    const settings = JSON.parse(readFileSync(path.join(folder, 'state/desktop/User/settings.json'), 'utf8'));
    expect(settings['sightline.hub.dataDirectory']).toBe(path.join(folder, 'state/hub'));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(processesGiven(folder)).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')(
  'in a remote window the extension is installed there, and the sample opens',
  async () => {
    const { ended } = start({ VSCODE_IPC_HOOK_CLI: '/run/vscode-ipc.sock' });
    expect(await ended).toBe(0);
    expect(scrubbed(calls())).toMatchInlineSnapshot(`
      "--install-extension <project>/.cache/sightline.vsix --force
      <project>/sample-backend
      "
    `);
  },
);

function start(env: Record<string, string | undefined>) {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`,
      CALLS: path.join(folder, 'calls'),
      SIGHTLINE_START_DIR: path.join(folder, 'state'),
      ...env,
    },
    stdio: 'ignore',
  });
  return { child, ended: new Promise((resolve) => child.once('close', resolve)) };
}

function calls(): string {
  const file = path.join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function scrubbed(text: string): string {
  return text.replaceAll(folder, '<state>').replaceAll(projectRoot, '<project>/').replaceAll('\\', '/');
}

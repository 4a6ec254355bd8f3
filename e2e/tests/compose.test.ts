/** A foreign folder whose backend is a service of its compose file, on a real engine. Skipped where none answers that has the image. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { extensionFolder, SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';
import { sendSegment } from '../xraySegment.ts';

const image = 'debian:bookworm-slim';
const canRun = spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore', timeout: 10_000 }).status === 0;
if (!canRun) console.log(`  Skipped in part: no Docker engine answers that has the image ${image}.`);

/** Sends a span a second as OTLP in JSON to where the environment says, with nothing but a shell. */
const sender = `
at=\${OTEL_EXPORTER_OTLP_ENDPOINT#http://}
while :; do
  now=$(date +%s)
  id=$(printf '%016x' "$now")
  body='{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"'$OTEL_SERVICE_NAME'"}}]},"scopeSpans":[{"spans":[{"traceId":"'$id$id'","spanId":"'$id'","name":"GET /from-a-container","kind":2,"startTimeUnixNano":"'$now'000000000","endTimeUnixNano":"'$now'005000000"}]}]}]}'
  exec 3<>"/dev/tcp/\${at%:*}/\${at#*:}" && printf 'POST /v1/traces HTTP/1.1\\r\\nHost: %s\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$at" "\${#body}" "$body" >&3 && head -1 <&3
  exec 3<&-
  sleep 1
done
`;

const compose = `# The shop
services:
  web: # the page
    image: ${image}
    init: true
    command: ["bash", "/app/send.sh"]
    volumes: [".:/app:ro"]
    depends_on: [db]
  db:
    image: ${image}
    init: true
    command: ["sleep", "600"]
`;

const daemonImage = 'amazon/aws-xray-daemon';
const canRunDaemon =
  canRun && spawnSync('docker', ['image', 'inspect', daemonImage], { stdio: 'ignore', timeout: 10_000 }).status === 0;

/** As people write it: UDP alone, which is all that segments need. */
function withDaemon(port: number): string {
  return `services:
  web:
    image: ${image}
    init: true
    command: ["sleep", "600"]
  xray-daemon:
    image: ${daemonImage}
    command: ["-o", "-n", "us-east-1"]
    ports: ["${port}:2000/udp"]
`;
}

let root: string;
let folder: string;
let editor: SampleEditor;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'sightline-e2e-compose-'));
  folder = path.join(root, `it's the shop`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'compose.yaml'), compose);
  writeFileSync(path.join(folder, 'send.sh'), sender);
  editor = await SampleEditor.start({ settings: withoutSample });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-compose');
});

afterAll(async () => {
  await editor?.stop();
  spawnSync('docker', ['rm', '--force', ...containers()], { stdio: 'ignore' });
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(!canRun)('a backend that is a compose service', () => {
  test('is chosen once, started with the hub in its reach, and seen with its state and traces', async () => {
    const window = await editor.openWindow({ folder, extensionFolder });
    await window.showSightline();
    await window.runCommand('Sightline: Start All');
    await window.page.getByText('What starts the backend').waitFor();
    await pick(window, 'web');
    await window.row('Services', /^Backend\s*running/).waitFor({ timeout: 60_000 });
    await window
      .row('Traces', /GET \/from-a-container/)
      .first()
      .waitFor();
    // The list draws only the rows that it has room for.
    for (const view of ['Traces', 'Logs', 'Errors']) {
      await window.page.locator(`.pane-header[aria-label^="${view}"]`).press('ArrowLeft');
    }
    await window.expand('Services', /^Compose/);
    await window.row('Services', /^web\s*running/).waitFor();
    await window.row('Services', /^db\s*running/).waitFor();
    await window.widenSidebar(620);
    await window.picture('compose');
    expect(readFileSync(path.join(folder, 'compose.yaml'), 'utf8')).toBe(compose);

    // By somebody else, at a shell.
    const [db = ''] = containers('db');
    spawnSync('docker', ['kill', db], { stdio: 'ignore' });
    await window.row('Services', /^db\s*stopped/).waitFor();

    // The choice is remembered: a second start asks nothing.
    await window.runCommand('Sightline: Stop All');
    await window.row('Services', /^web\s*stopped/).waitFor({ timeout: 60_000 });
    await window.runCommand('Sightline: Start All');
    await window.row('Services', /^Backend\s*running/).waitFor({ timeout: 60_000 });
    const took = await until('the log says how long it took', () => startsIn(editor.folder).at(-1));
    console.log(`  Warm start of hub and two compose services: ${took} ms`);

    // One that ends at once is named, with its exit code.
    writeFileSync(path.join(folder, 'send.sh'), 'echo "no database"; exit 3');
    await window.runCommand('Sightline: Restart Service');
    await window.page.getByPlaceholder('Restart which service?').waitFor();
    await pick(window, 'Backend');
    const message = window.page.getByText(/web ended with exit code 3 at once/).first();
    await message.waitFor({ timeout: 60_000 });
    await window.picture('compose-failed');
    expect(await message.isVisible()).toBe(true);
  }, 240_000);
});

describe.skipIf(!canRunDaemon)('an X-Ray daemon that is a compose service', () => {
  test('is chosen and started with the file, leaves no port to the hub, hands segments to it and says so', async () => {
    const own = path.join(root, 'with a daemon');
    mkdirSync(own);
    const second = await SampleEditor.start({ settings: { ...withoutSample, 'sightline.startWith': 'compose' } });
    // The one that the hub would take too.
    const port = second.ports.xray;
    writeFileSync(path.join(own, 'compose.yaml'), withDaemon(port));
    try {
      const window = await second.openWindow({ folder: own, extensionFolder });
      await window.showSightline();
      await window.runCommand('Sightline: Start All');
      await window
        .row('Services', new RegExp(`^X-Ray daemon\\s*127\\.0\\.0\\.1:${port} · waiting for segments`))
        .waitFor({ timeout: 60_000 });
      await sendSegment(port, '/checkout');
      await window.row('Traces', /GET \/checkout/).waitFor();
      await window.row('Services', /X-Ray daemon.*batch sent 1 segment/).waitFor();
      await window.widenSidebar(620);
      await window.picture('compose-xray-daemon');
      // Nobody else was in the way: the segment went through the container.
      const [daemon = ''] = containers('xray-daemon', own);
      const { stdout } = spawnSync('docker', ['logs', daemon], { encoding: 'utf8' });
      expect(stdout).toContain('Successfully sent batch of 1 segments');

      spawnSync('docker', ['stop', daemon], { stdio: 'ignore' });
      await window.row('Services', /X-Ray daemon\s*stopped/).waitFor();
      spawnSync('docker', ['start', daemon], { stdio: 'ignore' });
      await window.row('Services', new RegExp(`^X-Ray daemon\\s*127\\.0\\.0\\.1:${port}`)).waitFor();
    } catch (error) {
      await second.pictures('failed-compose-xray-daemon');
      throw error;
    } finally {
      spawnSync('docker', ['rm', '--force', ...containers(undefined, own)], { stdio: 'ignore' });
      await second.stop();
    }
  }, 240_000);
});

describe('Add to This Repository', () => {
  test('shows the changes, and writes them once they are confirmed', async () => {
    const foreign = path.join(root, 'foreign');
    mkdirSync(path.join(foreign, '.vscode'), { recursive: true });
    writeFileSync(path.join(foreign, 'requirements.txt'), 'flask\n');
    writeFileSync(path.join(foreign, 'compose.yaml'), compose);
    writeFileSync(
      path.join(foreign, '.vscode', 'tasks.json'),
      '{\n  // mine\n  "version": "2.0.0",\n  "tasks": []\n}\n',
    );
    const window = await editor.openWindow({ folder: foreign, extensionFolder });
    await window.showSightline();
    await window.runCommand('Sightline: Add to This Repository…');
    await window.page
      .getByText('The changes are shown before')
      .or(window.page.getByPlaceholder('The changes are shown before'))
      .first()
      .waitFor();
    await window.page.keyboard.press('Enter');
    const write = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Write 4 files' });
    await write.waitFor();
    await window.page.getByText('aws-xray-daemon').or(window.page.locator('.monaco-diff-editor')).first().waitFor();
    // The editors below are still unfolding.
    await until('the window is at rest', () =>
      window.picture('add-to-repository').then(
        () => true,
        () => false,
      ),
    );
    expect(existsSync(path.join(foreign, '.devcontainer'))).toBe(false);

    await write.click();
    await until('the files are written', () => Promise.resolve(existsSync(path.join(foreign, '.env.example'))));
    await until('the last one is', () =>
      Promise.resolve(readFileSync(path.join(foreign, '.vscode', 'tasks.json'), 'utf8').includes('compose: up')),
    );
    expect(readdirSync(foreign).toSorted()).toEqual([
      '.devcontainer',
      '.env.example',
      '.vscode',
      'compose.yaml',
      'requirements.txt',
    ]);
    expect(readFileSync(path.join(foreign, '.vscode', 'tasks.json'), 'utf8')).toContain('// mine');
    expect(readFileSync(path.join(foreign, 'compose.yaml'), 'utf8')).toContain('web: # the page');
  });
});

async function pick(window: EditorWindow, text: string): Promise<void> {
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
}

function containers(service?: string, of = folder): string[] {
  const filters = [`label=com.docker.compose.project.working_dir=${of}`];
  if (service !== undefined) filters.push(`label=com.docker.compose.service=${service}`);
  const args = ['ps', '--all', '--quiet', ...filters.flatMap((filter) => ['--filter', filter])];
  return spawnSync('docker', args, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((id) => id !== '');
}

/** How long each start of all services took, as the extension's log has it. */
function startsIn(editorFolder: string): readonly string[] {
  const logs = readdirSync(path.join(editorFolder, 'editor'), { recursive: true, encoding: 'utf8' });
  const own = logs.filter((file) => /sightline\.sightline[/\\].*\.log$/.test(file));
  const text = own.map((file) => readFileSync(path.join(editorFolder, 'editor', file), 'utf8')).join('');
  return [...text.matchAll(/Started all in (\d+) ms/g)].map(([, millis = '']) => millis);
}

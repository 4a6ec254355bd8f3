/** Looking at AWS instead of the local hub, with another hub in the place of AWS: as a person does it, from the palette. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { projectRoot } from '../paths.ts';
import { SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';

const plantedAwsSecret = 'PlantedSecretOfAwsProfile00000000000000';
const plantedKey = 'PlantedHoneycombKey123';
const folder = mkdtempSync(path.join(tmpdir(), 'sightline-cloud-'));
let cloud: ChildProcess;
let endpoint: string;
let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  await startCloud();
  const files = { config: path.join(folder, 'config'), credentials: path.join(folder, 'credentials') };
  writeFileSync(files.config, '[profile staging]\nregion = eu-central-1\n[profile corp]\nsso_session = corp\n');
  writeFileSync(
    files.credentials,
    `[staging]\naws_access_key_id = AKIASTAGING\naws_secret_access_key = ${plantedAwsSecret}\n`,
  );
  const settings = {
    ...withoutSample,
    'sightline.autostart': true,
    'sightline.aws.xrayEndpoint': endpoint,
    'sightline.aws.logsEndpoint': endpoint,
    'sightline.honeycomb.endpoint': endpoint,
    'sightline.relay.xrayEndpoint': endpoint,
    'sightline.relay.awsProfile': 'staging',
    'sightline.relay.awsRegion': 'eu-central-1',
    'workbench.colorTheme': 'Default Dark Modern',
  };
  const env = { AWS_CONFIG_FILE: files.config, AWS_SHARED_CREDENTIALS_FILE: files.credentials };
  editor = await SampleEditor.start({ settings, env });
  window = await editor.openWindow();
  await until('a hub runs', async () => (await findRunningHub(editor.hubDataDir)) !== undefined, 60_000);
  await window.showSightline();
  for (const view of ['Services', 'Errors']) {
    // oxlint-disable-next-line no-await-in-loop -- each click moves the others.
    await window.closeView(view);
  }
  await window.widenSidebar(480);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-cloud-source');
});

afterAll(async () => {
  await editor?.stop();
  const ended = once(cloud, 'exit');
  cloud.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test('a profile and a region are chosen, and the traces of that account are shown', async () => {
  await window.runCommand('Sightline: Choose Source…');
  await window.page.locator('.quick-input-widget .monaco-list-row', { hasText: 'corp' }).waitFor();
  await window.picture('cloud-choose-source-dark');
  await option('staging').click();
  await chooseByName('eu-central-1');
  await window.row('Traces', /GET \/in\/the\/cloud/).waitFor();
  await window.expand('Traces', /GET \/in\/the\/cloud/);
  await window.row('Traces', /^cloud-shop/).waitFor();
  await window.picture('cloud-traces-dark');
  expect(await window.page.locator('.sidebar .pane-header[aria-label^="Traces"]').textContent()).toContain(
    'AWS staging eu-central-1',
  );
});

test('the sampling rules are those of the account, and one is changed there once its difference was shown', async () => {
  await window.runCommand('Sightline: Focus on Sampling View');
  await window.row('Sampling', /^Default.*all.*last/).click();
  expect(await window.page.locator('.sidebar .pane-header[aria-label^="Sampling"]').textContent()).toContain(
    'AWS staging eu-central-1',
  );
  await window.runCommand('Sightline: Edit Sampling Rule…');
  await option('FixedRate').click();
  const input = window.page.locator('.quick-input-widget input.input');
  await until('it asks for the rate', async () => (await input.inputValue()) === '1');
  await input.fill('25 %');
  await input.press('Enter');
  const dialog = window.page.locator('.monaco-dialog-box');
  await dialog.getByText('FixedRate 1 → 0.25').waitFor();
  await window.picture('cloud-sampling-difference-dark');
  await dialog.locator('.monaco-button', { hasText: 'Write' }).click();
  await window.row('Sampling', /^Default.*25 %/).waitFor();
  await window.picture('cloud-sampling-dark');
  await window.closeView('Sampling');
});

test('what was read there is counted below Cost', async () => {
  await window.runCommand('Sightline: Show Cost…');
  const lines = window.page.locator('.view-lines', { hasText: /traces?\sscanned/ });
  await lines.waitFor();
  expect(await lines.textContent()).toMatch(
    /AWS\sX-Ray.*traces?\sretrieved,\s\d+\straces?\sscanned,\s\d+\scalls\sof\sthe\sviews/s,
  );
  await window.picture('cloud-cost-dark');
});

test('the choice outlives a reload, and Local is one choice away', async () => {
  await window.untilKept('sightline.source');
  await window.reload();
  await window.showSightline();
  await window.row('Traces', /GET \/in\/the\/cloud/).waitFor();
  await window.runCommand('Sightline: Choose Source…');
  await option('the hub on this machine').click();
  await window.row('Traces', /GET \/in\/the\/cloud/).waitFor({ state: 'detached' });
  expect(await window.rows('Traces').filter({ hasText: 'cloud' }).count()).toBe(0);
});

test('what is handed on is switched in Services, which says what has arrived', async () => {
  await window.runCommand('Sightline: Switch Destination On…');
  await chooseDestination('AWS X-Ray');
  await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Switch On' }).click();
  for (const view of ['Traces', 'Logs']) {
    // oxlint-disable-next-line no-await-in-loop -- each click moves the others.
    await window.closeView(view);
  }
  await window.page.locator('.sidebar .pane-header[aria-label^="Services"]').click();
  await window.expand('Services', /^Handed on/);
  await window.row('Services', /^AWS X-Ray\s*nothing to send yet/).waitFor();
  await window.picture('cloud-handed-on-dark');
  expect(await window.row('Services', /^Handed on/).textContent()).toContain('AWS X-Ray');
});

test('a key that was checked is kept, and no secret is in any file that the product wrote', async () => {
  await window.runCommand('Sightline: Set Honeycomb Key…');
  const input = window.page.locator('.quick-input-widget input.input');
  await until('it asks for the key', async () => (await input.getAttribute('type')) === 'password');
  await input.fill(plantedKey);
  await input.press('Enter');
  await window.page.getByText('The Honeycomb key is kept: team local, environment local.').first().waitFor();
  await window.picture('cloud-honeycomb-key-dark');
  for (const secret of [plantedKey, plantedAwsSecret]) {
    expect(filesWith(secret, editor.folder)).toEqual([]);
  }
});

/** Once the palette has made room for the question. */
async function chooseDestination(name: string): Promise<void> {
  await window.page.locator('.quick-input-title', { hasText: 'Choose a Destination' }).waitFor();
  await option(name).click();
}

/** Types what is wanted, since the list moves while the mouse is on its way. */
async function chooseByName(name: string): Promise<void> {
  const input = window.page.locator('.quick-input-widget input.input');
  await until(
    'regions are offered',
    async () => (await input.getAttribute('placeholder'))?.includes('region') === true,
  );
  await input.fill(name);
  await option(name).waitFor();
  await input.press('Enter');
}

/** Every file below a folder that holds this text. */
function filesWith(text: string, below: string): string[] {
  const files = globSync('**/*', { cwd: below }).map((name) => path.join(below, name));
  return files.filter(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file).includes(text),
  );
}

function option(label: string) {
  return window.page.locator('.quick-input-widget .monaco-list-row', { hasText: label }).first();
}

async function startCloud(): Promise<void> {
  const main = path.join(projectRoot, 'hub/dist/main.js');
  const ports = ['--port', '0', '--otlp-port', 'none', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  cloud = spawn(process.execPath, [main, '--data-dir', path.join(folder, 'hub'), ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: cloud.stdout ?? process.stdin }), 'line')) as [string];
  endpoint = (JSON.parse(line) as ReadyLine).endpoints.api;
  const start = Date.now() / 1000 - 60;
  const segment = {
    trace_id: `1-${Math.floor(start).toString(16)}-${'1'.repeat(24)}`,
    id: '1111111111111111',
    name: 'cloud-shop',
    start_time: start,
    end_time: start + 0.25,
    http: { request: { method: 'GET', url: 'http://shop.example/in/the/cloud' }, response: { status: 200 } },
  };
  await fetch(`${endpoint}/TraceSegments`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIASTAGING/20261123/eu-central-1/xray/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(segment)] }),
  });
}

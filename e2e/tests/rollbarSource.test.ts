/** Errors of Rollbar, and a test to each destination, with another hub in the place of the vendors: as a person does it, from the palette. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCloudHub, type CloudHub } from '../cloudHub.ts';
import type { EditorWindow } from '../editorWindow.ts';
import { filesWith } from '../filesWith.ts';
import { SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';

const planted = {
  awsSecret: 'PlantedSecretOfAwsProfile00000000000000',
  honeycombKey: 'PlantedHoneycombKey123',
  postToken: 'PlantedRollbarPostToken000000001',
  readToken: 'PlantedRollbarReadToken000000001',
  writeToken: 'PlantedRollbarWriteToken00000001',
};
const error = /^TypeError: the feed is undefined/;
const folder = mkdtempSync(path.join(tmpdir(), 'sightline-rollbar-'));
let cloud: CloudHub;
let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  cloud = await startCloudHub(path.join(folder, 'cloud'));
  await report();
  const files = { config: path.join(folder, 'config'), credentials: path.join(folder, 'credentials') };
  writeFileSync(files.config, '[profile staging]\nregion = eu-central-1\n');
  writeFileSync(
    files.credentials,
    `[staging]\naws_access_key_id = AKIASTAGING\naws_secret_access_key = ${planted.awsSecret}\n`,
  );
  const settings = {
    ...withoutSample,
    'sightline.autostart': true,
    'sightline.honeycomb.endpoint': cloud.endpoint,
    'sightline.rollbar.endpoint': cloud.endpoint,
    'sightline.rollbar.readEndpoint': cloud.endpoint,
    'sightline.relay.otlpEndpoint': cloud.endpoint,
    'sightline.relay.xrayEndpoint': cloud.endpoint,
    'sightline.relay.logsEndpoint': cloud.endpoint,
    'sightline.relay.awsProfile': 'staging',
    'sightline.relay.awsRegion': 'eu-central-1',
    'workbench.colorTheme': 'Default Dark Modern',
  };
  const env = { AWS_CONFIG_FILE: files.config, AWS_SHARED_CREDENTIALS_FILE: files.credentials };
  editor = await SampleEditor.start({ settings, env });
  window = await editor.openWindow();
  await until('a hub runs', async () => (await findRunningHub(editor.hubDataDir)) !== undefined, 60_000);
  await window.showSightline();
  for (const view of ['Services', 'Traces', 'Logs']) await window.closeView(view);
  await window.widenSidebar(480);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-rollbar-source');
});

afterAll(async () => {
  await editor?.stop();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('Rollbar is chosen, which asks for a token that reads, and its errors are shown with their stack', async () => {
  await window.runCommand('Sightline: Choose Source of Errors…');
  await option('asks for a token that reads').waitFor();
  await window.picture('rollbar-choose-source-dark');
  await option('asks for a token that reads').click();
  await typeSecret(planted.readToken);
  await window.openView('Errors');
  await window.row('Errors', error).waitFor();
  await window.expand('Errors', error);
  await window.row('Errors', /^loadFeed\s*feed\.ts:14/).waitFor();
  const header = window.page.locator('.sidebar .pane-header[aria-label^="Errors"]');
  expect(await header.textContent()).toContain('Rollbar (127.0.0.1:');
  await window.picture('rollbar-errors-dark');
});

test('the choice outlives a reload, and an error is resolved in Rollbar', async () => {
  await window.untilKept('sightline.errorSource');
  await window.reload();
  await window.showSightline();
  const row = window.row('Errors', error);
  await row.waitFor();
  await setSecret('Rollbar token that writes', planted.writeToken);
  await row.click();
  await window.runCommand('Sightline: Resolve Error');
  await row.waitFor({ state: 'detached' });
  expect(await statusInCloud()).toBe('resolved');
  await window.closeView('Errors');
  await window.page.locator('.sidebar .pane-header[aria-label^="Services"]').click();
  await window.expand('Services', /^Read from/);
  await window.picture('rollbar-read-from-dark');
  await window.row('Services', /^Errors\s*Rollbar/).click();
  await option('the hub on this machine').click();
  const header = window.page.locator('.sidebar .pane-header[aria-label^="Errors"]');
  await until('the view is local again', async () => !(await header.textContent())?.includes('Rollbar'));
  await window.row('Services', /^Read from/).waitFor({ state: 'detached' });
});

test('a token that is pasted into the list of tokens goes on to the masked input', async () => {
  await window.runCommand('Sightline: Set Rollbar Token…');
  await option('Rollbar token that sends').waitFor();
  const input = window.page.locator('.quick-input-widget input.input');
  await input.fill(planted.postToken);
  await until('it is masked', async () => (await input.getAttribute('type')) === 'password');
  expect(await input.inputValue()).toBe(planted.postToken);
  await input.press('Enter');
  await checkMessage('The Rollbar token that sends items (post_server_item) is kept');
});

test('a test goes to each destination, and its outcome is said in words', async () => {
  await window.runCommand('Sightline: Set Honeycomb Key…');
  await typeSecret(planted.honeycombKey);
  const expected = [
    ['AWS X-Ray', 'X-Ray takes segments. A test trace'],
    ['AWS CloudWatch Logs', 'CloudWatch Logs takes events.'],
    ['Honeycomb (OTLP)', 'A test span named "sightline test" has been sent.'],
    ['Rollbar', 'Rollbar takes the token. A test item "Sightline test" has been sent'],
  ] as const;
  for (const [destination, outcome] of expected) {
    // Those of before would push it out of sight.
    await window.runCommand('Notifications: Clear All Notifications');
    await window.runCommand('Sightline: Send a Test to a Destination…');
    await window.page.locator('.quick-input-title', { hasText: 'Choose a Destination' }).waitFor();
    await option(destination).click();
    await checkMessage(outcome);
  }
  await window.picture('rollbar-tests-sent-dark');
});

test('no secret is in any file that the product wrote', () => {
  for (const secret of Object.values(planted)) {
    expect(filesWith(secret, editor.folder)).toEqual([]);
    expect(filesWith(secret, path.join(folder, 'cloud'))).toEqual([]);
  }
});

/** Among those behind the bell: an editor that is driven by a test does not let messages pop up. The newest is the first. */
async function checkMessage(text: string): Promise<void> {
  await window.runCommand('Notifications: Show Notifications');
  await window.page.locator('.notifications-center .monaco-list-row', { hasText: text }).first().waitFor();
}

async function setSecret(name: string, value: string): Promise<void> {
  await window.runCommand('Sightline: Set Rollbar Token…');
  await option(name).click();
  await typeSecret(value);
}

async function typeSecret(value: string): Promise<void> {
  const input = window.page.locator('.quick-input-widget input.input');
  await until('it asks for a secret', async () => (await input.getAttribute('type')) === 'password');
  await input.fill(value);
  await input.press('Enter');
}

function option(label: string) {
  return window.page.locator('.quick-input-widget .monaco-list-row', { hasText: label }).first();
}

async function report(): Promise<void> {
  const frames = [{ filename: '/app/feed.ts', lineno: 14, colno: 3, method: 'loadFeed' }];
  const exception = { class: 'TypeError', message: 'the feed is undefined' };
  const data = { environment: 'production', uuid: 'planted-1', body: { trace: { frames, exception } } };
  await fetch(`${cloud.endpoint}/api/1/item/`, { method: 'POST', body: JSON.stringify({ data }) });
}

async function statusInCloud(): Promise<string> {
  const reply = await fetch(`${cloud.endpoint}/api/1/item/1`);
  return ((await reply.json()) as { result: { status: string } }).result.status;
}

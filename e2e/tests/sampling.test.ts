/** Sampling rules as a person meets them: how often each matches, a rule made, changed, imported and deleted, and what the rules would do. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { HubClient } from '@sightline/hub/client/hubClient';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { projectRoot } from '../paths.ts';
import { extensionFolder, SampleEditor } from '../sampleEditor.ts';
import { until } from '../until.ts';

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  window = await editor.openWindow();
  await until('the backend answers', async () => await request('/api/health-check'), 60_000);
  // Rows that do not fit are not there, so the views of this test get the room of the others.
  for (const view of ['Services', 'Logs', 'Errors', 'Traces']) await window.closeView(view);
  await window.runCommand('Sightline: Focus on Sampling View');
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-sampling');
});

afterAll(async () => {
  await editor?.stop();
});

test('the built-in rules are there in order of priority, and count what the sample’s SDK reports', async () => {
  await checkShown(/^SightlineHealthChecks.*built in/);
  await checkShown(/^Default.*all.*last.*built in/);
  await until('the SDK has reported', isReported, 60_000);
});

test('a rule is made step by step, and a wrong value is told at once', async () => {
  await window.runCommand('Sightline: Create Sampling Rule…');
  await type('RuleName', 'Cruddur');
  await type('ServiceName', 'backend');
  await type('URLPath', '/api/activities/home');
  await fill('FixedRate', '110 %');
  await window.page.getByText('FixedRate must be a number from 0 to 1.').first().waitFor();
  await window.picture('sampling-wrong-rate');
  await type('FixedRate', '10 %');
  await type('ReservoirSize', '5');
  await type('Priority', '9000');
  await checkShown(/^Cruddur.*5\/s \+ 10 %.*no match in 5 min.*backend \/api\/activities\/home.*priority 9000/);
});

test('its members are below it, and one of them is changed', async () => {
  await window.expand('Sampling', /^Cruddur/);
  await window.select('Sampling', /^ReservoirSize/);
  await window.runCommand('Sightline: Edit Sampling Rule…');
  await type('ReservoirSize', '2');
  await checkShown(/^Cruddur.*2\/s \+ 10 %/);
  await window.widenSidebar(520);
  await window.picture('sampling-dark');
});

test('a dry run of the last hour says why the rule does not catch a request with a query', async () => {
  await request('/api/activities/home?page=2');
  // Its segment is sent after its answer.
  await until('the request is stored', isStored);
  await window.runCommand('Sightline: Dry Run of the Last Hour (Sampling)');
  await checkInDocument(/Cruddur: catches \d+ requests?/);
  await checkInDocument(
    /URLPath is "\/api\/activities\/home", and the X-Ray SDK for Node compares it with the path and its query/,
  );
  await window.picture('sampling-dry-run');
});

test('one request that somebody types is explained', async () => {
  await window.runCommand('Sightline: Which Sampling Rule Catches…');
  await type('the request', 'GET http://localhost:4567/api/activities/home?page=2');
  await type('the service', 'backend');
  await window.page.locator('.quick-input-widget').getByText('X-Ray SDK for Python').first().click();
  await checkInDocument(/Cruddur catches it\. Of 10 such a second 2\.8 would be kept/);
});

test('a rule opens as JSON, and saving it changes the rule', async () => {
  await window.select('Sampling', /^Cruddur/);
  await window.runCommand('Sightline: Open Sampling Rule as JSON');
  await window.page.locator('.tab.active', { hasText: 'Cruddur.json' }).waitFor();
  await replaceInDocument('"FixedRate": 0.1', '"FixedRate": 0.25');
  await checkShown(/^Cruddur.*2\/s \+ 25 %/);
});

test('files of the AWS CLI are imported after a preview', async () => {
  const folder = path.join(editor.folder, 'import');
  cpSync(path.join(projectRoot, 'aws'), path.join(folder, 'aws'), { recursive: true });
  const other = await editor.openWindow({ folder, extensionFolder });
  await other.runCommand('Sightline: Focus on Sampling View');
  await other.runCommand('Sightline: Import Sampling Rules…');
  const picker = other.page.locator('.quick-input-widget');
  await picker
    .locator('.monaco-list-row', { hasText: 'xray-health-check.json' })
    .locator('[type=checkbox], .monaco-checkbox')
    .first()
    .click();
  await picker
    .locator('.monaco-list-row', { hasText: 'xray.json' })
    .locator('[type=checkbox], .monaco-checkbox')
    .first()
    .click();
  await picker.getByRole('button', { name: 'OK' }).click();
  const dialog = other.page.locator('.monaco-dialog-box');
  await dialog.getByText(/New: HealthCheck keeps none, priority 10/).waitFor();
  await dialog.getByText(/Changed: Cruddur: .*FixedRate 0.25 → 0.1/).waitFor();
  await other.picture('sampling-import');
  await dialog.getByRole('button', { name: 'Import' }).click();
  // The other window learns of it by the change feed.
  await checkShown(/^HealthCheck.*none.*priority 10/);
  await checkShown(/^Cruddur.*5\/s \+ 10 %.*backend-flask/);
  await other.close();
});

test('a rule is deleted once that is confirmed', async () => {
  await window.select('Sampling', /^Cruddur/);
  await window.runCommand('Sightline: Delete Sampling Rule…');
  const dialog = window.page.locator('.monaco-dialog-box');
  await dialog.getByText('Delete the sampling rule "Cruddur"?').waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await window.row('Sampling', /^Cruddur/).waitFor({ state: 'detached' });
  expect(await window.row('Sampling', /^Default/).count()).toBe(1);
});

/** Makes requests until both rules say how many were kept. */
async function isReported(): Promise<boolean> {
  await Promise.all([request('/api/activities/home'), request('/api/health-check')]);
  const [health, all] = await Promise.all([rowText(/^SightlineHealthChecks/), rowText(/^Default/)]);
  return / 0 of \d+ kept in 5 min/.test(health) && / (\d+) of \1 kept in 5 min/.test(all);
}

async function isStored(): Promise<boolean> {
  const client = new HubClient({ dataDir: editor.hubDataDir });
  try {
    const { requests } = await client.dryRunSampling();
    return requests.some(({ request: { path: asked } }) => asked?.endsWith('?page=2'));
  } finally {
    client.dispose();
  }
}

async function request(address: string): Promise<boolean> {
  return (await fetch(editor.url('backend', address))).ok;
}

/** Passes once the view has such a row; fails when it has none within a minute. */
async function checkShown(label: RegExp): Promise<void> {
  await window.row('Sampling', label).waitFor();
}

async function rowText(label: RegExp): Promise<string> {
  return (await window.row('Sampling', label).innerText()).replaceAll('\n', ' ');
}

/** Fills the box in whose title a member of a rule stands. */
async function fill(member: string, text: string): Promise<void> {
  await window.page.locator('.quick-input-title', { hasText: member }).waitFor();
  await window.page.locator('.quick-input-widget input.input').fill(text);
}

async function type(member: string, text: string): Promise<void> {
  await fill(member, text);
  await window.page.keyboard.press('Enter');
}

/** Passes once the document that is shown has such a line; the editor writes blanks as no-break spaces. */
async function checkInDocument(line: RegExp): Promise<void> {
  await until(`the document has ${line}`, async () => line.test(await documentText()));
}

async function documentText(): Promise<string> {
  const lines = window.page.locator('.editor-group-container.active .view-lines').first();
  return (await lines.innerText()).replaceAll(/\s+/g, ' ');
}

async function replaceInDocument(before: string, after: string): Promise<void> {
  await window.page.keyboard.press('Control+H');
  const widget = window.page.locator('.find-widget.visible');
  await widget.getByLabel('Find', { exact: true }).first().fill(before);
  await widget.getByLabel('Replace', { exact: true }).first().fill(after);
  await window.page.keyboard.press('Control+Alt+Enter');
  await window.page.keyboard.press('Escape');
  await window.page.keyboard.press('Control+S');
}

/** Log lines as a person meets them: the Logs view, the table of a stream, and the way from a line to its trace. */
import { findRunningHub } from '@sightline/hub/client/hubLock';
import type { FrameLocator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { SampleEditor } from '../sampleEditor.ts';
import { until } from '../until.ts';

const group = 'logs-test';
const million = 1_000_000;
/** The most lines of one PutLogEvents. */
const batch = 10_000;

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  window = await editor.openWindow();
  await until('the backend answers', async () => (await fetch(editor.url('backend', '/api/health-check'))).ok, 60_000);
  await call('CreateLogGroup', { logGroupName: group });
  await call('CreateLogStream', { logGroupName: group, logStreamName: 'web' });
  await window.runCommand('Sightline: Focus on Logs View');
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-logs');
});

afterAll(async () => {
  await editor?.stop();
});

test('a group that a program makes is a row, and its stream below it', async () => {
  await window.expand('Logs', /^logs-test/);
  await checkShown(/^web/);
});

test('lines are rows while they are written, the newest first, with local time, date and level', async () => {
  await write(['server listens', 'ERROR no such table', JSON.stringify({ level: 'warn', status: 500 })]);
  await window.expand('Logs', /^web/);
  await checkShown(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}\{"level":"warn","status":500\}/);
  const written = performance.now();
  await write(['one more']);
  await checkShown(/one more/);
  console.log(`  line written -> row on screen: ${(performance.now() - written).toFixed(0)} ms`);
  await window.widenSidebar(480);
  await window.picture('logs-dark');
});

test('a line opens the table of its stream, with that line selected', async () => {
  await window.row('Logs', /no such table/).click();
  const selected = table().locator('[role=row][aria-selected=true]');
  await selected.filter({ hasText: 'ERROR no such table' }).waitFor();
  expect(await table().locator('[role=row]').count()).toBe(5);
  await window.picture('log-table-dark');
});

test('the table follows what is written once it is asked to', async () => {
  await table().getByRole('button', { name: 'Follow' }).click();
  await write(['and another']);
  await checkShownInTable('and another');
});

test('the table filters, and opens JSON to its fields', async () => {
  await table().getByLabel('Filter pattern').fill('{ $.status = 500 }');
  await table().getByText('1 line').waitFor();
  await table().locator('[data-act=expand]').click();
  await table().locator('pre', { hasText: '"status": 500' }).waitFor();
  await table().getByLabel('Filter pattern').fill('');
  await checkShownInTable('server listens');
});

test('a request of the sample has its line, and the line leads to the trace', async () => {
  await fetch(editor.url('backend', '/api/activities/home'));
  await window.select('Logs', /^cruddur/);
  await window.runCommand('Sightline: Open Log as Table');
  await checkShownInTable('/api/activities/home');
  await table().locator('[data-act=trace]').first().click();
  // Selected last of all, with the focus.
  await window
    .rows('Traces')
    .and(window.page.locator('.selected.focused'))
    .filter({ hasText: /^GET \/api\/activities\/home/ })
    .waitFor();
});

test('it looks at home in a light theme too', async () => {
  await window.runCommand('Preferences: Toggle between Light/Dark Themes');
  await window.page.locator('.monaco-workbench.vs:not(.vs-dark)').first().waitFor();
  await checkShownInTable('/api/activities/home');
  await window.picture('logs-light');
});

test('a million lines open as a table, and more of them come as somebody scrolls', async () => {
  await call('CreateLogStream', { logGroupName: group, logStreamName: 'million' });
  const first = Date.now() - million;
  for (let line = 0; line < million; line += batch) {
    const logEvents = Array.from({ length: batch }, (_item, index) => ({
      timestamp: first + line + index,
      message: `line ${line + index + 1} GET /api/activities/home 200`,
    }));
    await call('PutLogEvents', { logGroupName: group, logStreamName: 'million', logEvents });
  }
  await window.select('Logs', /^million/);
  await window.runCommand('Sightline: Open Log as Table');
  const asked = performance.now();
  await checkShownInTable('line 1000000 GET');
  console.log(`  command -> a million lines on screen: ${(performance.now() - asked).toFixed(0)} ms`);
  // A few pages on: what is shown there comes from the hub as it is needed.
  await table().locator('[role=grid]').focus();
  for (let page = 0; page < 20; page += 1) await window.page.keyboard.press('PageDown');
  const selected = table().locator('[role=row][aria-selected=true]');
  await selected.filter({ hasText: /line 999[0-7]\d\d GET/ }).waitFor();
  await window.picture('log-table-million');
  const pressed = performance.now();
  await window.page.keyboard.press('End');
  await checkShownInTable('line 1 GET');
  console.log(`  End -> the oldest of a million lines: ${(performance.now() - pressed).toFixed(0)} ms`);
});

/** Passes once the Logs view has such a row; fails when it has none within a minute. */
async function checkShown(label: RegExp): Promise<void> {
  await window.row('Logs', label).waitFor();
}

/** Passes once the table has a row with this text. */
async function checkShownInTable(text: string): Promise<void> {
  await table().locator('[role=row]', { hasText: text }).first().waitFor();
}

/** The document of the table that is shown; the editor keeps it in a frame of a frame. */
function table(): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
}

/** Writes lines a millisecond apart, as an SDK of AWS does. */
async function write(messages: readonly string[]): Promise<void> {
  const logEvents = messages.map((message, index) => ({ timestamp: Date.now() - messages.length + index, message }));
  await call('PutLogEvents', { logGroupName: group, logStreamName: 'web', logEvents });
}

async function call(name: string, body: object): Promise<void> {
  const hub = await findRunningHub(editor.hubDataDir);
  const reply = await fetch(hub?.api ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${name}` },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
}

/** A failing request, from the button on the sample's page to the line of TypeScript: its error, its trace, its log lines. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { SampleEditor, sampleFolder } from '../sampleEditor.ts';
import { until } from '../until.ts';

const trace = /^GET \/api\/activities\/@\S+\s*500/;
const error = /^TypeError: Cannot read properties of undefined/;

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  window = await editor.openWindow();
  const isUp = async (): Promise<boolean> => (await fetch(editor.url('backend', '/api/health-check'))).ok;
  await until('the backend answers', isUp, 60_000);
  // Rows that do not fit are not there, so the views of this test get the room of the others.
  await window.closeView('Services');
  await window.closeView('Logs');
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-errors');
});

afterAll(async () => {
  await editor?.stop();
});

test('pressing "Failing request" on the page brings one message, which opens the error', async () => {
  await pressFailingRequest();
  // An editor that is driven by a test does not let messages pop up: they are behind the bell.
  await window.runCommand('Notifications: Show Notifications');
  const message = window.page.locator('.notifications-center .monaco-list-row', { hasText: 'New error: TypeError' });
  await message.waitFor();
  await window.picture('error-message-dark');
  await pressFailingRequest();
  expect(await message.count()).toBe(1);
  await message.getByRole('button', { name: 'Open', exact: true }).click();
  await checkShown('Errors', error);
  await checkShown('Errors', /^\d{4}-\d\d-\d\d/);
  await checkShown('Errors', /^TypeError: .*users\.ts:\d+$/);
  await until('the second time is counted', async () => /2×/.test(await window.row('Errors', error).innerText()));
});

test('its frame opens the line of TypeScript that failed', async () => {
  await window.row('Errors', /^bannerOfVersion1/).click();
  const file = path.join(sampleFolder, 'src/data/users.ts');
  const line =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('.join(')) + 1;
  await window.page.locator('.tab.active', { hasText: 'users.ts' }).waitFor();
  const place = window.page.locator('.statusbar-item', { hasText: /^Ln \d+/ });
  await until('the cursor is there', async () => (await place.innerText()).startsWith(`Ln ${line},`));
  expect(await place.innerText()).toMatch(`Ln ${line},`);
  await window.picture('error-line-dark');
});

test('it opens its trace, which shows the log lines of that request and the error', async () => {
  // The rows of the error have its room, and it opens by itself.
  await window.closeView('Traces');
  await window.row('Errors', /^Open trace/).click();
  const row = window.row('Traces', trace);
  await until('its row is open', async () => (await row.getAttribute('aria-expanded')) === 'true');
  await window.closeView('Errors');
  await checkShown('Traces', /^Errors \(1\)/);
  await checkShown('Traces', error);
  // While the view takes the room of the other one, its rows move, and a click may miss.
  await until('the log lines are open', async () => {
    await window.expand('Traces', /^Log lines \(\d+\)/);
    await window.row('Traces', / GET http /).waitFor({ timeout: 3_000 });
    return true;
  });
  await checkShown('Traces', / GET http \/api\/activities\/@juno\?fail=1 500/);
  await window.widenSidebar(520);
  await window.picture('error-trace-dark');
});

/** In a page of its own, as a person does. */
async function pressFailingRequest(): Promise<void> {
  const page = await editor.browser.newPage();
  await page.goto(editor.url('page', '/'));
  await page.locator('button#failing').click();
  await page.locator('#outcome', { hasText: '500' }).waitFor();
  await page.close();
}

/** Passes once the view has such a row; fails when it has none within a minute. */
async function checkShown(view: string, label: RegExp): Promise<void> {
  await window.row(view, label).waitFor();
}

/** What a person sees and does in the sidebar, with the sample running. */
import { readFileSync } from 'node:fs';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { descendantsOf } from '../processes.ts';
import { SampleEditor } from '../sampleEditor.ts';
import { until } from '../until.ts';

const home = /^GET \/api\/activities\/home/;
const profile = /^GET \/api\/activities\/@:handle/;

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  window = await editor.openWindow();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-sidebar');
});

afterAll(async () => {
  await editor?.stop();
});

test('the sidebar shows itself, and what runs', async () => {
  await checkShown('Services', /^Hub\s*running/);
  await checkShown('Services', /^Database\s*running/);
  await checkShown('Services', /^Backend\s*running/);
  // Rows out of sight are not in the page: what follows looks at the traces, and gives them the room.
  await window.closeView('Logs');
  await window.closeView('Errors');
});

test('a request is a row while it happens', async () => {
  const response = await fetch(editor.url('backend', '/api/activities/home'));
  const answered = performance.now();
  expect(response.status).toBe(200);
  await checkShown('Traces', home);
  console.log(`  response sent -> row on screen: ${(performance.now() - answered).toFixed(0)} ms`);
});

test('a request expands to the spans and segments of both SDKs, in one tree', async () => {
  await window.expand('Traces', home);
  await checkShown('Traces', /^home-activities-mock-data/);
  await fetch(editor.url('backend', '/api/activities/@juno'));
  await window.expand('Traces', profile);
  await checkShown('Traces', /^mock-data/);
  await checkShown('Traces', /^UserData/);
});

test('a failing request says so, and a health check leaves no row', async () => {
  await fetch(editor.url('backend', '/api/activities/@juno?fail=1'));
  await fetch(editor.url('backend', '/api/health-check'));
  await fetch(editor.url('backend', '/api/message_groups'));
  await checkShown('Traces', /^GET \/api\/activities\/@:handle\s*500 · /);
  await checkShown('Traces', /^GET \/api\/message_groups/);
  expect(
    await window
      .rows('Traces')
      .filter({ hasText: /health-check/ })
      .count(),
  ).toBe(0);
  await window.picture('sidebar-dark');
});

test('the raw documents of a request open read-only', async () => {
  await window.row('Traces', /^Open raw documents/).click();
  const text = window.page.locator('.editor-instance .view-lines').first();
  await text.filter({ hasText: 'trace' }).waitFor();
  await window.page.keyboard.type('x');
  expect(await text.textContent()).not.toMatch(/^x/);
  await window.picture('raw-documents-dark');
});

test('the hub may be killed: it comes back, and nothing is lost', async () => {
  await window.collapse('Traces', /^GET \/api\/activities\/@:handle\s*200/);
  const before = await findRunningHub(editor.hubDataDir);
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await until('another hub runs', async () => {
    const hub = await findRunningHub(editor.hubDataDir);
    return hub !== undefined && hub.pid !== before?.pid;
  });
  await fetch(editor.url('backend', '/api/activities/notifications'));
  await checkShown('Traces', /^GET \/api\/activities\/notifications/);
  await checkShown('Traces', home);
});

test('problems with received data are in the status bar until they are looked at', async () => {
  const hub = await findRunningHub(editor.hubDataDir);
  await fetch(new URL('/v1/traces', hub?.endpoints?.otlpHttp), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans": nonsense',
  });
  const warned = window.page.locator('.statusbar-item[aria-label*="1 problem with received data"]');
  await warned.locator('.codicon-warning').waitFor();
  await window.picture('problems-unseen-dark');
  await warned.click();
  await window.page.locator('.tab', { hasText: 'Sightline Problems' }).waitFor();
  await warned.waitFor({ state: 'detached' });
  expect(await warned.count()).toBe(0);
});

test('a backend that is killed is a warning in the status bar, with its sentence in a message that starts it again', async () => {
  for (const pid of backendPids()) process.kill(pid, 'SIGKILL');
  await statusBarItem('Sightline: backend ended').waitFor();
  await window.runCommand('Notifications: Show Notifications');
  const message = window.page.locator('.notifications-center .monaco-list-row', {
    hasText: /The backend (was ended by SIGKILL|ended with exit code \d+)\./,
  });
  await message.first().waitFor();
  await window.picture('backend-ended-dark');
  await message.first().getByRole('button', { name: 'Start Again' }).click();
  await checkShown('Services', /^Backend\s*running/);
  await statusBarItem('Sightline: backend ended').waitFor({ state: 'detached' });
});

test('a reload of the window keeps everything', async () => {
  const before = await findRunningHub(editor.hubDataDir);
  await window.reload();
  await window.showSightline();
  await checkShown('Traces', home);
  await checkShown('Services', /^Backend\s*running/);
  await fetch(editor.url('backend', '/api/activities/search?term=a'));
  await checkShown('Traces', /^GET \/api\/activities\/search/);
  expect((await findRunningHub(editor.hubDataDir))?.pid).toBe(before?.pid);
});

test('it looks at home in a light theme too', async () => {
  await window.runCommand('Preferences: Toggle between Light/Dark Themes');
  await window.page.locator('.monaco-workbench.vs:not(.vs-dark)').first().waitFor();
  await checkShown('Traces', home);
  await window.picture('sidebar-light');
});

function statusBarItem(text: string | RegExp) {
  return window.page.locator('.statusbar-item', { hasText: text });
}

/** The backend's processes, by the mark that this window gave them. */
function backendPids(): readonly number[] {
  const pids = descendantsOf(editor.server.pid).filter(isBackend);
  expect(pids).not.toEqual([]);
  return pids;
}

function isBackend(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes('SIGHTLINE_SERVICE=backend');
  } catch {
    // It has ended since it was listed.
    return false;
  }
}

/** Passes once the view has such a row; fails when it has none within a minute. */
async function checkShown(view: string, label: RegExp): Promise<void> {
  await window.row(view, label).waitFor();
}

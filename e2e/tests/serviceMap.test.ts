/** The service map as a person meets it: the sample's services on it, their details, and the way to their traces. */
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { SampleEditor } from '../sampleEditor.ts';
import { until } from '../until.ts';

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  window = await editor.openWindow();
  await until('the backend answers', async () => (await fetch(editor.url('backend', '/api/health-check'))).ok, 60_000);
  await window.showSightline();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-service-map');
});

afterAll(async () => {
  await editor?.stop();
});

test('the sample is on the map with its client, its database and the service it calls, each once', async () => {
  for (const path of ['/api/activities/home', '/api/activities/@nobody', '/api/message_groups', '/api/announcements']) {
    await fetch(editor.url('backend', path));
  }
  await window.runCommand('Sightline: Open Service Map');
  await checkSeen(node(/^backend: /));
  await until('the database and the remote service are on it', async () => (await map().locator('.node').count()) >= 4);
  const said = await map()
    .locator('.node')
    .evaluateAll((nodes) => nodes.map((each) => each.getAttribute('aria-label')));
  console.log(`  ${said.join('\n  ')}`);
  expect(said.filter((each) => each?.startsWith('backend: '))).toHaveLength(1);
  expect(said.find((each) => each?.startsWith('backend: '))?.split('calls ')[1]).not.toContain('backend');
  await window.picture('service-map-dark');
});

test('the map follows requests as they come', async () => {
  const before = await node(/^backend: /).getAttribute('aria-label');
  for (let count = 0; count < 20; count += 1) await fetch(editor.url('backend', '/api/activities/home'));
  await until('its numbers are others', async () => (await node(/^backend: /).getAttribute('aria-label')) !== before);
  expect(before).toMatch(/^backend: /);
});

test('the keyboard follows calls, opens details and comes back', async () => {
  await node(/^Client: /).focus();
  await window.page.keyboard.press('ArrowRight');
  expect(await focusedLabel()).toMatch(/^backend: /);
  await window.page.keyboard.press('Enter');
  await checkSeen(map().getByRole('complementary', { name: 'Details of backend' }));
  await window.picture('service-map-details');
  await window.page.keyboard.press('Escape');
  await until('the focus is back', async () => (await focusedLabel())?.startsWith('backend: ') === true);
});

test('the table says the same', async () => {
  await map().getByRole('button', { name: 'Table' }).click();
  await checkSeen(
    map()
      .getByRole('row', { name: /backend/ })
      .first(),
  );
  await window.picture('service-map-table');
  await map().getByRole('button', { name: 'Map', exact: true }).click();
});

test('a click on a service shows its traces in the Traces view', async () => {
  await node(/^backend: /).click();
  await map()
    .getByRole('button', { name: /^All traces/ })
    .click();
  await checkSeen(map().getByText('The Traces view shows service("backend")'));
  await checkSeen(window.row('Traces', /GET \/api\/activities\/home/));
});

test('it looks at home in a light theme too', async () => {
  await window.runCommand('Preferences: Toggle between Light/Dark Themes');
  await checkSeen(window.page.locator('.monaco-workbench.vs:not(.vs-dark)').first());
  await window.picture('service-map-light');
});

test('after a reload of the window it is there again', async () => {
  // As a window keeps an editor; other things that it keeps name the map too.
  await window.untilKept('mainThreadWebview-sightline.serviceMap');
  await window.reload();
  await checkSeen(node(/^backend: /));
});

/** Passes once it is there to be seen; fails when it is not within a minute. */
async function checkSeen(what: Locator): Promise<void> {
  await what.waitFor();
}

function map(): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

function node(label: RegExp): Locator {
  return map().getByRole('button', { name: label }).and(map().locator('.node'));
}

async function focusedLabel(): Promise<string | null> {
  return await map().locator('.node:focus').getAttribute('aria-label');
}

/** The filter above the traces as a person meets it: typing, completion, what is wrong, saved filters, clicks that filter. */
import { findRunningHub } from '@sightline/hub/client/hubLock';
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EditorWindow } from '../editorWindow.ts';
import { SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';

let editor: SampleEditor;
let window: EditorWindow;

beforeAll(async () => {
  const settings = { ...withoutSample, 'sightline.autostart': true, 'workbench.colorTheme': 'Default Dark Modern' };
  editor = await SampleEditor.start({ settings });
  window = await editor.openWindow();
  await until('a hub runs', async () => (await findRunningHub(editor.hubDataDir)) !== undefined, 60_000);
  await request('/api/home', { annotations: { user: 'juno' }, metadata: { default: { payload: { size: 3 } } } });
  await request('/api/broken', { status: 500 });
  await request('/api/slow', { seconds: 3 });
  await window.showSightline();
  for (const view of ['Services', 'Logs', 'Errors']) {
    // oxlint-disable-next-line no-await-in-loop -- each click moves the others.
    await window.closeView(view);
  }
  await window.widenSidebar(520);
  await window.runCommand('Sightline: Open Filter Box of Traces');
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-trace-filter');
});

afterAll(async () => {
  await editor?.stop();
});

test('only what fulfils the filter is shown, already while it is typed', async () => {
  await checkRows('GET /api/slow', 'GET /api/broken', 'GET /api/home');
  await input().click();
  await input().pressSequentially('duration > 2');
  await checkRows('GET /api/slow');
  await box().getByRole('status').filter({ hasText: '1 trace' }).waitFor();
  await window.picture('trace-filter-dark');
});

test('a new trace that fulfils it appears', async () => {
  await request('/api/slower', { seconds: 4 });
  await request('/api/fast');
  await checkRows('GET /api/slower', 'GET /api/slow');
});

test('what is wrong is underlined and said, and Escape shows everything again', async () => {
  await input().fill('fault ) error');
  await box().getByText('Column 7:').waitFor();
  expect(await box().locator('.wrong').textContent()).toBe(')');
  expect(await input().getAttribute('aria-invalid')).toBe('true');
  await window.picture('trace-filter-wrong-dark');
  await input().press('Escape');
  await window.row('Traces', /GET \/api\/fast/).waitFor();
});

test('services, annotations and their values that were seen are offered', async () => {
  await input().pressSequentially('annotation.');
  await option('annotation.user').waitFor();
  await input().press('ArrowDown');
  await input().press('Enter');
  await input().pressSequentially('= ');
  await option('"juno"').waitFor();
  await window.picture('trace-filter-completion-dark');
  await input().press('ArrowDown');
  await input().press('Enter');
  await checkRows('GET /api/home');
  expect(await input().inputValue()).toBe('annotation.user = "juno"');
});

test('annotations and metadata are told apart, and a click on an annotation filters', async () => {
  await input().press('Enter');
  await input().press('Escape');
  await window.expand('Traces', /GET \/api\/home/);
  await window.expand('Traces', /^filter-test/);
  await window.row('Traces', /^Metadata \(1\)\s*cannot be filtered/).waitFor();
  await window.expand('Traces', /^Annotations \(1\)\s*can be filtered/);
  await window.picture('trace-annotations-dark');
  await window.row('Traces', /^user/).click();
  await until('the box shows the filter', async () => (await input().inputValue()) === 'annotation.user = "juno"');
  await window.row('Traces', /GET \/api\/slow/).waitFor({ state: 'detached' });
  expect(await window.rows('Traces').filter({ hasText: 'GET' }).count()).toBe(1);
});

test('a filter that asks for metadata finds nothing and says why', async () => {
  await input().fill('annotation.payload');
  await box().getByText('was seen as metadata only').waitFor();
  await window.page.getByText('No trace fulfils the filter annotation.payload').first().waitFor();
  expect(await shownNames()).toEqual([]);
  await window.picture('trace-filter-metadata-dark');
});

test('a saved filter is an X-Ray group, and can be picked again', async () => {
  await input().fill('fault');
  await input().press('Enter');
  await checkRows('GET /api/broken');
  await window.runCommand('Sightline: Save Filter of Traces…');
  const asked = window.page.locator('.quick-input-widget input.input');
  await asked.fill('broken');
  await asked.press('Enter');
  await until('the group is there', async () => (await groups()) === 'broken = fault');
  await window.runCommand('Sightline: Clear Filter of Traces');
  await window.row('Traces', /GET \/api\/fast/).waitFor();
  await window.runCommand('Sightline: Saved Filters of Traces…');
  await window.page.locator('.quick-input-widget .monaco-list-row', { hasText: 'broken' }).click();
  await checkRows('GET /api/broken');
});

test('it looks at home in a light theme too', async () => {
  await window.runCommand('Preferences: Toggle between Light/Dark Themes');
  await window.page.locator('.monaco-workbench.vs:not(.vs-dark)').first().waitFor();
  await input().fill('fault )');
  await box().getByText('Column 7:').waitFor();
  expect(await box().locator('.wrong').textContent()).toBe(')');
  await window.picture('trace-filter-light');
});

function box(): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

function input(): Locator {
  return box().getByRole('combobox');
}

function option(label: string): Locator {
  return box().getByRole('option').filter({ hasText: label });
}

/** Passes once the Traces view shows requests with these names, and no others. */
async function checkRows(...names: readonly string[]): Promise<void> {
  let shown: readonly string[] = [];
  await until(`the rows are ${names.join(', ')}`, async () => {
    shown = await shownNames();
    return shown.join() === names.join();
  }).catch(() => undefined);
  expect(shown).toEqual(names);
}

async function shownNames(): Promise<string[]> {
  const texts = await window.rows('Traces').allTextContents();
  return texts.flatMap((text) => /^GET [\w/]+?(?=\d)/.exec(text)?.[0] ?? []);
}

let requests = 0;

/** A request to a backend, as X-Ray's SDK reports it. */
async function request(
  path: string,
  {
    status = 200,
    seconds = 0.1,
    ...rest
  }: { status?: number; seconds?: number; annotations?: object; metadata?: object } = {},
): Promise<void> {
  requests += 1;
  const now = Date.now() / 1000;
  const segment = {
    name: 'filter-test',
    id: String(requests).padStart(16, '0'),
    trace_id: `1-${Math.floor(now).toString(16)}-${String(requests).padStart(24, '0')}`,
    start_time: now,
    end_time: now + seconds,
    fault: status >= 500,
    http: { request: { method: 'GET', url: `http://localhost${path}` }, response: { status } },
    ...rest,
  };
  await post('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(segment)] });
}

async function groups(): Promise<string> {
  const { Groups } = (await post('/Groups', {})) as { Groups: { GroupName: string; FilterExpression: string }[] };
  return Groups.filter(({ GroupName }) => GroupName !== 'Default')
    .map(({ GroupName, FilterExpression }) => `${GroupName} = ${FilterExpression}`)
    .join();
}

async function post(path: string, body: object): Promise<unknown> {
  const hub = await findRunningHub(editor.hubDataDir);
  const response = await fetch(`${hub?.api}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** Windows that are not the simple case: no folder, Restricted Mode, two at once. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { processesGiven } from '../processes.ts';
import { extensionFolder, SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';

describe('in an editor that asks whom to trust', () => {
  let editor: SampleEditor;

  beforeAll(async () => {
    editor = await SampleEditor.start({
      workspaceTrust: true,
      settings: { 'security.workspace.trust.enabled': true },
    });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await editor.pictures('failed-windows');
  });

  afterAll(async () => {
    await editor?.stop();
  });

  test('a window in Restricted Mode says what is off, and starts nothing', async () => {
    const window = await editor.openWindow();
    await window.showSightline();
    await window.page.locator('.sidebar .pane', { hasText: 'Restricted Mode' }).first().waitFor();
    await window.picture('restricted-mode');
    expect(await findRunningHub(editor.hubDataDir)).toBeUndefined();
  });
});

describe('without the sample', () => {
  let editor: SampleEditor;

  beforeAll(async () => {
    editor = await SampleEditor.start({ settings: withoutSample });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await editor.pictures('failed-windows');
  });

  afterAll(async () => {
    await editor?.stop();
  });

  test('a window without a folder starts the hub, and a second window shares it', async () => {
    const first = await editor.openWindow({ extensionFolder });
    await first.showSightline();
    await first.runCommand('Sightline: Start All');
    await first.row('Services', /^Hub\s*running/).waitFor();
    await first.picture('no-folder');

    const folder = path.join(editor.folder, 'another');
    mkdirSync(folder);
    const second = await editor.openWindow({ folder, extensionFolder });
    await second.showSightline();
    await second.row('Services', /^Hub\s*running/).waitFor();
    expect(hubsOf(editor)).toHaveLength(1);
    await first.close();
    await until(
      'the hub outlives its first window',
      async () => (await findRunningHub(editor.hubDataDir)) !== undefined,
    );
    await second.row('Services', /^Hub\s*running/).waitFor();
  });
});

describe('two windows on the sample', () => {
  let editor: SampleEditor;

  beforeAll(async () => {
    editor = await SampleEditor.start();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await editor.pictures('failed-windows');
  });

  afterAll(async () => {
    await editor?.stop();
  });

  test('what one of them runs the other shows, opens and stops, and either can start it', async () => {
    const first = await editor.openWindow();
    await first.row('Services', /^Backend\s*running · /).waitFor();
    const second = await editor.openWindow();
    await second.showSightline();
    // Rows out of sight are not in the page, and those half in sight are not under the pointer.
    for (const view of ['Traces', 'Logs', 'Errors']) await second.closeView(view);
    await second.row('Services', /^Database\s*running in another window · /).waitFor();
    await second.row('Services', /^Backend\s*running in another window · /).waitFor();
    await second.picture('second-window');
    expect(await second.page.locator('.notifications-toasts .codicon-error').count()).toBe(0);

    await second.pressInRow('Services', /^Backend/, 'Stop');
    await second.row('Services', /^Backend\s*stopped/).waitFor();
    await first.row('Services', /^Backend\s*stopped/).waitFor();
    await expect(fetch(editor.url('backend', '/api/health-check'))).rejects.toThrow('fetch failed');

    await second.pressInRow('Services', /^Backend/, 'Start');
    await second.row('Services', /^Backend\s*running · /).waitFor();
    await first.row('Services', /^Backend\s*running in another window · /).waitFor();
    expect((await fetch(editor.url('backend', '/api/activities/home'))).status).toBe(200);

    await second.reload();
    await second.showSightline();
    await second.row('Services', /^Backend\s*running · /).waitFor();
    await second.row('Services', /^Database\s*running in another window · /).waitFor();

    // What a person starts by hand in its place may have one wrong address of two, which only Linux tells.
    await second.pressInRow('Services', /^Backend/, 'Stop');
    await first.row('Services', /^Backend\s*stopped/).waitFor();
    const program = `require('node:http').createServer().listen(${editor.ports.backend}, '127.0.0.1')`;
    const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9' };
    const byHand = spawn(process.execPath, ['-e', program], { env, stdio: 'inherit' });
    onTestFinished(() => void byHand.kill());
    const said = process.platform === 'linux' ? 'sends its X-Ray segments elsewhere: AWS_XRAY_DAEMON_ADDRESS=' : '';
    await second.row('Services', new RegExp(`^Backend\\s*started elsewhere · ${said}`)).waitFor();
    await second.widenSidebar(700);
    await second.picture('started-by-hand');
  });
});

function hubsOf(editor: SampleEditor): number[] {
  return processesGiven(editor.hubDataDir);
}

/** The extension as people get it: packed, installed from the file, without this repository's folders beside it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../paths.ts';
import { SampleEditor, sampleFolder } from '../sampleEditor.ts';

let folder: string;
let editor: SampleEditor;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-vsix-'));
  const vsix = path.join(folder, 'sightline.vsix');
  const packed = await promisify(execFile)(process.execPath, ['scripts/package.mjs', vsix], { cwd: projectRoot });
  console.log(`  ${packed.stdout.trim()}`);
  editor = await SampleEditor.start({ vsix });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor.pictures('failed-installedVsix');
});

afterAll(async () => {
  await editor?.stop();
  rmSync(folder, { recursive: true });
});

test('the installed extension shows a request of the sample', async () => {
  const window = await editor.openWindow({ folder: sampleFolder });
  await window.showSightline();
  await window.row('Services', /^Backend\s*running/).waitFor();
  const response = await fetch(editor.url('backend', '/api/activities/home'));
  expect(response.status).toBe(200);
  await window.row('Traces', /^GET \/api\/activities\/home/).waitFor();
});

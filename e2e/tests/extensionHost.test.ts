/** The suite inside the extension host of a real VS Code, each of its tests as one of ours. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pictureFolder } from '../editorWindow.ts';
import { extensionFolder, SampleEditor, sampleFolder } from '../sampleEditor.ts';
import { reportVariable, type SuiteReport } from '../suite/report.ts';
import { bundleSuite } from '../suiteBundle.ts';
import { until } from '../until.ts';

const report = await runSuite();

const named = report.tests.map((result) => [result.name, result] as const);

test.each(named)('%s', (_name, { error, notes }) => {
  for (const note of notes) console.log(`  ${note}`);
  expect(error).toBeUndefined();
});

async function runSuite(): Promise<SuiteReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-suite-'));
  const file = path.join(folder, 'report.json');
  const editor = await SampleEditor.start({ env: { [reportVariable]: file } });
  try {
    const testsFile = await bundleSuite(folder);
    await editor.openWindow({ folder: sampleFolder, extensionFolder, testsFile });
    await until('the suite has reported', () => existsSync(file), 180_000);
    // The bench reads the figures of the last run from there.
    mkdirSync(pictureFolder, { recursive: true });
    copyFileSync(file, path.join(pictureFolder, 'report.json'));
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    await editor.stop();
    rmSync(folder, { recursive: true });
  }
}

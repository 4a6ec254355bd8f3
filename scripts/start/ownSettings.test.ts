import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeOwnSettings } from '../../e2e/ownSettings.ts';

function settingsFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'settings.json');
  const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'));
  return { folder, file, read };
}

test('what a person has set stays at the next start, and ours follows what it should be', () => {
  const { folder, file, read } = settingsFolder();
  writeOwnSettings(folder, { port: 1, tips: false, places: { a: 1 } });
  expect(read()).toEqual({ port: 1, tips: false, places: { a: 1 } });
  writeFileSync(file, JSON.stringify({ port: 1, tips: true, places: { a: 1 }, theme: 'Dark' }));
  writeOwnSettings(folder, { port: 2, tips: false });
  expect(read()).toEqual({ port: 2, tips: true, theme: 'Dark' });
  writeOwnSettings(folder, { port: 3, tips: false });
  expect(read()).toEqual({ port: 3, tips: true, theme: 'Dark' });
});

test('a file with comments is left as it is', () => {
  const { folder, file } = settingsFolder();
  const text = '{\n  // mine\n  "theme": "Dark",\n}\n';
  writeFileSync(file, text);
  writeOwnSettings(folder, { port: 1 });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

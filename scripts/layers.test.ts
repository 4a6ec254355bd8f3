import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isLayerOverride, layers, lintOverrides } from './layers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const config = path.join(root, '.oxlintrc.json');

test('.oxlintrc.json is in step with the table; "node scripts/layers.mjs" writes it', () => {
  const { overrides } = JSON.parse(readFileSync(config, 'utf8'));
  expect(overrides.filter(isLayerOverride)).toEqual(lintOverrides());
});

test('an import against each row of the table is found, and only that', () => {
  const seeded = layers.map(({ example: { file, imports }, name }) => ({
    file,
    imports,
    finding: `${file} Layers: ${name}.`,
  }));
  expect(check(seeded)).toEqual(seeded.map(({ finding }) => finding).toSorted());
});

test('imports along the layers pass', () => {
  const allowed = [
    { file: 'telemetry/src/decode/seeded.ts', imports: '../model/span.ts' },
    { file: 'telemetry/src/decode/seeded.test.ts', imports: 'node:fs' },
    { file: 'hub/src/store/seeded.ts', imports: '@sightline/telemetry/model/span' },
    { file: 'hub/src/client/seeded.ts', imports: 'node:http' },
    { file: 'extension/src/services/seeded.ts', imports: '@sightline/hub/client/hubClient' },
    { file: 'extension/src/host/seeded.ts', imports: 'vscode' },
    { file: 'sample-backend/src/routes/seeded.ts', imports: '../telemetry/xray.ts' },
  ];
  expect(check(allowed)).toEqual([]);
});

/** Lints files with one import each in a folder of their own under the project's rules; the findings of the layers, sorted. */
function check(files: readonly { readonly file: string; readonly imports: string }[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-layers-'));
  try {
    cpSync(config, path.join(folder, '.oxlintrc.json'));
    for (const { file, imports } of files) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), `import type { Seeded } from '${imports}';\nexport type Kept = Seeded;\n`);
    }
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const run = spawnSync(process.execPath, [oxlint, '--format', 'json'], { cwd: folder, encoding: 'utf8' });
    const report: { diagnostics: { code: string; filename: string; help: string }[] } = JSON.parse(run.stdout);
    return report.diagnostics
      .filter(({ code }) => code === 'eslint(no-restricted-imports)')
      .map(({ filename, help }) => `${filename.replaceAll('\\', '/')} ${help}`)
      .toSorted();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { projectRoot } from './paths.ts';
import { anyPorts, choosePorts } from './ports.ts';
import { endProcesses, processesGiven } from './processes.ts';
import { endHub, extensionFolder, sampleFolder } from './sampleEditor.ts';
import { hubPlaces, samplePlaces, sampleSettings } from './sampleProfile.ts';
import { reportVariable, type SuiteReport } from './suite/report.ts';
import { bundleSuite } from './suiteBundle.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs the suite in a desktop VS Code of that version, prints a line a test, and counts. */
export async function runOnDesktop(version: string): Promise<Counts> {
  // Not below a long path: the editor makes sockets in its user data folder, whose path may have about 100 characters.
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-desktop-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    await runSuite(version, folder, reportFile);
  } catch (error) {
    // A failed test is in the report; anything else has to be said here.
    if (!existsSync(reportFile)) console.error(error);
  } finally {
    await endHub(path.join(folder, 'hub'));
    await endProcesses(processesGiven(folder));
  }
  const counts = printReport(reportFile);
  rmSync(folder, { recursive: true, force: true });
  return counts;
}

async function runSuite(version: string, folder: string, reportFile: string): Promise<void> {
  const userData = path.join(folder, 'u');
  const ports = await choosePorts(anyPorts);
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  writeFileSync(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...sampleSettings(folder), ...hubPlaces(ports), ...samplePlaces(folder, ports) }),
  );
  const installed = process.env['VSCODE_PATH'];
  await runTests({
    cachePath: path.join(projectRoot, '.cache/vscode-test'),
    ...(installed === undefined
      ? { version: version === 'minimum' ? minimumVersion() : version }
      : { vscodeExecutablePath: installed }),
    extensionDevelopmentPath: extensionFolder,
    extensionTestsPath: await bundleSuite(folder),
    extensionTestsEnv: { [reportVariable]: reportFile },
    launchArgs: [
      sampleFolder,
      '--disable-extensions',
      '--disable-workspace-trust',
      `--user-data-dir=${userData}`,
      `--extensions-dir=${path.join(folder, 'x')}`,
    ],
  });
}

function minimumVersion(): string {
  const manifest: { engines: { vscode: string } } = JSON.parse(
    readFileSync(path.join(projectRoot, 'extension/package.json'), 'utf8'),
  );
  return manifest.engines.vscode.replace('^', '');
}

/** No report: the editor could not be had, or crashed, which is one failure. */
function printReport(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const { tests }: SuiteReport = JSON.parse(readFileSync(file, 'utf8'));
  for (const { name, millis, error, notes } of tests) {
    console.log(`${error === undefined ? '✓' : '✗'} ${name} (${(millis / 1000).toFixed(1)} s)`);
    for (const line of [...notes, ...(error === undefined ? [] : [error])]) console.log(`  ${line}`);
  }
  const failed = tests.filter(({ error }) => error !== undefined).length;
  return { passed: tests.length - failed, failed, skipped: 0 };
}

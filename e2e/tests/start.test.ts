/** `npm start -- --no-open` as a new user runs it, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { EditorWindow } from '../editorWindow.ts';
import { projectRoot } from '../paths.ts';
import { processesGiven } from '../processes.ts';
import { until } from '../until.ts';

let folder: string;
let browser: Browser;
let started: Run;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-start-'));
  browser = await launchBrowser();
  started = startSightline();
});

afterAll(async () => {
  await browser?.close();
  started?.child.kill('SIGINT');
  await started?.ended;
  rmSync(folder, { recursive: true, force: true });
});

test('the address that it prints shows the sample, with everything running', async () => {
  const editorUrl = await started.printed(/Editor {3}(\S+)/);
  const window = await EditorWindow.open(browser, editorUrl);
  await window.row('Services', /^Backend\s*running/).waitFor();
  const home = await started.printed(/Backend {2}(\S+)/);
  expect((await fetch(home)).status).toBe(200);
  await window.row('Traces', /^GET \/api\/activities\/home/).waitFor();
  expect((await fetch(await started.printed(/Page {5}(\S+)/))).status).toBe(200);
});

test('without the token in that address nobody sees the editor', async () => {
  const url = new URL(await started.printed(/Editor {3}(\S+)/));
  url.searchParams.delete('tkn');
  expect((await fetch(url)).status).toBe(403);
});

test('a second one says that the first is running, and where', async () => {
  const second = startSightline();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('Sightline already runs from this folder, at http://127.0.0.1:');
});

test('Ctrl-C ends all that it started', async () => {
  const home = await started.printed(/Backend {2}(\S+)/);
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(started.output()).toContain('All has ended');
  expect(processesGiven(folder)).toEqual([]);
  await expect(fetch(home)).rejects.toThrow('fetch failed');
});

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  /** What the first group matched, once it was printed. */
  printed(pattern: RegExp): Promise<string>;
}

function startSightline(): Run {
  const child = spawn(process.execPath, ['scripts/start.mjs', '--no-open'], {
    cwd: projectRoot,
    env: { ...process.env, SIGHTLINE_START_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  return {
    child,
    ended: new Promise((resolve) => child.once('close', resolve)),
    output: () => output,
    printed: async (pattern) => {
      try {
        return await until(`npm start prints ${String(pattern)}`, () => pattern.exec(output)?.[1], 60_000);
      } catch (error) {
        throw new Error(`npm start printed:\n${output}`, { cause: error });
      }
    },
  };
}

/** The log table by itself in a browser: its bundle as it ships, and an editor's side that makes up as many lines as a test wants. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from './paths.ts';

const address = 'http://log-table.test/';

/** Opens the table on `lines` lines: every tenth is JSON, every hundredth an error, every thousandth carries a trace id. */
export async function openLogTable(browser: Browser, lines: number): Promise<Page> {
  const bundle = readFileSync(path.join(projectRoot, 'extension/dist/webviews/logTable/main.js'), 'utf8');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.route(`${address}**`, async (route) => {
    const isScript = route.request().url().endsWith('main.js');
    const body = isScript ? bundle : documentFor(lines);
    await route.fulfill({ body, contentType: isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
  });
  await page.goto(address);
  return page;
}

function documentFor(lines: number): string {
  return `<!doctype html>
<html lang="en" style="--vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc; color-scheme: dark">
  <head><title>Log lines</title><script>const lines = ${lines};${editorSide}</script></head>
  <body class="vscode-dark" data-memory='{"scope":{"group":"cruddur"},"choice":{"pattern":""}}'>
    <sightline-log-table></sightline-log-table>
    <script type="module" src="main.js"></script>
  </body>
</html>`;
}

// As text, since these sources know no DOM. Messages are copied as between an editor and its webview, and answered after a few milliseconds.
const editorSide = String.raw`
const told = [];
const newest = Date.UTC(2026, 10, 23, 14);
let view = 1;
let found = lines;
function rowAt(index) {
  const number = found - index;
  const isJson = number % 10 === 0;
  const message = isJson
    ? JSON.stringify({ number, request: { path: '/api/activities/home', status: 200 }, text: 'x'.repeat(120) })
    : 'line ' + number + ' GET /api/activities/home 200 ' + 'x'.repeat(150);
  const row = { id: String(number).padStart(9, '0'), stream: 'web', time: String(newest - index) + '000000', message };
  const level = number % 100 === 0 ? 'error' : 'info';
  return { ...row, level, ...(number % 1000 === 0 && { traceId: 'a'.repeat(32) }) };
}
function rowsFrom(start, count) {
  return Array.from({ length: Math.max(0, Math.min(count, found - start)) }, (_, at) => rowAt(start + at));
}
function newView() {
  view += 1;
  return sameView();
}
function sameView() {
  return { view, count: { rows: found, isExact: true }, rows: rowsFrom(0, 200), passed: 0 };
}
const answers = {
  begin: () => ({ title: 'cruddur', choice: { pattern: '' }, view: newView(), isFollowing: true }),
  choose: ({ pattern }) => {
    found = pattern === '' ? lines : 42;
    return newView();
  },
  rows: ({ start, count }) => ({ view, start, rows: rowsFrom(start, count), count: { rows: found, isExact: true } }),
  find: ({ text, from }) => ({ index: found - Number(text) >= from ? found - Number(text) : undefined }),
  copy: ({ count }) => count,
  follow: ({ isFollowing }) => (isFollowing ? newView() : sameView()),
  openTrace: () => undefined,
};
globalThis.tellTable = (name, asks) => window.postMessage({ kind: 'ask', id: 1, name, asks });
globalThis.tableAsked = told;
globalThis.acquireVsCodeApi = () => ({
  setState() {},
  getState() {},
  postMessage(message) {
    if (message.kind !== 'ask') return;
    told.push(message.name + ' ' + JSON.stringify(message.asks ?? null));
    setTimeout(() => window.postMessage({ kind: 'answer', id: message.id, answers: answers[message.name](message.asks) }), 4);
  },
});
`;

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Wire } from '../contracts/peer.ts';

export interface WebviewContent {
  /** The folder that the webview's files are in, and the only one that it may read. */
  readonly folder: vscode.Uri;
  readonly title: string;
  /** The custom element that `main.js` of the folder defines. */
  readonly element: string;
  /** What the element begins with, as JSON in the body's `data-memory`. */
  readonly memory: unknown;
  /** The element works in a thread of its own, read from its folder. */
  readonly hasWorker?: boolean;
}

/** Shows the content, and nothing that it or anybody else may want to load from elsewhere. */
export function fillWebview(webview: vscode.Webview, content: WebviewContent): void {
  webview.options = { enableScripts: true, localResourceRoots: [content.folder] };
  webview.html = documentOf(webview, content);
}

/** The editor's end of the wire to a webview. */
export function wireOf(webview: vscode.Webview): Wire {
  return {
    send: (message) => void webview.postMessage(message),
    receive: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
  };
}

function documentOf(webview: vscode.Webview, { folder, title, element, memory, hasWorker }: WebviewContent): string {
  const nonce = randomBytes(16).toString('base64');
  const base = webview.asWebviewUri(folder).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    // A worker cannot be started from the resources' own origin, so its file is fetched and started as a blob.
    ...(hasWorker === true ? [`connect-src ${webview.cspSource}`, 'worker-src blob:'] : []),
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <title>${title}</title>
  </head>
  <body data-memory="${attributeOf(JSON.stringify(memory))}" data-base="${attributeOf(base)}">
    <${element}></${element}>
    <script type="module" nonce="${nonce}">${scriptIn(folder)}</script>
  </body>
</html>`;
}

/** In the document itself: to fetch it takes a way through the editor's service worker, about as long as to show the document. */
function scriptIn(folder: vscode.Uri): string {
  const script = readFileSync(vscode.Uri.joinPath(folder, 'main.js').fsPath, 'utf8');
  return script.replaceAll('</script', String.raw`<\/script`);
}

function attributeOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

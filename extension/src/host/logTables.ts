import path from 'node:path';
import * as vscode from 'vscode';
import type { LogTableChoice, LogTableMemory, LogTableNews, LogTableQuestions } from '../contracts/logTable.ts';
import { Peer } from '../contracts/peer.ts';
import { Disposable } from '../lifetime.ts';
import type { LogScope, LogSource } from '../sources/logSource.ts';
import { UserError } from '../userError.ts';
import { logsTroubleOf } from './logsController.ts';
import { saveLog } from './logTableSave.ts';
import { LogTableSession, type LogTableDesk } from './logTableSession.ts';
import { toCountText } from './tracesText.ts';
import { fillWebview, wireOf } from './webviewDocument.ts';

const viewType = 'sightline.logTable';

/** The log tables that are open as editors, one for each group, stream or trace. */
export class LogTables extends Disposable implements vscode.WebviewPanelSerializer<LogTableMemory> {
  readonly #source: LogSource;
  readonly #extensionUri: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  /** By scope. */
  readonly #open = new Map<string, LogTable>();

  constructor(source: LogSource, extensionUri: vscode.Uri, log: vscode.LogOutputChannel) {
    super();
    this.#source = source;
    this.#extensionUri = extensionUri;
    this.#log = log;
    // A window that is reloaded may end its extensions before it keeps its editors, and keeps only those that are open and can be brought back. So an end takes
    // back neither the serializer nor the editors, but only what feeds them.
    vscode.window.registerWebviewPanelSerializer(viewType, this);
    this.register({ dispose: () => [...this.#open.values()].forEach((table) => table.dispose()) });
  }

  /** Shows the table of these lines, a new one where there is none yet; `lineId` names a line to show selected. */
  async show(
    scope: LogScope,
    { pattern = '', lineId }: { pattern?: string; lineId?: string | undefined },
  ): Promise<void> {
    const table = this.#open.get(keyOf(scope));
    if (table !== undefined) {
      table.reveal();
      await table.choose({ pattern }, lineId);
      return;
    }
    const title = scope.streams?.join(', ') ?? scope.group;
    const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
    this.#adopt(panel, scope, { pattern }, lineId);
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: LogTableMemory | undefined): Promise<void> {
    if (memory === undefined) {
      panel.dispose();
      return;
    }
    this.#adopt(panel, memory.scope, memory.choice, undefined);
  }

  #adopt(panel: vscode.WebviewPanel, scope: LogScope, choice: LogTableChoice, lineId: string | undefined): void {
    const folder = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webviews', 'logTable');
    panel.iconPath = new vscode.ThemeIcon('output');
    const table = new LogTable(panel, folder, this.#source, scope, choice, this.#log);
    this.#open.set(keyOf(scope), table);
    if (lineId !== undefined) {
      void table.choose(choice, lineId);
    }
    panel.onDidDispose(() => {
      this.#open.delete(keyOf(scope));
      table.dispose();
    });
  }
}

/** One such editor. */
class LogTable extends Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #session: LogTableSession;
  readonly #peer: Peer<LogTableQuestions, LogTableNews>;

  constructor(
    panel: vscode.WebviewPanel,
    folder: vscode.Uri,
    source: LogSource,
    scope: LogScope,
    choice: LogTableChoice,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.#panel = panel;
    const tell: LogTableDesk['tell'] = (name, news) => {
      // A table that is hidden has no document to tell; it asks for everything when it is shown again.
      void this.#peer.ask(name, news).catch((error: unknown) => log.trace('log table', String(error)));
    };
    this.#session = this.register(
      new LogTableSession(source, scope, { tell, ...editorDesk }, { choice, firstView: Date.now() }),
    );
    this.#peer = this.register(
      new Peer<LogTableQuestions, LogTableNews>(wireOf(panel.webview), this.#session.answers, logsTroubleOf),
    );
    this.register(panel.onDidChangeViewState(() => this.#session.setVisible(panel.visible)));
    this.#session.setVisible(panel.visible);
    const memory: LogTableMemory = { scope, choice };
    fillWebview(panel.webview, { folder, title: 'Log lines', element: 'sightline-log-table', memory });
    void this.#session.readAhead();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  async choose(choice: LogTableChoice, lineId: string | undefined): Promise<void> {
    await this.#session.show(choice, lineId);
  }
}

const editorDesk: Omit<LogTableDesk, 'tell'> = {
  copy: async (text) => {
    await vscode.env.clipboard.writeText(text);
  },
  openTrace: async (traceId) => {
    await vscode.commands.executeCommand('sightline.findTrace', traceId);
  },
  after: (millis, callback) => {
    const timer = setTimeout(callback, millis);
    return { dispose: () => clearTimeout(timer) };
  },
  save: async (suggestedName, chunks) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = await vscode.window.showSaveDialog({
      title: 'Save Log Lines',
      filters: { 'Log lines': ['log', 'txt'], 'JSON, one object a line': ['jsonl', 'ndjson'] },
      ...(folder !== undefined && { defaultUri: vscode.Uri.joinPath(folder, suggestedName) }),
    });
    if (target === undefined) {
      return false;
    }
    if (target.scheme !== 'file') {
      throw new UserError('Log lines can only be saved to a file of this machine.');
    }
    return await saveWithProgress(target.fsPath, chunks);
  },
};

async function saveWithProgress(file: string, chunks: Parameters<LogTableDesk['save']>[1]): Promise<boolean> {
  const format = /\.(jsonl|ndjson)$/i.test(file) ? 'json' : 'text';
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Saving ${path.basename(file)}`,
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const report = (lines: number): void => progress.report({ message: toCountText(lines, 'line') });
    try {
      await saveLog(file, format, chunks(abort.signal), report, abort.signal);
      return true;
    } catch (error) {
      if (abort.signal.aborted) {
        return false;
      }
      throw error;
    }
  });
}

function keyOf({ group, streams, traceId }: LogScope): string {
  return JSON.stringify([group, streams ?? null, traceId ?? null]);
}

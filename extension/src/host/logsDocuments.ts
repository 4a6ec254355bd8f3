import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { LogSource } from '../sources/logSource.ts';
import { UserError } from '../userError.ts';
import {
  parseLogDocumentPath,
  renderLogDocument,
  toLogDocumentPath,
  type LogDocumentScope,
} from './logsDocumentText.ts';

const scheme = 'sightline-log';

/** Opens the lines of a group or stream as a read-only document, made when it is opened. */
export class LogsDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #source: LogSource;

  constructor(source: LogSource) {
    super();
    this.#source = source;
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  async show(scope: LogDocumentScope): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: toLogDocumentPath(scope) });
    // Lines may have come since the document was last opened.
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'log');
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    const end = document.lineAt(document.lineCount - 1).range;
    editor.revealRange(end);
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const scope = parseLogDocumentPath(uri.path);
    if (scope === undefined) {
      throw new UserError(`${uri.toString()} is not the address of a log.`);
    }
    const abort = new AbortController();
    const cancellation = token.onCancellationRequested(() => abort.abort());
    try {
      return await renderLogDocument(this.#source, scope, abort.signal);
    } finally {
      cancellation.dispose();
    }
  }
}

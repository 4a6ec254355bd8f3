import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';

const scheme = 'sightline-report';

/** Read-only documents that are made when they are shown, and made anew when they are shown again. */
export class ReportDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();

  constructor() {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // After a reload the editor asks for documents of before.
    return this.#texts.get(uri.path) ?? 'This was made in an earlier window. Run the command again.\n';
  }

  /** Shows a text under a name that is the title of its tab, in a language for its colors. */
  async show(name: string, text: string, language: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: name });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, { preview: true });
  }
}

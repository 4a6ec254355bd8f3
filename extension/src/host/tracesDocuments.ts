import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { TraceSource } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import type { LoadedBeside } from './tracesBeside.ts';
import {
  parseDocumentPath,
  renderRawDocument,
  renderSpanDocument,
  toDocumentPath,
  type TraceDocument,
} from './tracesDocumentText.ts';

const scheme = 'sightline-trace';

/** Opens traces and spans as read-only JSON documents, made when they are opened. */
export class TracesDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #source: TraceSource;
  readonly #besideOf: (traceId: string) => Promise<LoadedBeside | undefined>;

  /** `besideOf` answers the log lines and errors of a trace, where they can be had. */
  constructor(source: TraceSource, besideOf: (traceId: string) => Promise<LoadedBeside | undefined>) {
    super();
    this.#source = source;
    this.#besideOf = besideOf;
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  async show(document: TraceDocument): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: toDocumentPath(document) });
    // A trace may have grown since the document was last opened.
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const wanted = parseDocumentPath(uri.path);
    if (wanted === undefined) {
      throw new UserError(`${uri.toString()} is not the address of a trace.`);
    }
    const abort = new AbortController();
    const cancellation = token.onCancellationRequested(() => abort.abort());
    try {
      return await this.#textOf(wanted, abort.signal);
    } finally {
      cancellation.dispose();
    }
  }

  async #textOf(wanted: Omit<TraceDocument, 'title'>, signal: AbortSignal): Promise<string> {
    const { traceId, spanId } = wanted;
    if (spanId === undefined) {
      const raw = await this.#source.loadRaw(traceId, signal);
      return raw === undefined ? goneText(traceId) : renderRawDocument(raw, await this.#besideOf(traceId));
    }
    const span = await this.#source.loadSpan(traceId, spanId, signal);
    return span === undefined ? goneText(traceId) : renderSpanDocument(traceId, span);
  }
}

// A document that is open stays open when retention removes its trace, so this is content rather than an error.
function goneText(traceId: string): string {
  return `${JSON.stringify({ traceId, note: 'This trace is no longer kept.' }, undefined, 2)}\n`;
}

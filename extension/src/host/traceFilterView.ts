import { longestFilter } from '@sightline/hub/client/filterApi';
import * as vscode from 'vscode';
import { Peer } from '../contracts/peer.ts';
import type { TraceFilterNews, TraceFilterQuestions, TraceFilterStatus } from '../contracts/traceFilter.ts';
import { Disposable } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { TraceFilters } from './traceFilters.ts';
import type { TracesController } from './tracesController.ts';
import { olderCursorOf } from './tracesModel.ts';
import { fillWebview, wireOf } from './webviewDocument.ts';

/** The view above the traces that has an input, which a tree has not. */
export class TraceFilterView extends Disposable implements vscode.WebviewViewProvider {
  readonly #filters: TraceFilters;
  readonly #controller: TracesController;
  readonly #folder: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  #peer: Peer<TraceFilterQuestions, TraceFilterNews> | undefined;
  #told = '';
  /** Somebody asked for the box, and it has not been told yet. */
  #wantsFocus = false;

  constructor(
    filters: TraceFilters,
    controller: TracesController,
    { extensionUri, log }: { readonly extensionUri: vscode.Uri; readonly log: vscode.LogOutputChannel },
  ) {
    super();
    this.#filters = filters;
    this.#controller = controller;
    this.#folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews', 'traceFilter');
    this.#log = log;
    this.register(vscode.window.registerWebviewViewProvider('sightline.traceFilter', this));
    this.register(controller.onDidChange(() => this.#tellStatus()));
    this.register(filters.onDidChange(() => this.#tellStatus()));
    this.register({ dispose: () => this.#peer?.dispose() });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    this.#peer?.dispose();
    const peer = new Peer<TraceFilterQuestions, TraceFilterNews>(
      wireOf(webview),
      {
        begin: async () => {
          this.#tellFocus();
          return { status: this.#status(), vocabulary: await this.#filters.loadVocabulary() };
        },
        vocabulary: () => this.#filters.loadVocabulary(),
        apply: (asks) => this.#apply(asks),
        stop: () => {
          this.#controller.stopSearch();
          return undefined;
        },
      },
      (error) => this.#sentenceFor(error),
    );
    this.#peer = peer;
    this.#told = '';
    view.onDidChangeVisibility(() => {
      this.#told = '';
      this.#tellStatus();
    });
    view.onDidDispose(() => peer.dispose());
    fillWebview(webview, {
      folder: this.#folder,
      title: 'Filter of the traces',
      element: 'sightline-trace-filter',
      memory: null,
    });
  }

  /** Opens the view with the cursor in its box. */
  async focus(): Promise<void> {
    this.#wantsFocus = true;
    await vscode.commands.executeCommand('sightline.traceFilter.focus');
    this.#tellFocus();
  }

  /** A box that is only being opened is not there to be told yet: it is when it begins. */
  #tellFocus(): void {
    const told = this.#wantsFocus ? this.#peer?.ask('focus', undefined) : undefined;
    void told?.then(
      () => (this.#wantsFocus = false),
      (error: unknown) => this.#log.trace('filter box', String(error)),
    );
  }

  /** What comes from a webview is looked at before it is used. */
  #apply({ filter, isChosen }: TraceFilterQuestions['apply']['asks']): undefined {
    if (typeof filter !== 'string' || filter.length > longestFilter) {
      throw new UserError(`A filter has at most ${longestFilter} characters.`);
    }
    this.#filters.apply(filter, { isChosen });
    return undefined;
  }

  #status(): TraceFilterStatus {
    const { state } = this.#controller;
    const { filter, rows, isSearching, failure } = state;
    return {
      filter,
      history: this.#filters.history,
      found: rows.length,
      isMore: olderCursorOf(state) !== undefined,
      isSearching,
      hints: filter === '' ? [] : [...(failure === undefined ? [] : [failure]), ...this.#filters.hints],
    };
  }

  #tellStatus(): void {
    const status = this.#status();
    const text = JSON.stringify(status);
    if (this.#peer !== undefined && text !== this.#told) {
      this.#told = text;
      // A box that is hidden has no document to tell; it asks for everything when it is shown again.
      void this.#peer.ask('status', status).catch((error: unknown) => this.#log.trace('filter box', String(error)));
    }
  }

  #sentenceFor(error: unknown): string {
    if (error instanceof UserError) {
      return error.message;
    }
    this.#log.error('filter box', error instanceof Error ? error : String(error));
    return 'This failed unexpectedly. The Sightline output has the details.';
  }
}

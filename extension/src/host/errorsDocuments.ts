import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { ErrorSource } from '../sources/errorSource.ts';
import { UserError } from '../userError.ts';
import type { ErrorPlace } from './errorSources.ts';
import {
  parseErrorDocumentPath,
  renderErrorDocument,
  toErrorDocumentPath,
  type ErrorDocument,
} from './errorsDocumentText.ts';
import { errorRowOf } from './errorsModel.ts';
import type { ErrorsController } from './errorsController.ts';

const scheme = 'sightline-error';

/** Where errors are read, whichever place the view shows. */
export interface ErrorPlaces {
  readonly place: ErrorPlace;
  sourceOf(place: ErrorPlace): ErrorSource;
}

/** Opens occurrences of errors as read-only documents, made when they are opened. */
export class ErrorsDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #controller: ErrorsController;
  readonly #places: ErrorPlaces;

  constructor(controller: ErrorsController, places: ErrorPlaces) {
    super();
    this.#controller = controller;
    this.#places = places;
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  async show(document: ErrorDocument): Promise<void> {
    // The same numbers mean another error elsewhere.
    const uri = vscode.Uri.from({ scheme, path: toErrorDocumentPath(document), query: this.#places.place });
    // The group may have been resolved, or happened again, since the document was last opened.
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const wanted = parseErrorDocumentPath(uri.path);
    if (wanted === undefined) {
      throw new UserError(`${uri.toString()} is not the address of an error.`);
    }
    const abort = new AbortController();
    const cancellation = token.onCancellationRequested(() => abort.abort());
    try {
      const place = uri.query === 'rollbar' ? 'rollbar' : 'local';
      const source = this.#places.sourceOf(place);
      const occurrence = await source.loadOccurrence(wanted.counter, wanted.id, abort.signal);
      const row = place === this.#places.place ? errorRowOf(this.#controller.state, wanted.counter) : undefined;
      // A document that is open stays open when retention removes what it shows, so this is content rather than an error.
      return occurrence === undefined ? 'This occurrence is no longer kept.\n' : renderErrorDocument(occurrence, row);
    } finally {
      cancellation.dispose();
    }
  }
}

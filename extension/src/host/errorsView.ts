import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { localLabel } from '../sources/traceSource.ts';
import { registerCommands } from './commands.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import { drawErrorRow, renderErrorsTree } from './errorRows.ts';
import { ErrorCommands } from './errorsCommands.ts';
import { ErrorsController } from './errorsController.ts';
import { ErrorsDocuments } from './errorsDocuments.ts';
import type { ErrorSources } from './errorSources.ts';
import { errorsMessageOf } from './errorsMessage.ts';
import { errorNodeIdOf, type ErrorsNode } from './errorsNodes.ts';
import { ErrorsTreeProvider } from './errorsTreeProvider.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import type { Clock } from './tracesController.ts';
import { SelectedRow } from './selectedRow.ts';

/** The Errors view: its tree, its commands and the documents it opens. Asks its source for nothing until it is shown. */
export class ErrorsView extends Disposable {
  readonly #controller: ErrorsController;
  readonly #tree: vscode.TreeView<ErrorsNode>;
  readonly #contextKeys: ContextKeySetter;
  /** By node id, where a person opened or closed a row. */
  readonly #expanded = new Map<string, boolean>();

  constructor(sources: ErrorSources, clock: Clock, contextKeys: ContextKeySetter, log: vscode.LogOutputChannel) {
    super();
    this.#contextKeys = contextKeys;
    this.#controller = this.register(new ErrorsController(sources.shown, clock, preferences()));
    const provider = this.register(new ErrorsTreeProvider(this.#controller));
    this.#tree = this.register(
      vscode.window.createTreeView('sightline.errors', { treeDataProvider: provider, showCollapseAll: true }),
    );
    const documents = this.register(new ErrorsDocuments(this.#controller, sources));
    const tree = { tree: this.#tree, selected: this.register(new SelectedRow(this.#tree)) };
    const commands = new ErrorCommands(this.#controller, tree, provider, documents, () => sources.showLocal());
    this.register(registerCommands(log, commands.handlers));
    this.#controller.setVisible(this.#tree.visible);
    this.register(this.#tree.onDidChangeVisibility(({ visible }) => this.#controller.setVisible(visible)));
    this.register(this.#tree.onDidExpandElement(({ element }) => this.#expanded.set(errorNodeIdOf(element), true)));
    this.register(this.#tree.onDidCollapseElement(({ element }) => this.#expanded.set(errorNodeIdOf(element), false)));
    this.register(this.#controller.onDidChange(() => this.#update()));
    this.register(onDidChangeSetting(preferenceKeys, () => this.#applyPreferences()));
    this.#update();
  }

  /** What the view shows, as text; for tests. */
  renderText(): string {
    const { state } = this.#controller;
    const now = this.#controller.now();
    const isExpanded = (node: ErrorsNode): boolean =>
      this.#expanded.get(errorNodeIdOf(node)) ?? drawErrorRow(state, node, now)?.expansion === 'expanded';
    const message = errorsMessageOf(state);
    return [...(message === undefined ? [] : [message]), renderErrorsTree(state, now, isExpanded)].join('\n');
  }

  #update(): void {
    const { state, source } = this.#controller;
    this.#tree.description = source.label === localLabel ? '' : source.label;
    const message = errorsMessageOf(state);
    if (this.#tree.message !== message) {
      // The editor takes `undefined` for "no message"; its types, with exact optional properties, do not.
      (this.#tree as { message: string | undefined }).message = message;
    }
    this.#contextKeys.set({ 'sightline.hasErrors': state.rows.length > 0 });
  }

  #applyPreferences(): void {
    const { groupBy, filter } = preferences();
    if (groupBy !== this.#controller.state.groupBy) {
      this.#controller.groupBy(groupBy);
    }
    if (filter !== this.#controller.state.filter) {
      this.#controller.filter(filter);
    }
  }
}

const preferenceKeys = ['sightline.errors.groupBy', 'sightline.errors.show'] as const;

function preferences() {
  return { groupBy: getSetting('sightline.errors.groupBy'), filter: getSetting('sightline.errors.show') } as const;
}

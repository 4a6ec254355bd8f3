import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { LogSource } from '../sources/logSource.ts';
import { localLabel } from '../sources/traceSource.ts';
import { registerCommands } from './commands.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import { LogTables } from './logTables.ts';
import { LogCommands } from './logsCommands.ts';
import { LogsController } from './logsController.ts';
import { LogsDocuments } from './logsDocuments.ts';
import { logsMessageOf } from './logsMessage.ts';
import { logsNodeIdOf, type LogsNode } from './logsNodes.ts';
import { renderLogsTree } from './logsRows.ts';
import { LogsTreeProvider } from './logsTreeProvider.ts';
import type { Clock } from './tracesController.ts';
import { SelectedRow } from './selectedRow.ts';

/** What the Logs view needs of the window around it. */
export interface LogsSurroundings {
  readonly clock: Clock;
  readonly contextKeys: ContextKeySetter;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
}

/** The Logs view: its tree, its commands, and the tables and documents that it opens. Asks its source for nothing until it is shown. */
export class LogsView extends Disposable {
  readonly #controller: LogsController;
  readonly #tree: vscode.TreeView<LogsNode>;
  readonly #contextKeys: ContextKeySetter;
  /** The ids of rows that a person opened. */
  readonly #expanded = new Set<string>();

  constructor(source: LogSource, { clock, contextKeys, log, extensionUri }: LogsSurroundings) {
    super();
    this.#contextKeys = contextKeys;
    this.#controller = this.register(new LogsController(source, clock));
    const provider = this.register(new LogsTreeProvider(this.#controller));
    this.#tree = this.register(
      vscode.window.createTreeView('sightline.logs', { treeDataProvider: provider, showCollapseAll: true }),
    );
    const documents = this.register(new LogsDocuments(source));
    const tables = this.register(new LogTables(source, extensionUri, log));
    const selected = this.register(new SelectedRow(this.#tree));
    const commands = new LogCommands(this.#controller, selected, documents, tables);
    this.register(registerCommands(log, commands.handlers));
    this.#controller.setVisible(this.#tree.visible);
    this.register(this.#tree.onDidChangeVisibility(({ visible }) => this.#controller.setVisible(visible)));
    this.register(this.#tree.onDidExpandElement(({ element }) => this.#expanded.add(logsNodeIdOf(element))));
    this.register(this.#tree.onDidCollapseElement(({ element }) => this.#expanded.delete(logsNodeIdOf(element))));
    this.register(this.#controller.onDidChange(() => this.#update()));
    this.#update();
  }

  /** What the view shows, as text; for tests. */
  renderText(): string {
    const { state } = this.#controller;
    const message = logsMessageOf(state);
    const tree = renderLogsTree(state, this.#controller.now(), (node) => this.#expanded.has(logsNodeIdOf(node)));
    return [...(message === undefined ? [] : [message]), tree].join('\n');
  }

  #update(): void {
    const { state, source } = this.#controller;
    this.#tree.description = source.label === localLabel ? '' : source.label;
    const message = logsMessageOf(state);
    if (this.#tree.message !== message) {
      // The editor takes `undefined` for "no message"; its types, with exact optional properties, do not.
      (this.#tree as { message: string | undefined }).message = message;
    }
    this.#contextKeys.set({
      'sightline.isLogFilterSet': state.pattern !== undefined,
      'sightline.hasLogs': state.groups.length > 0,
    });
  }
}

import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { Pacer } from '../sources/liveQuestion.ts';
import type { SamplingSource } from '../sources/samplingSource.ts';
import { localLabel } from '../sources/traceSource.ts';
import { registerCommands } from './commands.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import { SamplingViewCommands } from './samplingCommands.ts';
import { SamplingController } from './samplingController.ts';
import { SamplingDocuments } from './samplingDocuments.ts';
import { samplingMessageOf } from './samplingMessage.ts';
import { renderSamplingTree, samplingNodeIdOf, type SamplingNode } from './samplingRows.ts';
import { SamplingTreeProvider } from './samplingTreeProvider.ts';
import { SelectedRow } from './selectedRow.ts';

/** What the Sampling view needs of the window around it. */
export interface SamplingSurroundings {
  readonly clock: Pacer;
  readonly log: vscode.LogOutputChannel;
  readonly reports: ReportDocuments;
}

/** The Sampling view: its tree, its commands and the documents that it opens. Asks its source for nothing until it is shown. */
export class SamplingView extends Disposable {
  readonly #controller: SamplingController;
  readonly #tree: vscode.TreeView<SamplingNode>;
  /** The ids of rows that a person opened. */
  readonly #expanded = new Set<string>();

  constructor(source: SamplingSource, { clock, log, reports }: SamplingSurroundings) {
    super();
    this.#controller = this.register(new SamplingController(source, clock));
    const provider = this.register(new SamplingTreeProvider(this.#controller));
    this.#tree = this.register(
      vscode.window.createTreeView('sightline.sampling', { treeDataProvider: provider, showCollapseAll: true }),
    );
    const documents = this.register(new SamplingDocuments(this.#controller));
    const selected = this.register(new SelectedRow(this.#tree));
    const commands = new SamplingViewCommands(this.#controller, selected, documents, reports);
    this.register(registerCommands(log, commands.handlers));
    this.#controller.setVisible(this.#tree.visible);
    this.register(this.#tree.onDidChangeVisibility(({ visible }) => this.#controller.setVisible(visible)));
    this.register(this.#tree.onDidExpandElement(({ element }) => this.#expanded.add(samplingNodeIdOf(element))));
    this.register(this.#tree.onDidCollapseElement(({ element }) => this.#expanded.delete(samplingNodeIdOf(element))));
    this.register(this.#controller.onDidChange(() => this.#update()));
    this.#update();
  }

  /** What the view shows, as text; for tests. */
  renderText(): string {
    const { state } = this.#controller;
    const message = samplingMessageOf(state);
    const tree = renderSamplingTree(state, (node) => this.#expanded.has(samplingNodeIdOf(node)));
    return [...(message === undefined ? [] : [message]), tree].join('\n');
  }

  #update(): void {
    const { label } = this.#controller.source;
    this.#tree.description = label === localLabel ? '' : label;
    const message = samplingMessageOf(this.#controller.state);
    if (this.#tree.message !== message) {
      // The editor takes `undefined` for "no message"; its types, with exact optional properties, do not.
      (this.#tree as { message: string | undefined }).message = message;
    }
  }
}

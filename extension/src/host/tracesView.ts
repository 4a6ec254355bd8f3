import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { BesideSource } from '../sources/besideSource.ts';
import type { TraceSource } from '../sources/traceSource.ts';
import { registerCommands } from './commands.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import { TraceCommands } from './tracesCommands.ts';
import { TracesController, type Clock } from './tracesController.ts';
import { TracesDocuments } from './tracesDocuments.ts';
import { tracesMessageOf } from './tracesMessage.ts';
import { nodeIdOf, type TracesNode } from './tracesNodes.ts';
import { drawRow, renderTracesTree } from './traceRows.ts';
import { TracesTreeProvider } from './tracesTreeProvider.ts';

/** The Traces view: its tree, its commands and the documents it opens. Asks its source for nothing until it is shown. */
export class TracesView extends Disposable {
  readonly #controller: TracesController;
  readonly #tree: vscode.TreeView<TracesNode>;
  readonly #contextKeys: ContextKeySetter;
  /** By node id, where a person opened or closed a row. */
  readonly #expanded = new Map<string, boolean>();

  constructor(source: TraceSource, beside: BesideSource, contextKeys: ContextKeySetter, log: vscode.LogOutputChannel) {
    super();
    this.#contextKeys = contextKeys;
    this.#controller = this.register(new TracesController(source, systemClock, preferences(), beside));
    const provider = this.register(new TracesTreeProvider(this.#controller));
    this.#tree = this.register(
      vscode.window.createTreeView('sightline.traces', { treeDataProvider: provider, showCollapseAll: true }),
    );
    const documents = this.register(
      new TracesDocuments(source, async (traceId) => {
        await this.#controller.loadBeside(traceId);
        return this.#controller.state.beside.get(traceId);
      }),
    );
    const commands = new TraceCommands(this.#controller, this.#tree, provider, documents);
    this.register(registerCommands(log, commands.handlers));
    this.#controller.setVisible(this.#tree.visible);
    this.register(this.#tree.onDidChangeVisibility(({ visible }) => this.#controller.setVisible(visible)));
    this.register(this.#tree.onDidExpandElement(({ element }) => this.#expanded.set(nodeIdOf(element), true)));
    this.register(this.#tree.onDidCollapseElement(({ element }) => this.#expanded.set(nodeIdOf(element), false)));
    this.register(this.#controller.onDidChange(() => this.#update()));
    this.register(onDidChangeSetting(preferenceKeys, () => this.#applyPreferences()));
    this.#update();
  }

  /** What the view shows, as text; for tests. */
  renderText(): string {
    const { state } = this.#controller;
    const now = this.#controller.now();
    const isExpanded = (node: TracesNode): boolean =>
      this.#expanded.get(nodeIdOf(node)) ?? drawRow(state, node, now)?.expansion === 'expanded';
    const message = tracesMessageOf(state);
    return [...(message === undefined ? [] : [message]), renderTracesTree(state, now, isExpanded)].join('\n');
  }

  #update(): void {
    const { state } = this.#controller;
    const message = tracesMessageOf(state);
    if (this.#tree.message !== message) {
      // The editor takes `undefined` for "no message"; its types, with exact optional properties, do not.
      (this.#tree as { message: string | undefined }).message = message;
    }
    this.#contextKeys.set({
      'sightline.isTracesPaused': state.pause !== undefined,
      'sightline.areHealthChecksShown': state.healthChecks === 'shown',
      'sightline.hasTraces': state.rows.length > 0,
    });
  }

  #applyPreferences(): void {
    const { groupBy, healthChecks } = preferences();
    if (groupBy !== this.#controller.state.groupBy) {
      this.#controller.groupBy(groupBy);
    }
    if (healthChecks !== this.#controller.state.healthChecks) {
      this.#controller.showHealthChecks(healthChecks);
    }
  }
}

const preferenceKeys = ['sightline.traces.groupBy', 'sightline.traces.showHealthChecks'] as const;

function preferences() {
  return {
    groupBy: getSetting('sightline.traces.groupBy'),
    healthChecks: getSetting('sightline.traces.showHealthChecks') ? 'shown' : 'hidden',
  } as const;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(millis, callback) {
    const timer = setInterval(callback, millis);
    return { dispose: () => clearInterval(timer) };
  },
};

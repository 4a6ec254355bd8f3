import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { BesideSource } from '../sources/besideSource.ts';
import type { FilterSource } from '../sources/filterSource.ts';
import { localLabel, type TraceSource } from '../sources/traceSource.ts';
import { registerCommands } from './commands.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import { TraceFilterCommands } from './traceFilterCommands.ts';
import { rememberedFilter, TraceFilters, type FilterMemory } from './traceFilters.ts';
import { TraceFilterView } from './traceFilterView.ts';
import { TraceCommands } from './tracesCommands.ts';
import { TracesController, type Clock } from './tracesController.ts';
import { TracesDocuments } from './tracesDocuments.ts';
import { tracesMessageOf } from './tracesMessage.ts';
import { nodeIdOf, type TracesNode } from './tracesNodes.ts';
import { drawRow, renderTracesTree } from './traceRows.ts';
import { TracesTreeProvider } from './tracesTreeProvider.ts';
import { SelectedRow } from './selectedRow.ts';

export interface TracesSources {
  readonly traces: TraceSource;
  readonly beside: BesideSource;
  readonly filters: FilterSource;
}

export interface TracesSurroundings {
  readonly contextKeys: ContextKeySetter;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
  readonly memory: FilterMemory;
}

/** The Traces view: its tree, its commands and the documents it opens. Asks its source for nothing until it is shown. */
export class TracesView extends Disposable {
  readonly #controller: TracesController;
  readonly #tree: vscode.TreeView<TracesNode>;
  readonly #filters: TraceFilters;
  readonly #contextKeys: ContextKeySetter;
  /** By node id, where a person opened or closed a row. */
  readonly #expanded = new Map<string, boolean>();

  constructor(
    { traces: source, beside, filters }: TracesSources,
    { contextKeys, log, extensionUri, memory }: TracesSurroundings,
  ) {
    super();
    this.#contextKeys = contextKeys;
    const preferred = { ...preferences(), filter: rememberedFilter(memory) };
    this.#controller = this.register(new TracesController(source, systemClock, preferred, beside));
    this.#filters = this.register(new TraceFilters(filters, this.#controller, memory));
    const view = this.register(new TraceFilterView(this.#filters, this.#controller, { extensionUri, log }));
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
    const selected = this.register(new SelectedRow(this.#tree));
    const commands = new TraceCommands(this.#controller, { tree: this.#tree, selected }, provider, documents);
    this.register(registerCommands(log, commands.handlers));
    const filterCommands = new TraceFilterCommands(this.#filters, this.#controller, { selected, view });
    this.register(registerCommands(log, filterCommands.handlers));
    this.register(this.#filters.onDidChange(() => this.#update()));
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
    const message = tracesMessageOf(state, this.#filters.hints);
    return [...(message === undefined ? [] : [message]), renderTracesTree(state, now, isExpanded)].join('\n');
  }

  #update(): void {
    const { state, source } = this.#controller;
    this.#tree.description = source.label === localLabel ? '' : source.label;
    const message = tracesMessageOf(state, this.#filters.hints);
    if (this.#tree.message !== message) {
      // The editor takes `undefined` for "no message"; its types, with exact optional properties, do not.
      (this.#tree as { message: string | undefined }).message = message;
    }
    this.#contextKeys.set({
      'sightline.isTracesPaused': state.pause !== undefined,
      'sightline.areHealthChecksShown': state.healthChecks === 'shown',
      'sightline.hasTraces': state.rows.length > 0,
      'sightline.isTraceFilterSet': state.filter !== '',
      'sightline.isTraceSearching': state.isSearching,
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

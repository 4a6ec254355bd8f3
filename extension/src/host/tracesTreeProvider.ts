import * as vscode from 'vscode';
import type { SpanStatus } from '@sightline/telemetry/model/span';
import { Disposable } from '../lifetime.ts';
import type { TracesChange } from './tracesChange.ts';
import type { TracesController } from './tracesController.ts';
import { drawRow, type DrawnRow } from './traceRows.ts';
import { childNodesOf, nodeIdOf, parentNodeOf, topNodesOf, type TracesNode } from './tracesNodes.ts';
import { renderTooltip } from './tracesTooltip.ts';

/** Identities that are kept at most before those of rows long gone are forgotten. */
const maxKnownNodes = 20_000;

/** Maps the model to tree items, and nothing else. */
export class TracesTreeProvider extends Disposable implements vscode.TreeDataProvider<TracesNode> {
  readonly #changed = this.register(new vscode.EventEmitter<TracesNode[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: TracesController;
  /** The editor knows a row by the object it was given, so each id keeps its object. */
  readonly #known = new Map<string, TracesNode>();
  /** Between telling the editor that rows came or went and its asking for them. */
  #drawing: PromiseWithResolvers<void> | undefined;

  constructor(controller: TracesController) {
    super();
    this.#controller = controller;
    this.register(controller.onDidChange((change) => this.#onChange(change)));
    this.register({ dispose: () => this.#endDrawing() });
  }

  async getChildren(node?: TracesNode): Promise<TracesNode[]> {
    if (node === undefined) {
      const current = this.#controller.whenCurrent();
      if (this.#controller.state.filter === '') {
        // With a filter it may take long, and what is found is drawn as it comes.
        await current;
      }
      this.#forgetOld();
      const nodes = this.#same(topNodesOf(this.#controller.state, this.#controller.now()));
      // Once this answer has been sent, and not before.
      setImmediate(() => this.#endDrawing());
      return nodes;
    }
    if (node.kind === 'trace') {
      // Not waited for: spans are not to wait for log lines, which are drawn when they come.
      void this.#controller.loadBeside(node.traceId);
      await this.#controller.loadTree(node.traceId);
    } else if (node.kind === 'span') {
      await this.#controller.loadExceptions(node.traceId, node.spanId);
    }
    return this.#same(childNodesOf(this.#controller.state, node, this.#controller.now()));
  }

  getTreeItem(node: TracesNode): vscode.TreeItem {
    const row = drawRow(this.#controller.state, node, this.#controller.now());
    const item = row === undefined ? new vscode.TreeItem('No longer kept') : toTreeItem(row, node);
    item.id = nodeIdOf(node);
    return item;
  }

  /** Tooltips are made when somebody hovers, for most rows never. */
  resolveTreeItem(item: vscode.TreeItem, node: TracesNode): vscode.TreeItem {
    const tooltip = renderTooltip(this.#controller.state, node);
    item.tooltip = tooltip === undefined ? '' : new vscode.MarkdownString(tooltip);
    return item;
  }

  getParent(node: TracesNode): TracesNode | undefined {
    const parent = parentNodeOf(this.#controller.state, node, this.#controller.now());
    return parent === undefined ? undefined : this.same(parent);
  }

  /** Settles once the editor has all top rows; it asks for them only while the view is visible. */
  async whenDrawn(): Promise<void> {
    await this.#drawing?.promise;
  }

  /** The object by which the editor knows the row. */
  same(node: TracesNode): TracesNode {
    const id = nodeIdOf(node);
    const known = this.#known.get(id) ?? node;
    this.#known.set(id, known);
    return known;
  }

  #same(nodes: readonly TracesNode[]): TracesNode[] {
    return nodes.map((node) => this.same(node));
  }

  #onChange(change: TracesChange): void {
    if (change.kind === 'structure') {
      this.#drawing ??= Promise.withResolvers();
      this.#changed.fire(undefined);
      return;
    }
    const drawn = change.nodes.flatMap((node) => this.#known.get(nodeIdOf(node)) ?? []);
    if (drawn.length > 0) {
      this.#changed.fire(drawn);
    }
  }

  #endDrawing(): void {
    this.#drawing?.resolve();
    this.#drawing = undefined;
  }

  #forgetOld(): void {
    // Safe only here: the editor asks for the top rows after it has let go of all objects it had.
    if (this.#known.size > maxKnownNodes) {
      this.#known.clear();
    }
  }
}

const tints: Record<SpanStatus, string> = {
  running: 'charts.blue',
  ok: 'testing.iconPassed',
  error: 'list.warningForeground',
  fault: 'list.errorForeground',
  throttled: 'list.warningForeground',
};

const expansions: Record<DrawnRow['expansion'], vscode.TreeItemCollapsibleState> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

function toTreeItem(row: DrawnRow, node: TracesNode): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, expansions[row.expansion]);
  item.description = row.description;
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  if (row.icon !== undefined) {
    item.iconPath = new vscode.ThemeIcon(row.icon, row.tint && new vscode.ThemeColor(tints[row.tint]));
  }
  const command = row.expansion === 'none' || row.isOpenedByClick === true ? commandOf(node, row) : undefined;
  if (command !== undefined) {
    item.command = command;
  }
  return item;
}

/** What a click on a row without children does. */
function commandOf(node: TracesNode, { context }: DrawnRow): vscode.Command | undefined {
  switch (node.kind) {
    case 'span':
      return { command: 'sightline.openSpan', title: 'Open Span', arguments: [node] };
    case 'exception':
      return { command: 'sightline.goToException', title: 'Go to Line', arguments: [node] };
    case 'error':
      return { command: 'sightline.showError', title: 'Show in Errors', arguments: [node] };
    case 'logLine':
      return { command: 'sightline.openLineOfTrace', title: 'Open Log', arguments: [node] };
    case 'details':
      return { command: 'sightline.openRawTrace', title: 'Open Raw Documents', arguments: [node] };
    case 'more':
      return { command: 'sightline.showMoreSpans', title: 'Show More', arguments: [node] };
    case 'annotation':
      return { command: 'sightline.filterByAnnotation', title: 'Filter by Annotation', arguments: [node] };
    case 'metadatum': {
      const { traceId, spanKey, spanId } = node;
      const span: TracesNode = { kind: 'span', traceId, spanKey, spanId };
      return { command: 'sightline.openSpan', title: 'Open Span', arguments: [span] };
    }
    case 'older':
      return context === 'searching'
        ? { command: 'sightline.stopTraceSearch', title: 'Stop Searching' }
        : { command: 'sightline.loadOlderTraces', title: 'Load Older' };
    case 'group':
    case 'trace':
    case 'annotations':
    case 'metadata':
    case 'logLines':
    case 'errors':
    case 'besideFailure':
    case 'note':
      return undefined;
  }
}

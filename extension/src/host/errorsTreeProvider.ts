import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { ErrorsChange } from './errorsChange.ts';
import type { ErrorsController } from './errorsController.ts';
import {
  childErrorNodesOf,
  errorNodeIdOf,
  parentErrorNodeOf,
  topErrorNodesOf,
  type ErrorsNode,
} from './errorsNodes.ts';
import { drawErrorRow, type DrawnErrorRow, type ErrorTint } from './errorRows.ts';
import { renderErrorTooltip } from './errorsTooltip.ts';

/** Identities that are kept at most before those of rows long gone are forgotten. */
const maxKnownNodes = 20_000;

/** Maps the model to tree items, and nothing else. */
export class ErrorsTreeProvider extends Disposable implements vscode.TreeDataProvider<ErrorsNode> {
  readonly #changed = this.register(new vscode.EventEmitter<ErrorsNode[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: ErrorsController;
  /** The editor knows a row by the object it was given, so each id keeps its object. */
  readonly #known = new Map<string, ErrorsNode>();
  /** Between telling the editor that rows came or went and its asking for them. */
  #drawing: PromiseWithResolvers<void> | undefined;

  constructor(controller: ErrorsController) {
    super();
    this.#controller = controller;
    this.register(controller.onDidChange((change) => this.#onChange(change)));
    this.register({ dispose: () => this.#endDrawing() });
  }

  async getChildren(node?: ErrorsNode): Promise<ErrorsNode[]> {
    if (node === undefined) {
      await this.#controller.whenCurrent();
      this.#forgetOld();
      const nodes = this.#same(topErrorNodesOf(this.#controller.state));
      // Once this answer has been sent, and not before.
      setImmediate(() => this.#endDrawing());
      return nodes;
    }
    if (node.kind === 'group') {
      await this.#controller.loadOccurrences(node.counter);
    }
    return this.#same(childErrorNodesOf(this.#controller.state, node));
  }

  getTreeItem(node: ErrorsNode): vscode.TreeItem {
    const row = drawErrorRow(this.#controller.state, node, this.#controller.now());
    const item = row === undefined ? new vscode.TreeItem('No longer kept') : toTreeItem(row, node);
    item.id = errorNodeIdOf(node);
    return item;
  }

  /** Tooltips are made when somebody hovers, for most rows never. */
  resolveTreeItem(item: vscode.TreeItem, node: ErrorsNode): vscode.TreeItem {
    const tooltip = renderErrorTooltip(this.#controller.state, node);
    item.tooltip = tooltip === undefined ? '' : new vscode.MarkdownString(tooltip);
    return item;
  }

  getParent(node: ErrorsNode): ErrorsNode | undefined {
    const parent = parentErrorNodeOf(this.#controller.state, node);
    return parent === undefined ? undefined : this.same(parent);
  }

  /** Settles once the editor has all top rows; it asks for them only while the view is visible. */
  async whenDrawn(): Promise<void> {
    await this.#drawing?.promise;
  }

  /** The object by which the editor knows the row. */
  same(node: ErrorsNode): ErrorsNode {
    const id = errorNodeIdOf(node);
    const known = this.#known.get(id) ?? node;
    this.#known.set(id, known);
    return known;
  }

  #same(nodes: readonly ErrorsNode[]): ErrorsNode[] {
    return nodes.map((node) => this.same(node));
  }

  #onChange(change: ErrorsChange): void {
    if (change.kind === 'structure') {
      this.#drawing ??= Promise.withResolvers();
      this.#changed.fire(undefined);
      return;
    }
    const drawn = change.nodes.flatMap((node) => this.#known.get(errorNodeIdOf(node)) ?? []);
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

const tints: Record<ErrorTint, string> = {
  failure: 'list.errorForeground',
  warning: 'list.warningForeground',
  note: 'charts.blue',
  solved: 'testing.iconPassed',
};

const expansions: Record<DrawnErrorRow['expansion'], vscode.TreeItemCollapsibleState> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

function toTreeItem(row: DrawnErrorRow, node: ErrorsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, expansions[row.expansion]);
  item.description = row.description;
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  if (row.icon !== undefined) {
    item.iconPath = new vscode.ThemeIcon(row.icon, row.tint && new vscode.ThemeColor(tints[row.tint]));
  }
  const command = commandOf(node);
  if (command !== undefined) {
    item.command = command;
  }
  return item;
}

/** What a click on a row does, where it does more than opening and closing it. */
function commandOf(node: ErrorsNode): vscode.Command | undefined {
  switch (node.kind) {
    case 'frame':
      return { command: 'sightline.goToError', title: 'Go to Line', arguments: [node] };
    case 'trace':
      return { command: 'sightline.openTraceOfError', title: 'Open Trace', arguments: [node] };
    case 'details':
    case 'message':
      return { command: 'sightline.openError', title: 'Open Details', arguments: [node] };
    case 'olderOccurrences':
    case 'older':
      return { command: 'sightline.loadOlderErrors', title: 'Load Older', arguments: [node] };
    default:
      return undefined;
  }
}

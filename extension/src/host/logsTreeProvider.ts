import * as vscode from 'vscode';
import type { LogLevel } from '@sightline/telemetry/model/logEvent';
import { Disposable } from '../lifetime.ts';
import type { LogsChange } from './logsChange.ts';
import type { LogsController } from './logsController.ts';
import { logRowOf } from './logsModel.ts';
import { childLogsNodesOf, logsNodeIdOf, parentLogsNodeOf, topLogsNodesOf, type LogsNode } from './logsNodes.ts';
import { drawLogsRow, type DrawnLogsRow } from './logsRows.ts';
import { renderLogTooltip } from './logsTooltip.ts';

/** Identities that are kept at most before those of rows long gone are forgotten. */
const maxKnownNodes = 20_000;

/** Maps the model to tree items, and nothing else. */
export class LogsTreeProvider extends Disposable implements vscode.TreeDataProvider<LogsNode> {
  readonly #changed = this.register(new vscode.EventEmitter<LogsNode[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: LogsController;
  /** The editor knows a row by the object it was given, so each id keeps its object. */
  readonly #known = new Map<string, LogsNode>();

  constructor(controller: LogsController) {
    super();
    this.#controller = controller;
    this.register(controller.onDidChange((change) => this.#onChange(change)));
  }

  async getChildren(node?: LogsNode): Promise<LogsNode[]> {
    if (node === undefined) {
      await this.#controller.whenCurrent();
      this.#forgetOld();
      return this.#same(topLogsNodesOf(this.#controller.state));
    }
    if (node.kind === 'group') {
      await this.#controller.loadStreams(node.group);
    } else if (node.kind === 'stream') {
      await this.#controller.loadLines(node.group, node.stream);
    }
    return this.#same(childLogsNodesOf(this.#controller.state, node));
  }

  getTreeItem(node: LogsNode): vscode.TreeItem {
    const row = drawLogsRow(this.#controller.state, node, this.#controller.now());
    const item = row === undefined ? new vscode.TreeItem('No longer kept') : toTreeItem(row, node);
    item.id = logsNodeIdOf(node);
    return item;
  }

  /** Tooltips are made when somebody hovers, for most rows never. */
  resolveTreeItem(item: vscode.TreeItem, node: LogsNode): vscode.TreeItem {
    const row =
      node.kind === 'line' ? logRowOf(this.#controller.state, node.group, node.stream, node.lineId) : undefined;
    item.tooltip = row === undefined ? '' : new vscode.MarkdownString(renderLogTooltip(row));
    return item;
  }

  getParent(node: LogsNode): LogsNode | undefined {
    const parent = parentLogsNodeOf(node);
    return parent === undefined ? undefined : this.#sameOne(parent);
  }

  #sameOne(node: LogsNode): LogsNode {
    const id = logsNodeIdOf(node);
    const known = this.#known.get(id) ?? node;
    this.#known.set(id, known);
    return known;
  }

  #same(nodes: readonly LogsNode[]): LogsNode[] {
    return nodes.map((node) => this.#sameOne(node));
  }

  #onChange(change: LogsChange): void {
    if (change.kind === 'structure') {
      this.#changed.fire(undefined);
      return;
    }
    const drawn = change.nodes.flatMap((node) => this.#known.get(logsNodeIdOf(node)) ?? []);
    if (drawn.length > 0) {
      this.#changed.fire(drawn);
    }
  }

  #forgetOld(): void {
    // Safe only here: the editor asks for the top rows after it has let go of all objects it had.
    if (this.#known.size > maxKnownNodes) {
      this.#known.clear();
    }
  }
}

const tints: Record<LogLevel, string | undefined> = {
  trace: 'descriptionForeground',
  debug: 'descriptionForeground',
  info: 'charts.blue',
  warn: 'list.warningForeground',
  error: 'list.errorForeground',
  fatal: 'list.errorForeground',
  unset: 'descriptionForeground',
};

function toTreeItem(row: DrawnLogsRow, node: LogsNode): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, row.isExpandable ? Collapsed : None);
  item.description = row.description;
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  if (row.icon !== undefined) {
    const tint = row.tint && tints[row.tint];
    item.iconPath = new vscode.ThemeIcon(row.icon, tint === undefined ? undefined : new vscode.ThemeColor(tint));
  }
  const command = commandOf(node);
  if (command !== undefined) {
    item.command = command;
  }
  return item;
}

/** What a click on a row does. */
function commandOf(node: LogsNode): vscode.Command | undefined {
  switch (node.kind) {
    case 'line':
    case 'all':
      return { command: 'sightline.openLogTable', title: 'Open as Table', arguments: [node] };
    case 'older':
      return { command: 'sightline.loadOlderLogLines', title: 'Load Older', arguments: [node] };
    case 'group':
    case 'stream':
    case 'note':
      return undefined;
  }
}

import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { SamplingController, SamplingState } from './samplingController.ts';
import {
  childSamplingNodesOf,
  drawSamplingRow,
  samplingNodeIdOf,
  topSamplingNodesOf,
  type SamplingNode,
} from './samplingRows.ts';
import { renderSamplingTooltip } from './samplingTooltip.ts';

/** Maps the state to tree items, and nothing else. There are at most a few dozen rows, so each change draws them all. */
export class SamplingTreeProvider extends Disposable implements vscode.TreeDataProvider<SamplingNode> {
  readonly #changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: SamplingController;
  #drawn: SamplingState | undefined;

  constructor(controller: SamplingController) {
    super();
    this.#controller = controller;
    this.register(controller.onDidChange((state) => this.#onChange(state)));
  }

  async getChildren(node?: SamplingNode): Promise<SamplingNode[]> {
    if (node !== undefined) {
      return [...childSamplingNodesOf(node)];
    }
    await this.#controller.whenCurrent();
    this.#drawn = this.#controller.state;
    return [...topSamplingNodesOf(this.#drawn)];
  }

  getTreeItem(node: SamplingNode): vscode.TreeItem {
    const row = drawSamplingRow(this.#controller.state, node);
    const item = new vscode.TreeItem(row?.label ?? node.rule);
    item.id = samplingNodeIdOf(node);
    if (row !== undefined) {
      item.description = row.description;
      item.contextValue = row.context;
      item.accessibilityInformation = { label: row.spoken };
      item.collapsibleState = row.isParent
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None;
      if (row.icon !== undefined) {
        item.iconPath = new vscode.ThemeIcon(row.icon);
      }
    }
    return item;
  }

  /** Tooltips are made when somebody hovers, for most rows never. */
  resolveTreeItem(item: vscode.TreeItem, node: SamplingNode): vscode.TreeItem {
    const rule = node.kind === 'rule' ? this.#controller.ruleOf(node.rule) : undefined;
    const seconds = this.#controller.state.sampling?.activitySeconds ?? 0;
    item.tooltip = rule === undefined ? '' : new vscode.MarkdownString(renderSamplingTooltip(rule, seconds));
    return item;
  }

  getParent(node: SamplingNode): SamplingNode | undefined {
    return node.kind === 'member' ? { kind: 'rule', rule: node.rule } : undefined;
  }

  #onChange(state: SamplingState): void {
    // An answer that says the same draws nothing: the focus and an open tooltip stay.
    const isSame = JSON.stringify(state.sampling?.rules) === JSON.stringify(this.#drawn?.sampling?.rules);
    if (!isSame || state.source.kind !== this.#drawn?.source.kind) {
      this.#changed.fire(undefined);
    }
  }
}

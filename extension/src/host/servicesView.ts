import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { ServiceRow } from '../services/serviceRow.ts';
import type { ProblemWatch } from '../services/problemWatch.ts';
import { renderServices, servicesTree } from '../services/servicesTree.ts';
import type { Services } from './services.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';

// A service that a person starts in a terminal is noticed this soon; a probe is one connection.
const lookMillis = 3_000;

/** The Services view: draws the rows of `servicesTree`, and looks at ports while it is shown. */
export class ServicesView extends Disposable implements vscode.TreeDataProvider<ServiceRow> {
  readonly #changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #services: Services;
  readonly #view: vscode.TreeView<ServiceRow>;
  #drawn: string | undefined;
  #redraw: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(services: Services, problems: ProblemWatch) {
    super();
    this.#services = services;
    this.#view = this.register(vscode.window.createTreeView('sightline.services', { treeDataProvider: this }));
    this.register(problems.onDidChange(() => this.#count(problems.unseen)));
    this.#count(problems.unseen);
    this.register(services.onDidChange(() => this.#scheduleRedraw()));
    this.register(onDidChangeSetting(['sightline.autostart'], () => this.#describe()));
    this.register(this.#view.onDidChangeVisibility(() => this.#watchPorts()));
    this.register({ dispose: () => clearTimeout(this.#redraw) });
    this.register({ dispose: () => clearInterval(this.#looking) });
    this.#describe();
    this.#watchPorts();
  }

  /** What the view shows, as text; for tests. */
  renderText(): string {
    return renderServices(this.#rows());
  }

  getChildren(row?: ServiceRow): ServiceRow[] {
    return [...(row === undefined ? this.#rows() : row.children)];
  }

  getTreeItem(row: ServiceRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label);
    item.id = row.id;
    item.description = row.description;
    item.contextValue = row.context;
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.color === undefined ? undefined : new vscode.ThemeColor(row.color),
    );
    item.collapsibleState =
      row.children.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
    item.accessibilityInformation = { label: `${row.label}, ${row.description.replaceAll(' · ', ', ')}` };
    if (row.tooltip !== undefined) {
      item.tooltip = new vscode.MarkdownString(row.tooltip);
    }
    if (row.command !== undefined) {
      const { id, title, arguments: parameters = [] } = row.command;
      item.command = { command: id, title, arguments: [...parameters] };
    }
    return item;
  }

  #count(unseen: number): void {
    const tooltip = `${unseen} ${unseen === 1 ? 'problem' : 'problems'} with received data since they were last looked at`;
    this.#view.badge = unseen === 0 ? undefined : { value: unseen, tooltip };
  }

  #describe(): void {
    this.#view.description = getSetting('sightline.autostart') ? 'autostart' : '';
  }

  #rows(): readonly ServiceRow[] {
    return servicesTree(this.#services.snapshot());
  }

  /** Several things change at once when one starts, so they are drawn together, and only when the rows differ. */
  #scheduleRedraw(): void {
    this.#redraw ??= setTimeout(() => {
      this.#redraw = undefined;
      const rows = JSON.stringify(this.#rows());
      if (rows !== this.#drawn) {
        this.#drawn = rows;
        this.#changed.fire(undefined);
      }
    }, 50);
  }

  #watchPorts(): void {
    this.#services.cost.setVisible(this.#view.visible);
    clearInterval(this.#looking);
    this.#looking = this.#view.visible ? setInterval(() => void this.#look(), lookMillis) : undefined;
    if (this.#view.visible) {
      void this.#look();
    }
  }

  async #look(): Promise<void> {
    if (vscode.workspace.isTrusted) {
      await this.#services.folders.compose.project.refresh();
    }
    await this.#services.folders.database.look();
    await this.#services.folders.backend.look();
  }
}

import { suggestionsAt, applySuggestion } from '@sightline/telemetry/language/filterExpressionSuggestions';
import * as vscode from 'vscode';
import type { SavedFilter } from '../sources/filterSource.ts';
import { UserError } from '../userError.ts';
import type { TraceFilterCommands as Handlers } from './commandTable.ts';
import type { TraceFilters } from './traceFilters.ts';
import type { TraceFilterView } from './traceFilterView.ts';
import {
  annotationFilter,
  filterTroubleOf,
  narrowFilter,
  routeFilter,
  serviceFilter,
  statusFilter,
} from './traceFilterText.ts';
import type { TracesController } from './tracesController.ts';
import { traceRowOf } from './tracesModel.ts';
import { loadedTreeOf, type TracesNode } from './tracesNodes.ts';
import { rowOf } from './tracesSpanTree.ts';
import type { SelectedRow } from './selectedRow.ts';

/** The commands of the filter, for those with its view and those without. */
export class TraceFilterCommands {
  readonly #filters: TraceFilters;
  readonly #controller: TracesController;
  readonly #selected: SelectedRow<TracesNode>;
  readonly #view: TraceFilterView;

  constructor(
    filters: TraceFilters,
    controller: TracesController,
    { selected, view }: { readonly selected: SelectedRow<TracesNode>; readonly view: TraceFilterView },
  ) {
    this.#filters = filters;
    this.#controller = controller;
    this.#selected = selected;
    this.#view = view;
  }

  readonly handlers: Handlers = {
    'sightline.filterTraces': (filter) => this.#filter(filter),
    'sightline.openTraceFilter': () => this.#view.focus(),
    'sightline.clearTraceFilter': () => this.#filters.apply('', { isChosen: true }),
    'sightline.stopTraceSearch': () => this.#controller.stopSearch(),
    'sightline.saveTraceFilter': () => this.#save(),
    'sightline.savedTraceFilters': () => this.#pick(),
    'sightline.filterByService': (node) => this.#narrow(serviceFilter(this.#serviceOf(this.#nodeOf(node)))),
    'sightline.filterByRoute': (node) => this.#narrowByRoute(this.#nodeOf(node)),
    'sightline.filterByStatus': (node) => this.#narrow(statusFilter(this.#traceOf(this.#nodeOf(node)))),
    'sightline.filterByAnnotation': (node) => this.#narrowByAnnotation(this.#nodeOf(node)),
  };

  async #filter(given: string | undefined): Promise<void> {
    const filter = typeof given === 'string' ? given : await this.#typeFilter();
    if (filter !== undefined) {
      this.#filters.apply(filter, { isChosen: true });
      await vscode.commands.executeCommand('sightline.traces.focus');
    }
  }

  /** A box whose list is what can be typed next, below what the text does as it stands. */
  async #typeFilter(): Promise<string | undefined> {
    const vocabulary = await this.#filters.loadVocabulary();
    const box = vscode.window.createQuickPick<FilterItem>();
    box.title = 'Filter Traces';
    box.placeholder = 'An X-Ray filter expression, such as fault or service("backend") { fault }';
    box.value = this.#controller.state.filter;
    const draw = (): void => {
      const { items: suggestions, ...place } = suggestionsAt(box.value, box.value.length, vocabulary);
      const next = suggestions.map((suggestion): FilterItem => ({
        label: suggestion.label,
        description: suggestion.about,
        alwaysShow: true,
        becomes: applySuggestion(box.value, place, suggestion).text,
      }));
      const earlier = this.#filters.history
        .filter((filter) => box.value.trim() === '' && filter !== '')
        .map((filter): FilterItem => ({
          label: filter,
          description: 'used before',
          alwaysShow: true,
          applies: filter,
        }));
      box.items = [itemOfText(box.value), ...earlier, ...next];
    };
    draw();
    try {
      return await new Promise((resolve) => {
        box.onDidChangeValue(draw);
        box.onDidAccept(() => {
          const [item] = box.selectedItems;
          if (item?.becomes !== undefined) {
            box.value = item.becomes;
            draw();
          } else if (item?.applies !== undefined) {
            resolve(item.applies);
          }
        });
        box.onDidHide(() => resolve(undefined));
        box.show();
      });
    } finally {
      box.dispose();
    }
  }

  async #save(): Promise<void> {
    const { filter } = this.#controller.state;
    if (filter === '') {
      throw new UserError('No filter is on that could be saved. Filter the traces first.');
    }
    const saved = await this.#filters.source.listSavedFilters();
    const name = await askName('Save Filter', `Saves ${filter} as an X-Ray group of the hub.`);
    if (name === undefined) {
      return;
    }
    const before = saved.find((each) => each.name === name);
    if (before !== undefined && before.filter !== filter && !(await this.#mayReplace(before))) {
      return;
    }
    await this.#filters.source.saveFilter({ name, filter });
    vscode.window.setStatusBarMessage(`Saved the filter ${name}`, 3000);
  }

  async #mayReplace({ name, filter }: SavedFilter): Promise<boolean> {
    const detail = `It is ${filter === '' ? 'every trace' : filter} now.`;
    const question = `Replace the saved filter ${name}?`;
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Replace')) === 'Replace';
  }

  /** The saved filters: one is applied, or, by its buttons, renamed or deleted. */
  async #pick(): Promise<void> {
    const saved = await this.#filters.source.listSavedFilters();
    if (saved.length === 0) {
      throw new UserError('No filter has been saved yet. Filter the traces, then save the filter.', {
        actions: [{ label: 'Filter Traces', command: 'sightline.filterTraces' }],
      });
    }
    const { filter: current } = this.#controller.state;
    const box = vscode.window.createQuickPick<SavedItem>();
    box.title = 'Saved Filters';
    box.placeholder = 'X-Ray groups of the hub';
    box.matchOnDetail = true;
    box.items = saved.map(({ name, filter }) => ({
      label: name,
      detail: filter === '' ? 'every trace' : filter,
      ...(filter === current && { description: 'current' }),
      filter,
      buttons: [renameButton, deleteButton],
    }));
    try {
      const chosen = await new Promise<(() => Promise<void>) | undefined>((resolve) => {
        box.onDidAccept(() => {
          const [item] = box.selectedItems;
          resolve(item && (() => this.#filter(item.filter)));
        });
        box.onDidTriggerItemButton(({ button, item }) =>
          resolve(() => (button === renameButton ? this.#rename(item.label) : this.#delete(item))),
        );
        box.onDidHide(() => resolve(undefined));
        box.show();
      });
      box.hide();
      await chosen?.();
    } finally {
      box.dispose();
    }
  }

  async #rename(name: string): Promise<void> {
    const newName = await askName('Rename Filter', 'Filters that refer to it by group.name keep the old name.', name);
    if (newName !== undefined && newName !== name) {
      await this.#filters.source.renameFilter(name, newName);
    }
  }

  async #delete({ label: name, filter }: SavedItem): Promise<void> {
    const detail = `It is ${filter === '' ? 'every trace' : filter}. The X-Ray group is removed from the hub, for every window and client. This cannot be undone.`;
    const question = `Delete the saved filter ${name}?`;
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Delete')) === 'Delete') {
      await this.#filters.source.deleteFilter(name);
    }
  }

  #narrow(condition: string): void {
    this.#filters.apply(narrowFilter(this.#controller.state.filter, condition), { isChosen: true });
  }

  #narrowByRoute(node: TracesNode): void {
    const condition = routeFilter(this.#traceOf(node));
    if (condition === undefined) {
      throw new UserError('This trace is no HTTP request, so it has no route.');
    }
    this.#narrow(condition);
  }

  #narrowByAnnotation(node: TracesNode): void {
    const tree = node.kind === 'annotation' ? loadedTreeOf(this.#controller.state, node.traceId) : undefined;
    const value = node.kind === 'annotation' ? tree?.facts.get(node.spanId)?.annotations.get(node.key) : undefined;
    if (node.kind !== 'annotation' || value === undefined) {
      throw new UserError('Select an annotation below a span in the Traces view first.');
    }
    this.#narrow(annotationFilter(node.key, value));
  }

  #nodeOf(given: TracesNode | undefined): TracesNode {
    const node = given ?? this.#selected.current;
    if (node === undefined) {
      throw new UserError('Select a trace in the Traces view first.');
    }
    return node;
  }

  #serviceOf(node: TracesNode): string {
    const tree = node.kind === 'span' ? loadedTreeOf(this.#controller.state, node.traceId) : undefined;
    const span = node.kind === 'span' && tree !== undefined ? rowOf(tree, node.spanKey) : undefined;
    return span?.service ?? this.#traceOf(node).service;
  }

  #traceOf(node: TracesNode): NonNullable<ReturnType<typeof traceRowOf>> {
    const row = 'traceId' in node ? traceRowOf(this.#controller.state, node.traceId) : undefined;
    if (row === undefined) {
      throw new UserError('Select a trace in the Traces view first.');
    }
    return row;
  }
}

interface FilterItem extends vscode.QuickPickItem {
  /** The text after it was chosen, where it is a part of one. */
  readonly becomes?: string;
  /** The filter that it applies. */
  readonly applies?: string;
}

interface SavedItem extends vscode.QuickPickItem {
  readonly filter: string;
}

const renameButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: 'Rename Filter' };
const deleteButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Delete Filter' };

function itemOfText(text: string): FilterItem {
  const trouble = filterTroubleOf(text);
  if (trouble !== undefined) {
    return { label: '$(error) Not complete, or wrong', detail: trouble, alwaysShow: true };
  }
  return text.trim() === ''
    ? { label: '$(clear-all) Show every trace', alwaysShow: true, applies: '' }
    : { label: '$(filter) Apply', description: text.trim(), alwaysShow: true, applies: text.trim() };
}

async function askName(title: string, prompt: string, value = ''): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    placeHolder: 'Name',
    validateInput: (text) => {
      const { length } = text.trim();
      if (text.trim() === 'Default') {
        return 'Default is a reserved name: the group of every trace.';
      }
      return length > 32 ? 'A name has at most 32 characters.' : undefined;
    },
  });
  return name === undefined || name.trim() === '' ? undefined : name.trim();
}

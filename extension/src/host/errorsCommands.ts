import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import * as vscode from 'vscode';
import { UserError } from '../userError.ts';
import type { ErrorsCommands, ErrorTarget } from './commandTable.ts';
import { itemOf, type ErrorItemView } from './errorItemView.ts';
import { drawErrorRow } from './errorRows.ts';
import type { ErrorsController } from './errorsController.ts';
import type { ErrorsDocuments } from './errorsDocuments.ts';
import { renderCopiedError } from './errorsDocumentText.ts';
import { occurrenceOf, occurrencesOf, type ErrorFilter, type ErrorGrouping } from './errorsModel.ts';
import type { ErrorsNode } from './errorsNodes.ts';
import type { ErrorsTreeProvider } from './errorsTreeProvider.ts';
import { goToFrame } from './goToFrame.ts';
import { withProgress } from './progress.ts';
import { updatePreference } from './settings.ts';
import type { SelectedRow } from './selectedRow.ts';
import { revealRow } from './revealRow.ts';

/** The commands of the Errors view. From a row they get the row; from the palette they take the selected row, or ask for an error. */
export class ErrorCommands {
  readonly #controller: ErrorsController;
  readonly #tree: vscode.TreeView<ErrorsNode>;
  readonly #selected: SelectedRow<ErrorsNode>;
  readonly #provider: ErrorsTreeProvider;
  readonly #documents: ErrorsDocuments;
  readonly #showLocal: () => Promise<void>;

  constructor(
    controller: ErrorsController,
    { tree, selected }: { readonly tree: vscode.TreeView<ErrorsNode>; readonly selected: SelectedRow<ErrorsNode> },
    provider: ErrorsTreeProvider,
    documents: ErrorsDocuments,
    showLocal: () => Promise<void>,
  ) {
    this.#controller = controller;
    this.#tree = tree;
    this.#selected = selected;
    this.#provider = provider;
    this.#documents = documents;
    this.#showLocal = showLocal;
  }

  readonly handlers: ErrorsCommands = {
    'sightline.refreshErrors': () =>
      inView(() => withProgress('Reading errors', (signal) => this.#controller.refresh(signal))),
    'sightline.filterErrors': () => this.#chooseFilter(),
    'sightline.groupErrors': () => this.#chooseGrouping(),
    'sightline.loadOlderErrors': (node) => this.#loadOlder(node),
    'sightline.resolveError': (target) => this.#setStatus(target, 'resolved'),
    'sightline.reopenError': (target) => this.#setStatus(target, 'active'),
    'sightline.muteError': (target) => this.#setStatus(target, 'muted'),
    'sightline.showError': (target) => this.#withGroup(target, (counter) => this.#show(counter)),
    'sightline.openError': (target) => this.#withGroup(target, (counter, node) => this.#openDocument(counter, node)),
    'sightline.goToError': (target) => this.#withGroup(target, (counter, node) => this.#goToLine(counter, node)),
    'sightline.openTraceOfError': (target) =>
      this.#withGroup(target, (counter, node) => this.#openTrace(counter, node)),
    'sightline.copyError': (target) => this.#withGroup(target, (counter, node) => this.#copy(counter, node)),
  };

  async #withGroup(
    given: ErrorTarget | undefined,
    act: (counter: number, node: ErrorsNode) => Promise<void>,
  ): Promise<void> {
    if (isOfHub(given)) {
      await this.#showLocal();
    }
    const selected = this.#selected.current;
    const target =
      given ?? (selected !== undefined && 'counter' in selected ? selected : undefined) ?? (await this.#pick());
    const node = target === undefined ? undefined : nodeOf(target);
    if (node !== undefined && 'counter' in node) {
      await act(node.counter, node);
    }
  }

  async #pick(): Promise<number | undefined> {
    await this.#controller.whenCurrent();
    const { state } = this.#controller;
    const items = state.rows.map(({ counter }) => {
      const row = drawErrorRow(state, { kind: 'group', counter }, this.#controller.now());
      return { label: row?.label ?? '', description: row?.description ?? '', counter };
    });
    if (items.length === 0) {
      throw new UserError(state.filter === 'all' ? 'There is no error yet.' : `There is no ${state.filter} error.`);
    }
    const picked = await vscode.window.showQuickPick(items, { title: 'Choose an Error', matchOnDescription: true });
    return picked?.counter;
  }

  async #setStatus(target: ErrorTarget | undefined, status: ErrorStatus): Promise<void> {
    await this.#withGroup(target, (counter) => inView(() => this.#controller.setStatus(counter, status)));
  }

  async #chooseFilter(): Promise<void> {
    const { filter } = this.#controller.state;
    const items = filters.map((item) => ({ ...item, ...(item.filter === filter && { description: 'current' }) }));
    const picked = await vscode.window.showQuickPick(items, { title: 'Show Errors That Are' });
    if (picked !== undefined) {
      await updatePreference('sightline.errors.show', picked.filter);
    }
  }

  async #chooseGrouping(): Promise<void> {
    const { groupBy } = this.#controller.state;
    const items = groupings.map((item) => ({ ...item, ...(item.groupBy === groupBy && { description: 'current' }) }));
    const picked = await vscode.window.showQuickPick(items, { title: 'Group Errors By' });
    if (picked !== undefined) {
      await updatePreference('sightline.errors.groupBy', picked.groupBy);
    }
  }

  async #loadOlder(node: ErrorsNode | undefined): Promise<void> {
    await (node?.kind === 'olderOccurrences'
      ? this.#controller.loadOlderOccurrences(node.counter)
      : this.#controller.loadOlder());
  }

  async #show(counter: number): Promise<void> {
    if (await inView(() => this.#controller.bringIntoRows(counter))) {
      // The editor reveals only what it has drawn: the view must be visible, with the rows that were just loaded.
      await vscode.commands.executeCommand('sightline.errors.focus');
      await this.#provider.whenDrawn();
      const node = this.#provider.same({ kind: 'group', counter });
      await revealRow(this.#tree, node);
    } else {
      // The view shows others now, such as resolved ones only: its contents can still be read.
      await this.#openDocument(counter, { kind: 'group', counter });
    }
  }

  async #openDocument(counter: number, node: ErrorsNode): Promise<void> {
    const { id, item } = await this.#occurrenceFor(counter, node);
    await this.#documents.show({ counter, id, title: item.title });
  }

  async #goToLine(counter: number, node: ErrorsNode): Promise<void> {
    const { id, item } = await this.#occurrenceFor(counter, node);
    if (!(await goToFrame(stackFor(item, node)))) {
      // No frame is a file of this workspace: the document has the whole stack.
      await this.#documents.show({ counter, id, title: item.title });
    }
  }

  async #openTrace(counter: number, node: ErrorsNode): Promise<void> {
    const { item } = await this.#occurrenceFor(counter, node);
    if (item.traceId === undefined) {
      throw new UserError('The app did not say in which trace this happened. It can send `traceId` with the error.');
    }
    await vscode.commands.executeCommand('sightline.findTrace', item.traceId);
  }

  async #copy(counter: number, node: ErrorsNode): Promise<void> {
    const { item } = await this.#occurrenceFor(counter, node);
    await vscode.env.clipboard.writeText(renderCopiedError(item));
    vscode.window.setStatusBarMessage('Copied the error with its stack', 3000);
  }

  /** The occurrence that a row belongs to; of a group, its newest. */
  async #occurrenceFor(counter: number, node: ErrorsNode): Promise<{ id: string; item: ErrorItemView }> {
    await this.#controller.loadOccurrences(counter);
    const { state } = this.#controller;
    const occurrence =
      'id' in node
        ? // One of long ago may be reached from its trace.
          (occurrenceOf(state, counter, node.id) ?? (await this.#controller.source.loadOccurrence(counter, node.id)))
        : occurrencesOf(state, counter)[0];
    if (occurrence === undefined) {
      const loaded = state.occurrences.get(counter);
      throw new UserError(loaded?.kind === 'failed' ? loaded.message : 'This error is no longer kept.');
    }
    return { id: occurrence.id, item: itemOf(occurrence) };
  }
}

/** Messages and traces name errors of the hub on this machine, whichever place the view shows. */
function isOfHub(target: ErrorTarget | undefined): boolean {
  return typeof target === 'number' || target?.kind === 'error';
}

function nodeOf(target: ErrorTarget): ErrorsNode {
  if (typeof target === 'number') {
    return { kind: 'group', counter: target };
  }
  return target.kind === 'error' ? { kind: 'occurrence', counter: target.counter, id: target.id } : target;
}

const filters: readonly (vscode.QuickPickItem & { readonly filter: ErrorFilter })[] = [
  { label: '$(error) Active', detail: 'What still happens', filter: 'active' },
  { label: '$(pass) Resolved', detail: 'One that happens again becomes active', filter: 'resolved' },
  { label: '$(bell-slash) Muted', detail: 'Counted on, but nobody is told', filter: 'muted' },
  { label: '$(list-flat) Any', detail: 'Active, resolved and muted', filter: 'all' },
];

const groupings: readonly (vscode.QuickPickItem & { readonly groupBy: ErrorGrouping })[] = [
  { label: '$(list-flat) None', detail: 'One list, the one seen last first', groupBy: 'none' },
  { label: '$(server-environment) Environment', detail: 'Where they happened', groupBy: 'environment' },
];

/** The frames to go to from a row: one, those of an exception, or all of what was thrown and then of its causes. */
function stackFor({ exceptions }: ErrorItemView, node: ErrorsNode): ErrorItemView['exceptions'][number]['stack'] {
  if (node.kind === 'frame') {
    const frame = exceptions[node.index]?.stack[node.frame];
    return frame === undefined ? [] : [frame];
  }
  return node.kind === 'exception' ? (exceptions[node.index]?.stack ?? []) : exceptions.flatMap(({ stack }) => stack);
}

/** Shows at the top of the view that something is under way, if it takes long enough to be seen. */
async function inView<T>(work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: { viewId: 'sightline.errors' } }, work);
}

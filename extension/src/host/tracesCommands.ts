import { parseTraceId, toXRayTraceId } from '@sightline/telemetry/model/ids';
import * as vscode from 'vscode';
import type { BesideLogLine, PlacedLine } from '../sources/besideSource.ts';
import { UserError } from '../userError.ts';
import type { TracesCommands } from './commandTable.ts';
import { goToFrame } from './goToFrame.ts';
import type { TracesController } from './tracesController.ts';
import type { TracesDocuments } from './tracesDocuments.ts';
import { drawRow } from './traceRows.ts';
import { traceRowOf, type TraceGrouping } from './tracesModel.ts';
import { loadedTreeOf, nodeIdOf, ownerOf, type TracesNode } from './tracesNodes.ts';
import { updatePreference } from './settings.ts';
import { rowOf } from './tracesSpanTree.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';
import type { TracesTreeProvider } from './tracesTreeProvider.ts';
import type { SelectedRow } from './selectedRow.ts';
import { revealRow } from './revealRow.ts';

/** The commands of the Traces view. From a row they get the row; from the palette they take the selected row, or ask for a trace. */
export class TraceCommands {
  readonly #controller: TracesController;
  readonly #tree: vscode.TreeView<TracesNode>;
  readonly #selected: SelectedRow<TracesNode>;
  readonly #provider: TracesTreeProvider;
  readonly #documents: TracesDocuments;

  constructor(
    controller: TracesController,
    { tree, selected }: { readonly tree: vscode.TreeView<TracesNode>; readonly selected: SelectedRow<TracesNode> },
    provider: TracesTreeProvider,
    documents: TracesDocuments,
  ) {
    this.#controller = controller;
    this.#tree = tree;
    this.#selected = selected;
    this.#provider = provider;
    this.#documents = documents;
  }

  readonly handlers: TracesCommands = {
    'sightline.refreshTraces': () => inView(() => this.#controller.refresh()),
    'sightline.pauseTraces': () => this.#controller.pause(),
    'sightline.resumeTraces': () => this.#controller.resume(),
    'sightline.clearTraces': () => this.#clear(),
    'sightline.groupTraces': () => this.#chooseGrouping(),
    'sightline.showHealthChecks': () => updatePreference('sightline.traces.showHealthChecks', true),
    'sightline.hideHealthChecks': () => updatePreference('sightline.traces.showHealthChecks', false),
    'sightline.loadOlderTraces': () => this.#controller.loadOlder(),
    'sightline.setTraceFilter': async (expression = '') => {
      this.#controller.filterBy(expression);
      await vscode.commands.executeCommand('sightline.traces.focus');
    },
    'sightline.findTrace': (traceId) => this.#find(traceId),
    'sightline.pinTrace': (node) => this.#withTrace(node, (traceId) => this.#controller.setPinned(traceId, true)),
    'sightline.unpinTrace': (node) => this.#withTrace(node, (traceId) => this.#controller.setPinned(traceId, false)),
    'sightline.copyTraceId': (node) => this.#withTrace(node, (traceId) => copy(traceId)),
    'sightline.copyXRayTraceId': (node) => this.#withTrace(node, (traceId) => copy(xrayIdOf(traceId))),
    'sightline.openRawTrace': (node) => this.#withTrace(node, (traceId) => this.#openRaw(traceId)),
    'sightline.openSpan': (node) => this.#openSpan(node),
    'sightline.showTraceOnMap': (node) => this.#withTrace(node, showOnMap),
    'sightline.goToException': (node) => this.#goToException(node),
    'sightline.showMoreSpans': (node) => this.#showMore(node),
    'sightline.openLineOfTrace': (node) => this.#openLine(node),
    'sightline.copyLineOfTrace': (node) => copy(this.#lineOf(node).message),
    'sightline.guessTrace': (line) => this.#guess(line),
  };

  async #withTrace(node: TracesNode | undefined, act: (traceId: string) => Promise<void>): Promise<void> {
    const traceId = traceIdOf(node) ?? traceIdOf(this.#selected.current) ?? (await this.#pickTrace());
    if (traceId !== undefined) {
      await act(traceId);
    }
  }

  async #pickTrace(): Promise<string | undefined> {
    await this.#controller.whenCurrent();
    const { state } = this.#controller;
    const items = state.rows.map(({ id, name }) => ({
      label: name,
      description: drawRow(state, { kind: 'trace', traceId: id }, this.#controller.now())?.description ?? '',
      traceId: id,
    }));
    if (items.length === 0) {
      throw new UserError('There is no trace yet.');
    }
    const picked = await vscode.window.showQuickPick(items, { title: 'Choose a Trace', matchOnDescription: true });
    return picked?.traceId;
  }

  async #clear(): Promise<void> {
    const count = await this.#controller.source.countTraces();
    const pinned = this.#controller.state.rows.filter((row) => row.pinned).length;
    const question =
      pinned === 0
        ? `Clear ${toCountText(count, 'trace')}?`
        : `Clear all ${toCountText(count, 'trace')} but those that are pinned?`;
    const stay = pinned === 0 ? '' : ` ${toCountText(pinned, 'pinned trace')} of those shown will stay.`;
    const detail = `They are removed from this machine with their log lines, for every window.${stay} This cannot be undone.`;
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Clear');
    if (answer === 'Clear') {
      await inView(() => this.#controller.clear());
    }
  }

  async #chooseGrouping(): Promise<void> {
    const current = this.#controller.state.groupBy;
    const items = groupings.map((item) => ({ ...item, ...(item.groupBy === current && { description: 'current' }) }));
    const picked = await vscode.window.showQuickPick(items, { title: 'Group Traces By' });
    if (picked !== undefined) {
      await updatePreference('sightline.traces.groupBy', picked.groupBy);
    }
  }

  async #find(given: string | undefined): Promise<void> {
    const text = given ?? (await vscode.window.showInputBox(findInput));
    if (text === undefined) {
      return;
    }
    const traceId = parseTraceId(text.trim());
    if (traceId === undefined) {
      throw new UserError(`"${text.slice(0, 60)}" is no trace id. ${idForms}`);
    }
    if ((await this.#controller.source.loadTreeRows(traceId)) === undefined) {
      throw new UserError(
        `No trace ${traceId} is kept here: it was never received, or has been cleared or retired since.`,
      );
    }
    const isFound = await inView(() => this.#controller.bringIntoRows(traceId));
    if (!isFound && this.#controller.state.filter !== '' && (await mayClearFilter(this.#controller.state.filter))) {
      await vscode.commands.executeCommand('sightline.clearTraceFilter');
      await this.#find(traceId);
    } else if (isFound) {
      // The editor reveals only what it has drawn: the view must be visible, with the rows that were just loaded.
      await vscode.commands.executeCommand('sightline.traces.focus');
      await this.#provider.whenDrawn();
      const node = this.#provider.same({ kind: 'trace', traceId });
      await revealRow(this.#tree, node);
    } else {
      // A health check that is hidden, or older than the longest list: its contents can still be read.
      await this.#openRaw(traceId);
    }
  }

  async #openRaw(traceId: string): Promise<void> {
    const title = traceRowOf(this.#controller.state, traceId)?.name ?? `trace ${traceId.slice(0, 8)}`;
    await this.#documents.show({ traceId, title });
  }

  async #openSpan(given: TracesNode | undefined): Promise<void> {
    const node = given ?? this.#selected.current;
    if (node?.kind !== 'span') {
      throw new UserError('Select a span in the Traces view first.');
    }
    const tree = loadedTreeOf(this.#controller.state, node.traceId);
    const title = (tree === undefined ? undefined : rowOf(tree, node.spanKey)?.name) ?? 'span';
    await this.#documents.show({ traceId: node.traceId, spanId: node.spanId, title });
  }

  async #goToException(given: TracesNode | undefined): Promise<void> {
    const node = given ?? this.#selected.current;
    if (node?.kind !== 'exception') {
      throw new UserError('Select an exception in the Traces view first.');
    }
    const { traceId, spanId, index } = node;
    const exception = loadedTreeOf(this.#controller.state, traceId)?.exceptions.get(spanId)?.[index];
    if (exception === undefined || !(await goToFrame(exception.stack))) {
      // No frame is a file of this workspace: the span's own document has the whole stack.
      await this.#documents.show({ traceId, spanId, title: exception?.type ?? 'exception' });
    }
  }

  async #openLine(node: TracesNode | undefined): Promise<void> {
    const { group, stream, id } = this.#lineOf(node);
    await vscode.commands.executeCommand('sightline.openLogTable', { group, streams: [stream], lineId: id });
  }

  async #guess(line: PlacedLine | undefined): Promise<void> {
    if (line === undefined) {
      throw new UserError('Select a line in the Logs view first.');
    }
    const rows = await this.#controller.guessTraces(line);
    if (rows.length === 0) {
      throw new UserError(
        'This line does not say to which trace it belongs, and no request of its service was under way when it was written.',
      );
    }
    const items = rows.map(({ id, name, httpStatus, startTime }) => ({
      label: name,
      description: [httpStatus, toLocalTimeText(epochMillisOf(startTime))].filter(Boolean).join(' · '),
      id,
    }));
    // Also where there is only one, for it is a guess all the same.
    const options = { title: 'This line names no trace. A guess: its service, and within the request’s time' };
    const picked = await vscode.window.showQuickPick(items, options);
    if (picked !== undefined) {
      await this.#find(picked.id);
    }
  }

  #lineOf(given: TracesNode | undefined): BesideLogLine {
    const node = given ?? this.#selected.current;
    const lines = node?.kind === 'logLine' ? this.#controller.state.beside.get(node.traceId)?.lines : undefined;
    const line = lines?.find(({ id }) => node?.kind === 'logLine' && id === node.lineId);
    if (line === undefined) {
      throw new UserError('Select a log line below a trace in the Traces view first.');
    }
    return line;
  }

  #showMore(node: TracesNode | undefined): void {
    if (node?.kind === 'more') {
      this.#controller.showMoreChildren(nodeIdOf(ownerOf(node)));
    }
  }
}

const idForms = 'Both 4efaaf4d1e8720b39541901950019ee5 and 1-4efaaf4d-1e8720b39541901950019ee5 are understood.';

const groupings: readonly (vscode.QuickPickItem & { readonly groupBy: TraceGrouping })[] = [
  { label: '$(list-flat) None', detail: 'One list, newest first', groupBy: 'none' },
  { label: '$(history) Time', detail: 'Just now, last 10 minutes, last hour, today …', groupBy: 'time' },
  { label: '$(globe) Route', detail: 'Requests of one route together', groupBy: 'route' },
  { label: '$(server) Service', detail: 'By the service that took the request', groupBy: 'service' },
  { label: '$(pass) Status', detail: 'Faults and errors first', groupBy: 'status' },
];

const findInput: vscode.InputBoxOptions = {
  title: 'Find Trace by Id',
  placeHolder: 'Trace id, as W3C or as X-Ray spells it',
  validateInput: (text) =>
    text.trim() === '' || parseTraceId(text.trim()) !== undefined ? undefined : `This is no trace id. ${idForms}`,
};

/** Shows at the top of the view that something is under way, if it takes long enough to be seen. */
async function inView<T>(work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: { viewId: 'sightline.traces' } }, work);
}

async function mayClearFilter(filter: string): Promise<boolean> {
  const message = `The filter ${filter} leaves this trace out.`;
  return (await vscode.window.showInformationMessage(message, 'Clear Filter and Show')) !== undefined;
}

function traceIdOf(node: TracesNode | undefined): string | undefined {
  return node !== undefined && 'traceId' in node ? node.traceId : undefined;
}

function xrayIdOf(text: string): string {
  const traceId = parseTraceId(text);
  return traceId === undefined ? text : toXRayTraceId(traceId);
}

async function showOnMap(traceId: string): Promise<void> {
  await vscode.commands.executeCommand('sightline.openServiceMap', { traceId });
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`Copied ${text}`, 3000);
}

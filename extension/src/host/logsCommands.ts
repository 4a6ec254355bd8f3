import * as vscode from 'vscode';
import type { LogGroupJson } from '@sightline/hub/client/logsApi';
import type { LogScope } from '../sources/logSource.ts';
import { UserError } from '../userError.ts';
import type { LogsCommands, LogTarget } from './commandTable.ts';
import type { LogTables } from './logTables.ts';
import type { LogsController } from './logsController.ts';
import type { LogsDocuments } from './logsDocuments.ts';
import { filterPatternTroubleOf } from './logsFilter.ts';
import { logGroupOf, logRowOf } from './logsModel.ts';
import type { LogsNode } from './logsNodes.ts';
import { drawLogsRow } from './logsRows.ts';
import { groupNameTroubleOf, retentionDays } from './logsGroups.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';
import type { SelectedRow } from './selectedRow.ts';

/** The commands of the Logs view. From a row they get the row; from the palette they take the selected row, or ask for a group. */
export class LogCommands {
  readonly #controller: LogsController;
  readonly #selected: SelectedRow<LogsNode>;
  readonly #documents: LogsDocuments;
  readonly #tables: LogTables;

  constructor(
    controller: LogsController,
    selected: SelectedRow<LogsNode>,
    documents: LogsDocuments,
    tables: LogTables,
  ) {
    this.#controller = controller;
    this.#selected = selected;
    this.#documents = documents;
    this.#tables = tables;
  }

  readonly handlers: LogsCommands = {
    'sightline.refreshLogs': () => inView(() => this.#controller.refresh()),
    'sightline.filterLogs': () => this.#filter(),
    'sightline.clearLogFilter': () => this.#controller.filterBy(undefined),
    'sightline.createLogGroup': () => this.#createGroup(),
    'sightline.deleteLogGroup': (node) => this.#withGroup(node, (group) => this.#deleteGroup(group)),
    'sightline.setLogRetention': (node) => this.#withGroup(node, (group) => this.#setRetention(group)),
    'sightline.showLogWriters': (node) => this.#withGroup(node, (group) => this.#showWriters(group, node)),
    'sightline.openLogTable': (target) => this.#withScope(target, (scope) => this.#openTable(scope, target)),
    'sightline.openLogDocument': (target) => this.#withScope(target, (scope) => this.#openDocument(scope)),
    'sightline.copyLogLine': (node) => this.#copyLine(node),
    'sightline.openLogTrace': (node) => this.#openTrace(node),
    'sightline.loadOlderLogLines': (node) => this.#loadOlder(node),
  };

  async #filter(): Promise<void> {
    const text = await vscode.window.showInputBox({
      title: 'Filter Log Lines',
      value: this.#controller.state.pattern ?? '',
      placeHolder:
        'ERROR -health   "not found"   %4\\d\\d%   { $.status >= 500 }   [ip, user, time, request, status=5*]',
      prompt: 'A CloudWatch Logs filter pattern. Empty shows all lines.',
      validateInput: filterPatternTroubleOf,
    });
    if (text !== undefined) {
      this.#controller.filterBy(text.trim() === '' ? undefined : text.trim());
    }
  }

  async #createGroup(): Promise<void> {
    await this.#controller.whenCurrent();
    const names = new Set(this.#controller.state.groups.map(({ name }) => name));
    const name = await vscode.window.showInputBox({
      title: 'Create Log Group',
      placeHolder: 'cruddur',
      validateInput: (text) =>
        names.has(text) ? 'There is a log group of this name.' : text === '' ? undefined : groupNameTroubleOf(text),
    });
    if (name === undefined || name === '') {
      return;
    }
    await this.#controller.source.changeGroup({ name });
    await inView(() => this.#controller.refresh());
  }

  async #deleteGroup({ name, eventCount = 0, streamCount = 0 }: LogGroupJson): Promise<void> {
    const detail = `${toCountText(eventCount, 'line')} in ${toCountText(streamCount, 'stream')} are removed from this machine, for every window. This cannot be undone. A program that still writes to this group gets an error until the group exists again.`;
    const question = `Delete the log group "${name}"?`;
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Delete');
    if (answer === 'Delete') {
      await this.#controller.source.deleteGroup(name);
      await inView(() => this.#controller.refresh());
    }
  }

  async #setRetention(group: LogGroupJson): Promise<void> {
    const current = group.retentionDays ?? null;
    const items = [null, ...retentionDays].map((days) => ({
      label: days === null ? 'Never expire' : toCountText(days, 'day'),
      days,
      ...(days === current && { description: 'current' }),
    }));
    const title = `Retention of ${group.name}`;
    const placeHolder = 'Lines older than this are removed. The bounds of the store hold all the same.';
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
    if (picked !== undefined) {
      await this.#controller.source.changeGroup({ name: group.name, retentionDays: picked.days });
      await inView(() => this.#controller.refresh());
    }
  }

  async #showWriters({ name }: LogGroupJson, node: LogsNode | undefined): Promise<void> {
    const all = await this.#controller.source.listStreams(name);
    const streams = node !== undefined && 'stream' in node ? all.filter((each) => each.name === node.stream) : all;
    const items = streams.flatMap(({ name: stream, writers, lastIngestionTime }) =>
      writers.map((writer) => ({
        label: `$(account) ${writer}`,
        description: stream,
        detail:
          lastIngestionTime === undefined ? '' : `Last written ${toLocalTimeText(epochMillisOf(lastIngestionTime))}`,
        writer,
      })),
    );
    if (items.length === 0) {
      throw new UserError(`Nobody has written to ${name} since the hub started.`);
    }
    const title = `Who Writes to ${name}`;
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: 'Choose one to copy it',
      matchOnDescription: true,
    });
    if (picked !== undefined) {
      await copy(picked.writer);
    }
  }

  async #openTable(scope: LogScope, target: LogTarget | undefined): Promise<void> {
    const { pattern } = this.#controller.state;
    const lineId = target !== undefined && 'lineId' in target ? target.lineId : undefined;
    // A line that is asked for by its trace is to be seen, whatever the tree is filtered by.
    const isFromTree = target === undefined || 'kind' in target;
    await this.#tables.show(scope, { ...(isFromTree && pattern !== undefined && { pattern }), lineId });
  }

  async #openDocument(scope: LogScope): Promise<void> {
    const { pattern } = this.#controller.state;
    await this.#documents.show({ ...scope, ...(pattern !== undefined && { pattern }) });
  }

  async #copyLine(given: LogsNode | undefined): Promise<void> {
    await copy(this.#lineOf(given).message);
  }

  async #openTrace(given: LogsNode | undefined): Promise<void> {
    const { traceId, group, stream, time } = this.#lineOf(given);
    await (traceId === undefined
      ? vscode.commands.executeCommand('sightline.guessTrace', { group, stream, time })
      : vscode.commands.executeCommand('sightline.findTrace', traceId));
  }

  async #loadOlder(node: LogsNode | undefined): Promise<void> {
    if (node?.kind === 'older') {
      await this.#controller.loadOlder(node.group, node.stream);
    }
  }

  #lineOf(given: LogsNode | undefined) {
    const node = given ?? this.#selected.current;
    const row =
      node?.kind === 'line' ? logRowOf(this.#controller.state, node.group, node.stream, node.lineId) : undefined;
    if (row === undefined) {
      throw new UserError('Select a line in the Logs view first.');
    }
    return row;
  }

  async #withScope(target: LogTarget | undefined, act: (scope: LogScope) => Promise<void>): Promise<void> {
    const given = target ?? this.#selected.current ?? (await this.#pickGroup());
    if (given !== undefined) {
      await act(scopeOf(given));
    }
  }

  async #withGroup(node: LogsNode | undefined, act: (group: LogGroupJson) => Promise<void>): Promise<void> {
    const given = node ?? this.#selected.current ?? (await this.#pickGroup());
    const group = given === undefined ? undefined : logGroupOf(this.#controller.state, given.group);
    if (group !== undefined) {
      await act(group);
    }
  }

  async #pickGroup(): Promise<LogsNode | undefined> {
    await this.#controller.whenCurrent();
    const { state } = this.#controller;
    const items = state.groups.map(({ name }) => {
      const node: LogsNode = { kind: 'group', group: name };
      return { label: name, description: drawLogsRow(state, node, this.#controller.now())?.description ?? '', node };
    });
    if (items.length === 0) {
      throw new UserError('There is no log group yet.');
    }
    return (await vscode.window.showQuickPick(items, { title: 'Choose a Log Group' }))?.node;
  }
}

function scopeOf(target: LogTarget): LogScope {
  if (!('kind' in target)) {
    return target;
  }
  return 'stream' in target && target.stream !== undefined
    ? { group: target.group, streams: [target.stream] }
    : { group: target.group };
}

/** Shows at the top of the view that something is under way, if it takes long enough to be seen. */
async function inView<T>(work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: { viewId: 'sightline.logs' } }, work);
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage('Copied', 3000);
}

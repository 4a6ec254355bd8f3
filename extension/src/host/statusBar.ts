import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { HubActivity } from '../services/hubActivity.ts';
import type { HubSession } from '../services/hubSession.ts';
import type { ProblemWatch } from '../services/problemWatch.ts';
import { statusTextOf } from '../services/statusText.ts';
import { endedServices } from './serviceEnds.ts';
import type { FolderServices } from './folderServices.ts';

/** One item of the status bar; a click shows the Traces view, or what a person should look at. */
export class StatusBar extends Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #session: HubSession;
  readonly #activity: HubActivity;

  readonly #problems: ProblemWatch;
  readonly #folders: FolderServices;

  constructor(session: HubSession, activity: HubActivity, problems: ProblemWatch, folders: FolderServices) {
    super();
    this.#session = session;
    this.#activity = activity;
    this.#problems = problems;
    this.#folders = folders;
    this.#item = this.register(vscode.window.createStatusBarItem('sightline.status', vscode.StatusBarAlignment.Left));
    this.#item.name = 'Sightline';
    this.register(session.onDidChange(() => this.#update()));
    for (const source of [activity, problems, folders.database, folders.backend]) {
      this.register(source.onDidChange(() => this.#update()));
    }
    this.#update();
  }

  #update(): void {
    const status = statusTextOf(this.#session.state, this.#activity.activity, {
      unseenProblems: this.#problems.unseen,
      ended: endedServices(this.#folders),
    });
    if (status === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = status.text;
    this.#item.tooltip = status.tooltip;
    this.#item.command = status.command ?? 'sightline.traces.focus';
    this.#item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.show();
  }
}

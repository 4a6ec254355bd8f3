import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { HubActivity } from '../services/hubActivity.ts';
import type { HubSession } from '../services/hubSession.ts';
import { statusTextOf } from '../services/statusText.ts';

/** One item of the status bar; a click shows the Traces view. */
export class StatusBar extends Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #session: HubSession;
  readonly #activity: HubActivity;

  constructor(session: HubSession, activity: HubActivity) {
    super();
    this.#session = session;
    this.#activity = activity;
    this.#item = this.register(vscode.window.createStatusBarItem('sightline.status', vscode.StatusBarAlignment.Left));
    this.#item.name = 'Sightline';
    this.#item.command = 'sightline.traces.focus';
    this.register(session.onDidChange(() => this.#update()));
    this.register(activity.onDidChange(() => this.#update()));
    this.#update();
  }

  #update(): void {
    const status = statusTextOf(this.#session.state, this.#activity.activity);
    if (status === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = status.text;
    this.#item.tooltip = status.tooltip;
    this.#item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.show();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { ErrorSource } from '../sources/errorSource.ts';
import { ErrorNotices, type ErrorNotice, type NoticeRight } from './errorNotices.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import type { Clock } from './tracesController.ts';

/** The editor puts a warning away by itself after this time, and says nothing of it; an error stays until it is closed. */
const warningMillis = 20_000;

/** Tells of new errors with the editor's messages, as long as the setting says so. */
export class ErrorMessages extends Disposable {
  readonly #notices: ErrorNotices;

  constructor(source: ErrorSource, right: NoticeRight, clock: Clock) {
    super();
    this.#notices = this.register(new ErrorNotices(source, { show: showNotice }, right, clock));
    this.register(onDidChangeSetting(['sightline.notifications.errors'], () => this.#applySetting()));
    this.#applySetting();
  }

  #applySetting(): void {
    if (getSetting('sightline.notifications.errors')) {
      this.#notices.switchOn();
    } else {
      this.#notices.switchOff();
    }
  }
}

async function showNotice(notice: ErrorNotice): Promise<void> {
  const { severity } = notice;
  const answered =
    severity === 'error' ? ask(vscode.window.showErrorMessage, notice) : ask(vscode.window.showWarningMessage, notice);
  await (severity === 'error' ? answered : Promise.race([answered, sleep(warningMillis, undefined, { ref: false })]));
}

type Show = (message: string, ...labels: string[]) => Thenable<string | undefined>;

async function ask(show: Show, { text, counter }: ErrorNotice): Promise<void> {
  const chosen = await show(text, ...(counter === undefined ? ['Open'] : ['Open', 'Go to Code']));
  // Not awaited: the commands show their own failures, and the next message need not wait for them.
  if (chosen === 'Go to Code') {
    void vscode.commands.executeCommand('sightline.goToError', counter);
  } else if (chosen === 'Open' && counter !== undefined) {
    void vscode.commands.executeCommand('sightline.showError', counter);
  } else if (chosen === 'Open') {
    void vscode.commands.executeCommand('sightline.errors.focus');
  }
}

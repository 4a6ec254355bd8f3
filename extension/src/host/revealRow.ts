import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';

const pauseMillis = 50;
const mostTries = 100;

/**
 * Selects a row that the editor may have been given only a moment ago, as of a view that was closed until now. The editor does not know a row before it has drawn
 * it, and tells nobody when it has, so that it is asked again. Rejects as the editor does where the row never comes.
 */
export async function revealRow<T>(tree: Pick<vscode.TreeView<T>, 'reveal'>, row: T): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await tree.reveal(row, { select: true, focus: true, expand: true });
      return;
    } catch (error) {
      if (tries === mostTries) {
        throw error;
      }
    }
    await sleep(pauseMillis);
  }
}

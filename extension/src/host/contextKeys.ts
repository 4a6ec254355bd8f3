import * as vscode from 'vscode';
import type { ContextKeys } from './contextKeyTable.ts';

/** Sets context keys, and tells the editor only what differs from what it was told last. */
export class ContextKeySetter {
  readonly #told = new Map<string, unknown>();

  set(values: Partial<ContextKeys>): void {
    for (const [key, value] of Object.entries(values)) {
      if (this.#told.get(key) !== value) {
        this.#told.set(key, value);
        void vscode.commands.executeCommand('setContext', key, value);
      }
    }
  }
}

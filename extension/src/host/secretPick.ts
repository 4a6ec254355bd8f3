import * as vscode from 'vscode';
import { isSearchFor } from '../services/secretForm.ts';

/** A chosen item; with what was typed, where that is no search but the secret itself. */
export interface SecretPick<T> {
  readonly item: T;
  readonly typed: string;
}

/**
 * A list before a masked input. Its box takes no secret: the first character that is in no item settles it with the item that such a text would be for, and
 * the text, so that the masked input goes on from there and nothing of it stays in sight.
 */
export async function pickBeforeSecret<T extends vscode.QuickPickItem>(
  items: readonly [T, ...T[]],
  { title, placeholder }: { readonly title: string; readonly placeholder: string },
): Promise<SecretPick<T> | undefined> {
  const list = vscode.window.createQuickPick<T>();
  list.title = title;
  list.placeholder = placeholder;
  list.items = items;
  let highlighted = items[0];
  try {
    return await new Promise((resolve) => {
      list.onDidChangeActive(([item]) => (highlighted = item ?? highlighted));
      list.onDidChangeValue((typed) => {
        if (
          !isSearchFor(
            typed,
            items.map(({ label }) => label),
          )
        ) {
          list.value = '';
          resolve({ item: highlighted, typed });
        }
      });
      list.onDidAccept(() => resolve({ item: list.selectedItems[0] ?? highlighted, typed: '' }));
      list.onDidHide(() => resolve(undefined));
      list.show();
    });
  } finally {
    list.dispose();
  }
}

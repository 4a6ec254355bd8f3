import { expect, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { SelectedRow, type SelectableTree } from './selectedRow.ts';

/** A tree as the editor has it: what is selected is not known while it is drawn anew. */
class DrawnTree implements SelectableTree<string> {
  readonly #changed = new Emitter<{ readonly selection: readonly string[] }>();
  readonly onDidChangeSelection = this.#changed.event;
  #selected: string | undefined;
  isDrawn = true;

  get selection(): readonly string[] {
    return this.isDrawn && this.#selected !== undefined ? [this.#selected] : [];
  }

  select(row: string | undefined): void {
    this.#selected = row;
    this.#changed.fire({ selection: this.selection });
  }
}

/** Does things to a tree and compares the row that a command would take; `wait` lets time pass. */
function check(act: (tree: DrawnTree, wait: () => void) => void, expected: string | undefined): void {
  const tree = new DrawnTree();
  const due = new Set<() => void>();
  const row = new SelectedRow(tree, (_millis, callback) => {
    due.add(callback);
    return { dispose: () => due.delete(callback) };
  });
  act(tree, () => {
    const [next] = due;
    due.clear();
    next?.();
  });
  expect(row.current).toBe(expected);
  row.dispose();
  expect(due.size).toBe(0);
}

test('the row that is selected is taken, and none where none is', () => {
  check((tree) => tree.select('a'), 'a');
  check(() => undefined, undefined);
});

test('a row is still selected while the tree is drawn anew', () => {
  check((tree) => {
    tree.select('a');
    tree.isDrawn = false;
  }, 'a');
});

test('a row that was selected while the tree was drawn anew is known as soon as it is drawn, and from then on', () => {
  check((tree, wait) => {
    tree.select('a');
    tree.isDrawn = false;
    tree.select('b');
    wait();
    tree.isDrawn = true;
    wait();
    tree.isDrawn = false;
  }, 'b');
});

test('what is selected no more is not taken', () => {
  check((tree, wait) => {
    tree.select('a');
    tree.select(undefined);
    wait();
  }, undefined);
});

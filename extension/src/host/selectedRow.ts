import { Disposable, type Disposer, type Event } from '../lifetime.ts';

/** The part of the editor's tree that says what is selected. */
export interface SelectableTree<Node> {
  readonly selection: readonly Node[];
  readonly onDidChangeSelection: Event<{ readonly selection: readonly Node[] }>;
}

/** How often, and how many times, a tree is asked again that says nothing is selected. */
const pauseMillis = 50;
const mostLooks = 20;

/**
 * The row of a tree that a command of the palette means. While a tree is drawn anew, the editor knows no row of it and says that none is
 * selected, to those who ask and in its event alike, though the person sees one: a view that is live is drawn anew all the time.
 */
export class SelectedRow<Node> extends Disposable {
  readonly #tree: SelectableTree<Node>;
  readonly #after: (millis: number, callback: () => void) => Disposer;
  #last: Node | undefined;
  #look: Disposer | undefined;

  constructor(tree: SelectableTree<Node>, after: (millis: number, callback: () => void) => Disposer = afterMillis) {
    super();
    this.#tree = tree;
    this.#after = after;
    this.register(tree.onDidChangeSelection(() => this.#take(mostLooks)));
    this.register({ dispose: () => this.#look?.dispose() });
  }

  get current(): Node | undefined {
    return this.#tree.selection[0] ?? this.#last;
  }

  #take(looks: number): void {
    this.#look?.dispose();
    this.#look = undefined;
    this.#last = this.#tree.selection[0];
    if (this.#last === undefined && looks > 0) {
      this.#look = this.#after(pauseMillis, () => this.#take(looks - 1));
    }
  }
}

function afterMillis(millis: number, callback: () => void): Disposer {
  const timer = setTimeout(callback, millis);
  return { dispose: () => clearTimeout(timer) };
}

/** Anything that can be given back. Structurally the same as `vscode.Disposable`, so that files without the editor can own things too. */
export interface Disposer {
  dispose(): void;
}

/** Owns what it registers, and gives it back in reverse order, once. */
export abstract class Disposable implements Disposer {
  readonly #owned: Disposer[] = [];
  #isDisposed = false;

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    this.#isDisposed = true;
    for (let owned = this.#owned.pop(); owned !== undefined; owned = this.#owned.pop()) {
      owned.dispose();
    }
  }

  /** Takes ownership of `owned`; when this is already disposed, it is given back at once. */
  protected register<T extends Disposer>(owned: T): T {
    if (this.#isDisposed) {
      owned.dispose();
    } else {
      this.#owned.push(owned);
    }
    return owned;
  }
}

/** Subscribes a listener until the result is disposed. Fits where a `vscode.Event` is asked for. */
export type Event<T> = (listener: (value: T) => unknown) => Disposer;

/** Fires in the order of subscription. */
export class Emitter<T> implements Disposer {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly #onListeners: (() => void) | undefined;

  /** `onListeners` is called after somebody has begun to listen, or ended: for what is worth its cost only while anybody does. */
  constructor(onListeners?: () => void) {
    this.#onListeners = onListeners;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  readonly event: Event<T> = (listener) => {
    // A function of its own, so that one listener may subscribe twice.
    const own = (value: T): unknown => listener(value);
    this.#listeners.add(own);
    this.#onListeners?.();
    return {
      dispose: () => {
        if (this.#listeners.delete(own)) {
          this.#onListeners?.();
        }
      },
    };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) {
      listener(value);
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** When the hub was last of use to anybody: an open window, a call, or a byte. */
export class Activity {
  readonly #now: () => number;
  #last: number;
  #open = 0;

  /** `now` in milliseconds of a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  touch(): void {
    this.#last = this.#now();
  }

  /** Counts a window as open until the returned function is called. */
  hold(): () => void {
    this.#open += 1;
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#open -= 1;
        this.touch();
      }
    };
  }

  /** Milliseconds without any use; zero while a window is open. */
  get idleMillis(): number {
    return this.#open > 0 ? 0 : this.#now() - this.#last;
  }
}

/** Calls `onIdle` once after so long without any use. Returns the function that ends the watch. */
export function watchIdleness(activity: Activity, idleMillis: number, onIdle: () => void): () => void {
  const look = (): void => {
    const left = idleMillis - activity.idleMillis;
    if (left <= 0) {
      onIdle();
    } else {
      timer = setTimeout(look, left);
    }
  };
  let timer = setTimeout(look, idleMillis);
  return () => clearTimeout(timer);
}

/** When the hub was last of use to anybody: an open window, a call, or a byte. */
export class Activity {
  readonly #now: () => number;
  #last: number;
  #open = 0;
  readonly #counters: { readonly read: () => number; seen: number }[] = [];

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

  /** Takes a counter that grows with use but tells nobody; it is looked at when the idle time is asked for. */
  watch(read: () => number): void {
    this.#counters.push({ read, seen: read() });
  }

  /** Milliseconds without any use; zero while a window is open. */
  idleMillis(): number {
    for (const counter of this.#counters) {
      const value = counter.read();
      if (value !== counter.seen) {
        counter.seen = value;
        this.touch();
      }
    }
    return this.#open > 0 ? 0 : this.#now() - this.#last;
  }
}

/** Calls `onIdle` once after so long without any use. Returns the function that ends the watch. */
export function watchIdleness(activity: Activity, idleMillis: number, onIdle: () => void): () => void {
  const look = (): void => {
    const left = idleMillis - activity.idleMillis();
    if (left <= 0) {
      onIdle();
    } else {
      timer = setTimeout(look, left);
    }
  };
  let timer = setTimeout(look, idleMillis);
  return () => clearTimeout(timer);
}

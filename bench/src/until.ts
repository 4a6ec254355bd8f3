/** Asks again until the answer is given, with short pauses; throws with `what` in words when that takes longer than `timeoutMillis`. */
export async function until<T>(
  what: string,
  timeoutMillis: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = performance.now() + timeoutMillis;
  for (;;) {
    // One question after the other: that is what polling is.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${Math.round(timeoutMillis / 1_000)} s in vain until ${what}.`);
    }
    // oxlint-disable-next-line no-await-in-loop
    await pause(25);
  }
}

interface Rest {
  readonly quietMillis: number;
  readonly tolerance: number;
  readonly timeoutMillis: number;
  /** Ends the wait early. */
  readonly isEnough?: (value: number) => boolean;
}

/**
 * Waits until a number has stopped changing: it stayed within `tolerance` for `quietMillis`. Answers the last one,
 * also when it never came to rest within `timeoutMillis`.
 */
export async function settled(sample: () => Promise<number> | number, rest: Rest): Promise<number> {
  const end = performance.now() + rest.timeoutMillis;
  let last = await sample();
  let from = last;
  let since = performance.now();
  while (rest.isEnough?.(last) !== true && performance.now() - since < rest.quietMillis && performance.now() < end) {
    // oxlint-disable-next-line no-await-in-loop -- a series of samples over time.
    await pause(50);
    // oxlint-disable-next-line no-await-in-loop -- as above.
    last = await sample();
    if (Math.abs(last - from) > rest.tolerance) {
      from = last;
      since = performance.now();
    }
  }
  return last;
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

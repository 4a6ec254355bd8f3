import { setTimeout as after } from 'node:timers/promises';

/**
 * Asks until the answer is neither false nor undefined, and returns it: for what another process does and nobody tells.
 * Throws after the limit, with what was awaited and why the last try failed.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined> | T | false | undefined,
  limitMillis = 60_000,
): Promise<T> {
  const end = Date.now() + limitMillis;
  let lastError: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    await after(50);
  }
  throw new Error(`Not within ${limitMillis / 1000} s: ${what}`, { cause: lastError });
}

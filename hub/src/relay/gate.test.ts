import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

/** How long the gate is closed after each of these failures, each met once it has opened; jitter at its largest. */
function check(afterMillis: readonly (number | undefined)[], expected: readonly number[]): void {
  let now = 0;
  const gate = new Gate(
    () => now,
    () => 1,
  );
  const closed = afterMillis.map((after) => {
    gate.didFail(after);
    const until = gate.closedUntil ?? now;
    const millis = until - now;
    now = until;
    return millis;
  });
  expect(closed).toEqual(expected);
}

test('each failure closes it for twice as long, up to twenty seconds', () => {
  check(Array.from({ length: 8 }), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
});

test('it stays closed for as long as the destination says', () => {
  check([5_000, undefined], [5_000, 1_000]);
});

test('requests that fail together count as one failure', () => {
  const gate = new Gate(
    () => 0,
    () => 1,
  );
  gate.didFail();
  gate.didFail();
  expect(gate.closedUntil).toBe(500);
});

test('what was put right opens it at once, and who waits is let through', async () => {
  const gate = new Gate();
  gate.block();
  const passed = gate.pass(new AbortController().signal);
  gate.open();
  await passed;
  expect(gate.closedUntil).toBeUndefined();
});

test('whoever gives up is not kept waiting', async () => {
  const gate = new Gate();
  gate.block();
  const abort = new AbortController();
  const passed = gate.pass(abort.signal);
  abort.abort(new Error('given up'));
  await expect(passed).rejects.toThrow('given up');
});

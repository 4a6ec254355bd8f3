import { expect, test } from 'vitest';
import { renderAgo, renderDuration } from './duration.ts';

function check(nanos: bigint, duration: string, ago: string): void {
  expect(`${renderDuration(nanos)} | ${renderAgo(nanos)}`).toBe(`${duration} | ${ago}`);
}

test('a duration is told in the unit that suits it, an age in its largest', () => {
  check(0n, '0 ms', 'now');
  check(999n, '999 ns', 'now');
  check(850_000n, '850 µs', 'now');
  check(1_500_000n, '1.5 ms', 'now');
  check(34_500_000n, '34 ms', 'now');
  check(999_999_999n, '999 ms', 'now');
  check(1_200_000_000n, '1.2 s', '1 s ago');
  check(12_345_000_000n, '12 s', '12 s ago');
  check(60_000_000_000n, '1 min', '1 min ago');
  check(125_000_000_000n, '2 min 5 s', '2 min ago');
  check(11_040_000_000_000n, '3 h 4 min', '3 h ago');
  check(172_800_000_000_000n, '48 h', '2 d ago');
});

test('a clock that ran backwards shows as such in a duration and not in an age', () => {
  check(-34_000_000n, '-34 ms', 'now');
});

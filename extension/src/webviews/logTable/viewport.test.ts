import { expect, test } from 'vitest';
import { Viewport } from './viewport.ts';

/** Compares what is drawn: the first row, how many, and where the first begins. */
function check(viewport: Viewport, expected: string): void {
  const { first, count, y } = viewport.drawn(0);
  expect(`${first} +${count} at ${y}`).toBe(expected);
}

test('at the top the first rows are drawn, and after a scroll those that are seen', () => {
  const viewport = list({ rows: 1000 });
  check(viewport, '0 +5 at 0');
  viewport.moveBy(50);
  check(viewport, '2 +6 at -10');
});

test('it scrolls neither above the first row nor below the last', () => {
  const viewport = list({ rows: 1000 });
  viewport.moveBy(-500);
  check(viewport, '0 +5 at 0');
  viewport.moveBy(1_000_000);
  check(viewport, '995 +5 at 0');
});

test('a row that turns out to be higher does not move what is read below it', () => {
  const viewport = list({ rows: 1000 });
  viewport.moveTo(2000);
  viewport.measure(50, 70);
  check(viewport, '100 +5 at 0');
  expect(viewport.position).toBe(2050);
  viewport.measure(100, 60);
  check(viewport, '100 +3 at 0');
});

test('a million rows are reached to the last by a scroll bar of half their height', () => {
  const viewport = list({ rows: 1_600_000 });
  expect([viewport.totalHeight, viewport.scrollHeight, viewport.isScaled]).toEqual([32_000_000, 16_000_000, true]);
  viewport.moveToScrollTop(viewport.scrollHeight - viewport.height);
  check(viewport, '1599995 +5 at 0');
  viewport.moveBy(-20);
  check(viewport, '1599994 +5 at 0');
  expect(Math.round(viewport.scrollTop)).toBe(15_999_890);
});

test('a row is revealed by as little scrolling as is needed', () => {
  const viewport = list({ rows: 1000 });
  viewport.reveal(4);
  check(viewport, '0 +5 at 0');
  viewport.reveal(5);
  check(viewport, '1 +5 at 0');
  viewport.reveal(0);
  check(viewport, '0 +5 at 0');
});

test('fewer rows than before leave the end in sight', () => {
  const viewport = list({ rows: 1000 });
  viewport.moveTo(19_000);
  viewport.rowCount = 10;
  check(viewport, '5 +5 at 0');
});

test('without rows nothing is drawn', () => {
  check(list({ rows: 0 }), '0 +0 at 0');
});

/** Five rows of 20 pixels are seen. */
function list({ rows }: { rows: number }): Viewport {
  const viewport = new Viewport(20);
  viewport.height = 100;
  viewport.rowCount = rows;
  return viewport;
}

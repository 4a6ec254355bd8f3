import { expect, test } from 'vitest';
import { broughtIntoSight, fitted, panned, zoomed, type MapViewport } from './mapViewport.ts';

const sight = { width: 1000, height: 600 };

function check({ x, y, scale }: MapViewport, expected: string): void {
  expect(`${Math.round(x)},${Math.round(y)} at ${Math.round(scale * 100)} %`).toBe(expected);
}

test('a map is shown whole in the middle, a small one not blown up', () => {
  check(fitted({ width: 2000, height: 600 }, sight), '0,150 at 50 %');
  check(fitted({ width: 400, height: 200 }, sight), '270,185 at 115 %');
});

test('of a map too large to be read, the upper left part is shown', () => {
  check(fitted({ width: 1400, height: 19_000 }, sight), '290,0 at 30 %');
});

test('a map or a window without a size is left as it is', () => {
  check(fitted({ width: 0, height: 0 }, sight), '0,0 at 100 %');
  check(fitted({ width: 10, height: 10 }, { width: 0, height: 0 }), '0,0 at 100 %');
});

test('zooming keeps the point under the pointer where it is, and has ends', () => {
  const viewport = { x: 10, y: 20, scale: 1 };
  check(zoomed(viewport, 2, { x: 110, y: 120 }), '-90,-80 at 200 %');
  check(zoomed(viewport, 1000, { x: 10, y: 20 }), '10,20 at 300 %');
  check(zoomed(viewport, 0.001, { x: 10, y: 20 }), '10,20 at 8 %');
});

test('panning moves', () => {
  check(panned({ x: 1, y: 2, scale: 0.5 }, 10, -10), '11,-8 at 50 %');
});

test('a box is brought into sight by the shortest way, and one in sight moves nothing', () => {
  const viewport = { x: 0, y: 0, scale: 1 };
  const box = { width: 200, height: 70 };
  check(broughtIntoSight(viewport, { x: 300, y: 300, ...box }, sight), '0,0 at 100 %');
  check(broughtIntoSight(viewport, { x: 900, y: 300, ...box }, sight), '-124,0 at 100 %');
  check(broughtIntoSight(viewport, { x: -50, y: -50, ...box }, sight), '74,74 at 100 %');
});

import type { Point } from './mapLayout.ts';

/** Which part of the map is in sight: a point of the map is drawn at `scale * point + (x, y)`. */
export interface MapViewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const smallest = 0.08;
const largest = 3;
/** A small map is not blown up. */
const largestFit = 1.15;
/** The smallest size that a whole map is shown at: below it nothing could be read, and its upper left corner is shown instead. */
const smallestFit = 0.3;

/** The whole map in the middle of what is in sight, or as much of it as can be read. */
export function fitted(map: Size, sight: Size): MapViewport {
  if (map.width <= 0 || map.height <= 0 || sight.width <= 0 || sight.height <= 0) {
    return { x: 0, y: 0, scale: 1 };
  }
  const whole = Math.min(sight.width / map.width, sight.height / map.height, largestFit);
  const scale = Math.max(whole, smallestFit);
  return {
    x: Math.max((sight.width - map.width * scale) / 2, 0),
    y: Math.max((sight.height - map.height * scale) / 2, 0),
    scale,
  };
}

/** Larger or smaller around a point of the screen, which stays where it is. */
export function zoomed(viewport: MapViewport, factor: number, at: Point): MapViewport {
  const scale = Math.min(Math.max(viewport.scale * factor, smallest), largest);
  const applied = scale / viewport.scale;
  return { x: at.x - (at.x - viewport.x) * applied, y: at.y - (at.y - viewport.y) * applied, scale };
}

export function panned(viewport: MapViewport, x: number, y: number): MapViewport {
  return { ...viewport, x: viewport.x + x, y: viewport.y + y };
}

/** Moved as little as brings a box of the map into sight. */
export function broughtIntoSight(viewport: MapViewport, box: Point & Size, sight: Size, margin = 24): MapViewport {
  const shift = (start: number, length: number, room: number): number => {
    const end = start + length;
    if (start < margin || length > room - 2 * margin) {
      return margin - start;
    }
    return end > room - margin ? room - margin - end : 0;
  };
  const { x, y, scale } = viewport;
  return panned(
    viewport,
    shift(box.x * scale + x, box.width * scale, sight.width),
    shift(box.y * scale + y, box.height * scale, sight.height),
  );
}

import type { MapDrawing } from './serviceMapModel.ts';
import { nodeHeight, nodeWidth, type Point } from './mapLayout.ts';
import { broughtIntoSight, fitted, panned, zoomed, type MapViewport, type Size } from './mapViewport.ts';

/** One step of the keyboard or a button. */
const zoomStep = 1.25;
const panStep = 60;
/** How much a pixel of the wheel zooms. */
const wheelZoom = 0.0015;

/** Which part of the map is in sight. Keeps the whole map there until a person moves it. */
export class MapSight {
  viewport: MapViewport = { x: 0, y: 0, scale: 1 };
  isFitted = true;
  size: Size = { width: 0, height: 0 };
  readonly #onMove: () => void;

  constructor(onMove: () => void) {
    this.#onMove = onMove;
  }

  /** The map or the room for it is another one. */
  refit(drawing: MapDrawing | undefined): void {
    if (this.isFitted && drawing !== undefined) {
      this.viewport = fitted(drawing.layout, this.size);
      this.#onMove();
    }
  }

  fit(drawing: MapDrawing | undefined): void {
    this.isFitted = true;
    this.refit(drawing);
  }

  zoom(direction: -1 | 1): void {
    this.#move(zoomed(this.viewport, direction === 1 ? zoomStep : 1 / zoomStep, this.#middle));
  }

  actualSize(): void {
    this.#move(zoomed(this.viewport, 1 / this.viewport.scale, this.#middle));
  }

  pan(x: number, y: number): void {
    // The sight moves, so the map goes the other way.
    this.#move(panned(this.viewport, -x * panStep, -y * panStep));
  }

  drag(x: number, y: number): void {
    this.#move(panned(this.viewport, x, y));
  }

  /** The wheel zooms at the pointer; sideways, or with Shift, it moves the map. */
  wheel({ deltaX, deltaY, ctrlKey, shiftKey }: WheelEvent, at: Point): void {
    if (!ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY))) {
      this.#move(panned(this.viewport, -(deltaX === 0 ? deltaY : deltaX), deltaX === 0 ? 0 : -deltaY));
      return;
    }
    // A pinch comes as small steps with Ctrl.
    const speed = ctrlKey ? wheelZoom * 6 : wheelZoom;
    this.#move(zoomed(this.viewport, Math.exp(-deltaY * speed), at));
  }

  restore(viewport: MapViewport): void {
    this.isFitted = false;
    this.viewport = viewport;
  }

  /** For the keyboard, which may come to a service that is out of sight. */
  bringIntoSight(key: string, drawing: MapDrawing | undefined): void {
    const place = drawing?.layout.nodes[key];
    if (place !== undefined) {
      const box = { ...place, width: nodeWidth, height: nodeHeight };
      const viewport = broughtIntoSight(this.viewport, box, this.size);
      if (viewport.x !== this.viewport.x || viewport.y !== this.viewport.y) {
        this.#move(viewport);
      }
    }
  }

  get #middle(): Point {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }

  #move(viewport: MapViewport): void {
    this.isFitted = false;
    this.viewport = viewport;
    this.#onMove();
  }
}

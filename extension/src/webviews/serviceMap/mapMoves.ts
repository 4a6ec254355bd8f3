import type { MapGraph } from './mapGraph.ts';
import type { MapLayout } from './mapLayout.ts';

/** What a key does on the map. */
export type MapAction =
  | { readonly kind: 'move'; readonly to: MapMove }
  | { readonly kind: 'open' | 'close' | 'fit' | 'actualSize' }
  | { readonly kind: 'zoom'; readonly direction: -1 | 1 }
  | { readonly kind: 'pan'; readonly x: -1 | 0 | 1; readonly y: -1 | 0 | 1 }
  /** The next service whose name begins so. */
  | { readonly kind: 'find'; readonly letter: string };

export type MapMove = 'callee' | 'caller' | 'next' | 'previous' | 'first' | 'last';

/** The parts of a `KeyboardEvent` that tell. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const plainKeys: Readonly<Record<string, MapAction>> = {
  ArrowRight: { kind: 'move', to: 'callee' },
  ArrowLeft: { kind: 'move', to: 'caller' },
  ArrowDown: { kind: 'move', to: 'next' },
  ArrowUp: { kind: 'move', to: 'previous' },
  Home: { kind: 'move', to: 'first' },
  End: { kind: 'move', to: 'last' },
  Enter: { kind: 'open' },
  ' ': { kind: 'open' },
  Escape: { kind: 'close' },
  '+': { kind: 'zoom', direction: 1 },
  '=': { kind: 'zoom', direction: 1 },
  '-': { kind: 'zoom', direction: -1 },
  _: { kind: 'zoom', direction: -1 },
  '0': { kind: 'fit' },
  '1': { kind: 'actualSize' },
};

const shiftKeys: Readonly<Record<string, MapAction>> = {
  ArrowRight: { kind: 'pan', x: 1, y: 0 },
  ArrowLeft: { kind: 'pan', x: -1, y: 0 },
  ArrowDown: { kind: 'pan', x: 0, y: 1 },
  ArrowUp: { kind: 'pan', x: 0, y: -1 },
};

/** What a key means on the map; `undefined` for keys that are not for it. */
export function mapActionOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): MapAction | undefined {
  if (ctrlKey || metaKey || altKey) {
    return undefined;
  }
  const action = (shiftKey ? shiftKeys[key] : undefined) ?? plainKeys[key];
  return action ?? (/^[\p{L}\p{N}]$/u.test(key) ? { kind: 'find', letter: key } : undefined);
}

/** Where the focus goes from a node; the node itself where there is nowhere to go. Arrows to the side follow the busiest call. */
export function focusAfter(
  move: MapMove,
  from: string | undefined,
  graph: MapGraph,
  { order }: MapLayout,
): string | undefined {
  const index = from === undefined ? -1 : order.indexOf(from);
  if (from === undefined || index === -1) {
    return move === 'last' ? order.at(-1) : order[0];
  }
  const node = graph.byKey.get(from);
  switch (move) {
    case 'callee':
      return node?.calls.find(({ target }) => target !== from)?.target ?? from;
    case 'caller':
      return node?.callers.find(({ source }) => source !== from)?.source ?? from;
    case 'next':
      return order[index + 1] ?? from;
    case 'previous':
      return order[index - 1] ?? from;
    case 'first':
      return order[0];
    case 'last':
      return order.at(-1);
  }
}

/** The next service in the order of the layout whose name begins with the letter, round the end. */
export function focusByLetter(
  letter: string,
  from: string | undefined,
  graph: MapGraph,
  { order }: MapLayout,
): string | undefined {
  const start = from === undefined ? 0 : order.indexOf(from) + 1;
  const around = [...order.slice(start), ...order.slice(0, start)];
  const wanted = letter.toLowerCase();
  return around.find((key) => graph.byKey.get(key)?.title.toLowerCase().startsWith(wanted) === true) ?? from;
}

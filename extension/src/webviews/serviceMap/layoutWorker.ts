import { layOut } from './layOut.ts';
import type { LayoutInput } from './mapLayout.ts';

/** What a worker sees of its own thread. */
declare const self: {
  addEventListener(
    type: 'message',
    listener: (event: { readonly data: { readonly id: number; readonly input: LayoutInput } }) => void,
  ): void;
  postMessage(message: unknown): void;
};

self.addEventListener('message', ({ data: { id, input } }) => self.postMessage({ id, layout: layOut(input) }));

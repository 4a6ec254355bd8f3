import type { LayoutInput, MapLayout } from './mapLayout.ts';

/**
 * Lays maps out in a thread of its own, since a large one takes seconds.
 * Invariant: every promise settles; of maps that wait, only the last is laid out.
 */
export class LayoutThread {
  readonly #base: string;
  #worker: Promise<Worker> | undefined;
  #last = 0;
  #waiting: { readonly id: number; readonly answer: PromiseWithResolvers<MapLayout | undefined> } | undefined;

  /** `base` is the address of the folder that the webview's files are in. */
  constructor(base: string) {
    this.#base = base;
  }

  /** `undefined` where a later map has taken this one's place. */
  async layOut(input: LayoutInput): Promise<MapLayout | undefined> {
    this.#worker ??= this.#start();
    this.#waiting?.answer.resolve(undefined);
    this.#last += 1;
    const id = this.#last;
    const answer = Promise.withResolvers<MapLayout | undefined>();
    this.#waiting = { id, answer };
    try {
      (await this.#worker).postMessage({ id, input });
    } catch (error) {
      this.#worker = undefined;
      answer.reject(error);
    }
    return await answer.promise;
  }

  dispose(): void {
    this.#waiting?.answer.resolve(undefined);
    this.#waiting = undefined;
    void this.#worker?.then((worker) => worker.terminate());
    this.#worker = undefined;
  }

  async #start(): Promise<Worker> {
    // The editor's files have another origin than the webview, and a worker must be of the same: a blob is.
    const reply = await fetch(`${this.#base}/layoutWorker.js`);
    if (!reply.ok) {
      throw new Error(`The file of the layout could not be read: ${reply.status}`);
    }
    const address = URL.createObjectURL(new Blob([await reply.text()], { type: 'text/javascript' }));
    const worker = new Worker(address, { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<{ id: number; layout: MapLayout }>) => {
      if (data.id === this.#waiting?.id) {
        this.#waiting.answer.resolve(data.layout);
        this.#waiting = undefined;
      }
    });
    worker.addEventListener('error', ({ message }) => {
      this.#waiting?.answer.reject(new Error(`The map could not be laid out: ${message}`));
      this.#waiting = undefined;
      worker.terminate();
      this.#worker = undefined;
    });
    return worker;
  }
}

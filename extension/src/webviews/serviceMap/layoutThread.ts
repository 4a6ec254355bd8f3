import type { LayoutInput, MapLayout } from './mapLayout.ts';

interface Waiting {
  readonly id: number;
  readonly input: LayoutInput;
  readonly answer: PromiseWithResolvers<MapLayout | undefined>;
}

/**
 * Lays maps out in a thread of its own, since a large one takes seconds.
 * Invariant: every promise settles; of maps that wait, only the last is laid out.
 */
export class LayoutThread {
  readonly #base: string;
  #worker: Promise<Worker> | undefined;
  #last = 0;
  /** What is being laid out, for whom it may no longer matter. */
  #isAtWork = false;
  #waiting: Waiting | undefined;

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
    this.#waiting = { id, input, answer };
    try {
      this.#send(await this.#worker);
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
    this.#isAtWork = false;
  }

  /** One at a time: what comes meanwhile waits here, where a later one takes its place. */
  #send(worker: Worker): void {
    if (!this.#isAtWork && this.#waiting !== undefined) {
      this.#isAtWork = true;
      const { id, input } = this.#waiting;
      worker.postMessage({ id, input });
    }
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
      this.#isAtWork = false;
      if (data.id === this.#waiting?.id) {
        this.#waiting.answer.resolve(data.layout);
        this.#waiting = undefined;
      }
      this.#send(worker);
    });
    worker.addEventListener('error', ({ message }) => {
      this.#waiting?.answer.reject(new Error(`The map could not be laid out: ${message}`));
      this.#waiting = undefined;
      worker.terminate();
      this.#worker = undefined;
      this.#isAtWork = false;
    });
    return worker;
  }
}

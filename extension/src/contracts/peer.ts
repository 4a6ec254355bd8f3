/** What one side asks of the other: a question's name, with what it takes and what is answered. All of it can be cloned. */
export type Questions = { readonly [name: string]: { readonly asks: unknown; readonly answers: unknown } };

/** The same shape at both ends: for each question a function that answers it. What it throws reaches the asker as a sentence. */
export type Answers<Q extends Questions> = {
  readonly [K in keyof Q]: (asks: Q[K]['asks'], signal: AbortSignal) => Promise<Q[K]['answers']> | Q[K]['answers'];
};

/** Two ends of a wire: the editor's `Webview`, or the window that a webview runs in. */
export interface Wire {
  send(message: unknown): void;
  /** Calls back with each message of the other side until the result is called. */
  receive(listener: (message: unknown) => void): () => void;
}

/** A question that failed at the other side; its message is a sentence for a person. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly asks: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly answers: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  | { readonly kind: 'cancel'; readonly id: number };

/**
 * One end of a conversation in which both sides ask.
 * Invariant: every question settles: with its answer, with the other side's refusal, with the signal's reason, or when this end is disposed.
 */
export class Peer<Own extends Questions, Others extends Questions> {
  readonly #wire: Wire;
  readonly #answers: Answers<Own>;
  readonly #sentenceFor: (error: unknown) => string;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #answering = new Map<number, AbortController>();
  readonly #end: () => void;
  #isOver = false;
  #lastId = 0;

  constructor(wire: Wire, answers: Answers<Own>, sentenceFor: (error: unknown) => string = messageOf) {
    this.#wire = wire;
    this.#answers = answers;
    this.#sentenceFor = sentenceFor;
    this.#end = wire.receive((message) => {
      if (isMessage(message)) {
        this.#onMessage(message);
      }
    });
  }

  async ask<K extends keyof Others & string>(
    name: K,
    asks: Others[K]['asks'],
    signal?: AbortSignal,
  ): Promise<Others[K]['answers']> {
    signal?.throwIfAborted();
    if (this.#isOver) {
      throw new PeerError('This side of the conversation is over.');
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const question = Promise.withResolvers<unknown>();
    this.#asked.set(id, question);
    const cancel = (): void => {
      this.#send({ kind: 'cancel', id });
      this.#settle(id)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#send({ kind: 'ask', id, name, asks });
    try {
      return await question.promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Rejects what is still asked and stops what is being answered. */
  dispose(): void {
    this.#isOver = true;
    this.#end();
    for (const id of this.#asked.keys()) {
      this.#settle(id)?.reject(new PeerError('The other side has gone.'));
    }
    for (const answering of this.#answering.values()) {
      answering.abort();
    }
    this.#answering.clear();
  }

  #onMessage(message: Message): void {
    switch (message.kind) {
      case 'ask':
        void this.#answer(message);
        return;
      case 'answer':
        this.#settle(message.id)?.resolve(message.answers);
        return;
      case 'refusal':
        this.#settle(message.id)?.reject(new PeerError(message.message));
        return;
      case 'cancel':
        this.#answering.get(message.id)?.abort();
        return;
    }
  }

  async #answer({ id, name, asks }: Extract<Message, { kind: 'ask' }>): Promise<void> {
    const abort = new AbortController();
    this.#answering.set(id, abort);
    try {
      const answer = Object.hasOwn(this.#answers, name) ? this.#answers[name] : undefined;
      if (answer === undefined) {
        throw new PeerError(`"${name}" is not understood.`);
      }
      const answers = await answer(asks, abort.signal);
      this.#send({ kind: 'answer', id, answers });
    } catch (error) {
      this.#send({ kind: 'refusal', id, message: this.#sentenceFor(error) });
    } finally {
      this.#answering.delete(id);
    }
  }

  #settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const question = this.#asked.get(id);
    this.#asked.delete(id);
    return question;
  }

  #send(message: Message): void {
    if (!this.#isOver) {
      this.#wire.send(message);
    }
  }
}

/** Anybody in the same window can send anything, and extensions of the browser do. */
function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) {
    return false;
  }
  const { kind, id, name, message: sentence } = message as Readonly<Record<string, unknown>>;
  if (typeof id !== 'number') {
    return false;
  }
  return (
    kind === 'answer' ||
    kind === 'cancel' ||
    (kind === 'ask' && typeof name === 'string') ||
    (kind === 'refusal' && typeof sentence === 'string')
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

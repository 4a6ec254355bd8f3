import { expect, test } from 'vitest';
import { Peer, type Answers, type Questions, type Wire } from './peer.ts';

type Sum = { sum: { asks: readonly number[]; answers: number }; wait: { asks: undefined; answers: string } };
type Nothing = Questions & Record<string, never>;

const sums: Answers<Sum> = {
  sum: (numbers) => {
    if (numbers.length === 0) {
      throw new Error('There is nothing to add.');
    }
    return numbers.reduce((one, other) => one + other);
  },
  wait: async (_asks, signal) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => resolve('too late'));
    return await promise;
  },
};

/** What becomes of a question, as text. */
async function check(question: Promise<unknown>, outcome: string): Promise<void> {
  const settled = await question.then(String, (error: unknown) => String(error));
  expect(settled).toBe(outcome);
}

test('a question gets its answer, and several at once get each their own', async () => {
  const { asker } = pair();
  await Promise.all([check(asker.ask('sum', [1, 2]), '3'), check(asker.ask('sum', [3, 4]), '7')]);
});

test('what the other side throws is a refusal in words', async () => {
  await check(pair().asker.ask('sum', []), 'PeerError: There is nothing to add.');
});

test('a question that is not known is refused', async () => {
  const { asker } = pair();
  const unknown = asker as unknown as { ask(name: string, asks: unknown): Promise<unknown> };
  await check(unknown.ask('toString', 1), 'PeerError: "toString" is not understood.');
});

test('a cancelled question settles at once, and the other side is told', async () => {
  const { asker } = pair();
  const abort = new AbortController();
  const question = asker.ask('wait', undefined, abort.signal);
  abort.abort(new Error('changed my mind'));
  await check(question, 'Error: changed my mind');
});

test('the end of this side settles what it asked, and later questions too', async () => {
  const { asker } = pair();
  const question = asker.ask('wait', undefined);
  asker.dispose();
  await check(question, 'PeerError: The other side has gone.');
  await check(asker.ask('sum', [1]), 'PeerError: This side of the conversation is over.');
});

test('what is no message of a conversation is passed over', async () => {
  const [left, right] = wires();
  const answerer = new Peer<Sum, Nothing>(right, sums);
  const asker = new Peer<Nothing, Sum>(left, {});
  for (const noise of [
    null,
    'ask',
    7,
    {},
    { kind: 'ask', id: 1 },
    { kind: 'refusal', id: 1 },
    { kind: 'sum', id: 1 },
  ]) {
    left.send(noise);
    right.send(noise);
  }
  await check(asker.ask('sum', [1, 2]), '3');
  answerer.dispose();
});

/** Two ends with a wire between them that copies what it carries, as a webview's does. */
function pair() {
  const [left, right] = wires();
  const answerer = new Peer<Sum, Nothing>(right, sums);
  return { asker: new Peer<Nothing, Sum>(left, {}), answerer };
}

function wires(): [Wire, Wire] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
  const wire = (own: 0 | 1): Wire => ({
    send: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => listeners[own === 0 ? 1 : 0].forEach((listener) => listener(copy)));
    },
    receive: (listener) => {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return [wire(0), wire(1)];
}

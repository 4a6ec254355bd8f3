import type { ReaderAnswer, ReaderCall } from '../messages.ts';

interface Question {
  readonly id: number;
  readonly call: ReaderCall;
  steps?: Iterator<undefined, unknown>;
}

/** A long answer gives way to the next question after this long. */
const sliceMillis = 10;

/**
 * Answers questions in turn. An answer of many steps is made a slice at a time with other questions in between, and one that nobody waits
 * for any more is not made.
 */
export class QuestionQueue {
  readonly #answerTo: (call: ReaderCall) => unknown;
  readonly #send: (answer: ReaderAnswer) => void;
  readonly #waiting: Question[] = [];

  constructor(answerTo: (call: ReaderCall) => unknown, send: (answer: ReaderAnswer) => void) {
    this.#answerTo = answerTo;
    this.#send = send;
  }

  add(id: number, call: ReaderCall): void {
    this.#push({ id, call });
  }

  remove(id: number): void {
    const at = this.#waiting.findIndex((question) => question.id === id);
    if (at !== -1) {
      this.#waiting.splice(at, 1);
    }
  }

  #push(question: Question): void {
    this.#waiting.push(question);
    if (this.#waiting.length === 1) {
      setImmediate(() => this.#work());
    }
  }

  #work(): void {
    const question = this.#waiting[0];
    if (question === undefined) {
      return;
    }
    const isDone = this.#advance(question);
    this.#waiting.shift();
    if (!isDone) {
      this.#waiting.push(question);
    }
    if (this.#waiting.length > 0) {
      // Messages that have come meanwhile, an abort among them, are taken in first.
      setImmediate(() => this.#work());
    }
  }

  #advance(question: Question): boolean {
    try {
      if (question.steps === undefined) {
        const value = this.#answerTo(question.call);
        if (!isIterator(value)) {
          this.#send({ kind: 'answer', id: question.id, value });
          return true;
        }
        question.steps = value;
      }
      return this.#step(question.id, question.steps);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ kind: 'failed', id: question.id, message });
      return true;
    }
  }

  #step(id: number, steps: Iterator<undefined, unknown>): boolean {
    const until = performance.now() + sliceMillis;
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        this.#send({ kind: 'answer', id, value: step.value });
        return true;
      }
      if (performance.now() >= until) {
        return false;
      }
    }
  }
}

function isIterator(value: unknown): value is Iterator<undefined, unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}

/**
 * Finds the ends of HTTP/1.1 answers in a stream of bytes (RFC 9112, sections 6 and 7.1), as cheaply as can be: bodies are skipped, not kept,
 * and an answer that came whole in one piece, as nearly all do, is never copied.
 */
export class AnswerReader {
  readonly #onAnswer: (status: number) => void;
  #rest = '';

  constructor(onAnswer: (status: number) => void) {
    this.#onAnswer = onAnswer;
  }

  push(bytes: Buffer): void {
    let text = this.#rest + bytes.toString('latin1');
    let end = endOfAnswer(text);
    while (end !== -1) {
      // "HTTP/1.1 200 OK": the code is at a fixed place.
      const status = Number(text.slice(9, 12));
      text = text.slice(end);
      end = endOfAnswer(text);
      this.#onAnswer(status);
    }
    this.#rest = text;
  }
}

/** Where the first answer in the text ends, or -1 while it is not complete. */
function endOfAnswer(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) {
    return -1;
  }
  const head = text.slice(0, headEnd);
  const bodyStart = headEnd + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    return end <= text.length ? end : -1;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
    return bodyStart;
  }
  const last = text.indexOf('0\r\n\r\n', bodyStart);
  return last === -1 ? -1 : last + 5;
}

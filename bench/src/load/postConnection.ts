import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answerReader.ts';

/**
 * One keep-alive connection that posts prepared bodies, one at a time. Written on `node:net` because the generator shares the
 * machine with what it measures: node's own HTTP client would take several times the CPU.
 */
export class PostConnection {
  readonly #socket: Socket;
  readonly #headStart: string;
  #settle: ((status: number | 'lost') => void) | undefined;
  #isLost = false;

  private constructor(socket: Socket, headStart: string) {
    this.#socket = socket;
    this.#headStart = headStart;
    const reader = new AnswerReader((status) => this.#finish(status));
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => reader.push(bytes));
    const lose = (): void => {
      this.#isLost = true;
      this.#finish('lost');
    };
    socket.on('error', lose);
    socket.on('close', lose);
  }

  /** Connects to an endpoint such as `http://127.0.0.1:4318`; rejects where nothing listens. */
  static open(endpoint: string, path: string): Promise<PostConnection> {
    const { hostname, port } = new URL(endpoint);
    const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-protobuf\r\nContent-Length: `;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new PostConnection(socket, head));
      });
    });
  }

  /** Settles with the answer's code, or with `lost` when the connection broke before the answer was complete. */
  post(body: Uint8Array): Promise<number | 'lost'> {
    if (this.#isLost) {
      return Promise.resolve('lost');
    }
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.cork();
      this.#socket.write(`${this.#headStart}${body.length}\r\n\r\n`, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #finish(status: number | 'lost'): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(status);
  }
}

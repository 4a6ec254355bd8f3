import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with a call: the JSON of an answer, `slow` for none at all, or whatever else a test can think of. */
export type Reply =
  | { readonly json: object }
  | { readonly error: string; readonly message?: string; readonly status?: number }
  | { readonly text: string }
  | 'slow';

export interface LogsCall {
  /** `PutLogEvents`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly headers: http.IncomingHttpHeaders;
}

/** As much of CloudWatch Logs as takes a call down (AWS JSON 1.1) and answers as the test says. */
export class LogsServer {
  readonly calls: LogsCall[] = [];
  /** Decides about each call. */
  reply: (call: LogsCall) => Reply = () => ({ json: {} });
  readonly #arrivals = new EventEmitter();
  readonly #server = http.createServer((request, response) => void this.#receive(request, response));
  #port = 0;

  static async start(): Promise<LogsServer> {
    const server = new LogsServer();
    await server.open();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The messages that were sent and accepted, batch by batch. */
  get batches(): readonly (readonly string[])[] {
    return this.calls
      .filter(({ operation }) => operation === 'PutLogEvents')
      .map(({ input }) => (input['logEvents'] as { message: string }[]).map(({ message }) => message));
  }

  /** The calls as `CreateLogGroup cruddur`, without the ones that send lines. */
  get preparations(): readonly string[] {
    return this.calls
      .filter(({ operation }) => operation !== 'PutLogEvents')
      .map(({ operation, input }) => [operation, ...Object.values(input)].join(' '));
  }

  /** Listens, on the port that it had before. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Resolves once `isDone` is true, now or after a later call. */
  async waitUntil(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      await once(this.#arrivals, 'arrival');
    }
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
    }
    const operation = String(request.headers['x-amz-target']).replace('Logs_20140328.', '');
    const call = {
      operation,
      input: JSON.parse(body) as Readonly<Record<string, unknown>>,
      headers: request.headers,
    };
    const reply = this.reply(call);
    this.calls.push(call);
    answer(response, reply);
    this.#arrivals.emit('arrival');
  }
}

function answer(response: http.ServerResponse, reply: Reply): void {
  if (reply === 'slow') {
    return;
  }
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if ('error' in reply) {
    response.statusCode = reply.status ?? 400;
    response.end(JSON.stringify({ __type: reply.error, message: reply.message ?? 'No.' }));
  } else {
    response.end('text' in reply ? reply.text : JSON.stringify(reply.json));
  }
}

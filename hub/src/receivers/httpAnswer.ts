import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How much of a body that nobody wants is still read, so that its sender gets to see the answer. */
const drainBytes = 512 * 2 ** 20;
const drainMillis = 10_000;

/** Writes an answer after the request's body has been read. */
export function answer(response: ServerResponse, { status, contentType, body, headers }: HttpAnswer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': length });
  if (length === 0) {
    // The usual answer of the ingest path: with a body, even an empty one, it would be two writes instead of one.
    response.end();
  } else {
    response.end(body);
  }
}

/**
 * Writes an answer while the body is still arriving, and closes the connection when it has arrived. Closing at once would
 * reset the connection, and most senders would report that instead of reading the answer.
 */
export function answerEarly(request: IncomingMessage, response: ServerResponse, early: HttpAnswer): void {
  if (request.readableEnded || request.complete) {
    answer(response, early);
    return;
  }
  const { status, contentType, body, headers } = early;
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => request.destroy(), drainMillis);
  let drained = 0;
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > drainBytes) {
      request.destroy();
    }
  });
  request.on('end', end);
  request.on('close', end);
  request.resume();
}

/** A sentence as JSON, for answers outside a protocol that has a form of its own. */
export function errorAnswer(status: number, sentence: string, headers?: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({ error: sentence }),
    ...(headers && { headers }),
  };
}

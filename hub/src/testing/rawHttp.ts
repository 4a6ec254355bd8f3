import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { request } from '../client/nodeHttp.ts';

export interface RawRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Several pieces are sent chunked. */
  readonly body?: string | Uint8Array | readonly Uint8Array[];
}

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own, with whatever headers the test wants to send. */
export function send(url: string, { method = 'GET', headers, body = [] }: RawRequest = {}): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { ...headers }, agent: false }, (reply) => {
      text(reply).then(
        (received) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: received }),
        reject,
      );
    });
    outgoing.on('error', reject);
    if (typeof body === 'string' || body instanceof Uint8Array) {
      outgoing.end(body);
    } else {
      for (const piece of body) {
        outgoing.write(piece);
      }
      outgoing.end();
    }
  });
}

/** Writes bytes to a TCP port and answers all that comes back until the other side closes. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url.includes('://') ? url : `tcp://${url}`);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    socket.end(bytes);
  });
}

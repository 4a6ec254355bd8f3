import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** google.rpc.Code: exporters report it at once, with its sentence, and do not try again. */
const unimplemented = '12';
const idleMillis = 10_000;

/**
 * Takes a connection over from node:http and answers its HTTP/2 requests with a sentence; `bytes` are its first ones, which node:http has
 * read. Without an answer all that a gRPC client reports is that no connection was established.
 */
export function answerHttp2(socket: Duplex, bytes: Uint8Array, sentence: string): void {
  // The HTTP/1.1 parser is let go of by the listeners for `close` and `error`, which stay.
  for (const event of ['data', 'end', 'drain', 'resume', 'pause']) {
    socket.removeAllListeners(event);
  }
  socket.pause();
  socket.unshift(bytes);
  // Loaded here: nobody else speaks HTTP/2 to a hub that has its ports right.
  const session = process.getBuiltinModule('node:http2').performServerHandshake(socket);
  session.setTimeout(idleMillis, () => session.destroy());
  session.on('error', () => socket.destroy());
  session.on('stream', (stream, headers) => {
    stream.on('error', () => session.destroy());
    const isGrpc = headers['content-type']?.startsWith('application/grpc') ?? false;
    if (isGrpc) {
      answerGrpc(stream, sentence);
    } else {
      stream.respond({ ':status': 400, 'content-type': 'text/plain; charset=utf-8' });
      stream.end(sentence);
    }
    session.close();
  });
}

/** Status and message alone (gRPC over HTTP/2, "Trailers-Only"). */
function answerGrpc(stream: ServerHttp2Stream, sentence: string): void {
  const headers = { 'content-type': 'application/grpc', 'grpc-status': unimplemented };
  // Percent-encoded like every grpc-message, but no more of it than must be: not every client decodes the rest.
  const message = sentence.replaceAll(/[^ -$&-~]+/g, encodeURIComponent);
  stream.respond({ ':status': 200, ...headers, 'grpc-message': message }, { endStream: true });
}

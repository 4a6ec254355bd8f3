import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoints } from '../client/api.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { answerHttp2 } from './http2Answer.ts';

/** A receiver on TCP, each with a port of its own. */
export type TcpReceiver = 'otlpHttp' | 'otlpGrpc' | 'xrayTcp' | 'api';

/** What the first bytes of a connection show to be spoken on it. */
export type SpokenProtocol = 'http1' | 'http2' | 'tls' | 'other';

/** So many bytes tell what is spoken. */
export const tellingBytes = 3;

/** What is spoken, by the first `tellingBytes` of a connection: HTTP/2 begins with `PRI *` (RFC 9113, 3.4), TLS with a handshake record (RFC 8446, 5.1). */
export function spokenIn(bytes: Uint8Array): SpokenProtocol {
  if (bytes[0] === 0x16 && bytes[1] === 0x03) {
    return 'tls';
  }
  const word = Buffer.from(bytes.subarray(0, tellingBytes)).toString('latin1');
  return word === 'PRI' ? 'http2' : /^[A-Z]{3}$/.test(word) ? 'http1' : 'other';
}

/** One source address is told about so often: an exporter that tries again and again would fill the list of problems. */
const pauseMillis = 60_000;
const mostSources = 1_000;

/** Says why nothing can come of a connection that speaks another protocol than its port, and which port would be the right one. */
export class ProtocolMixUps {
  readonly #store: Pick<TelemetryStore, 'recordProblem'>;
  readonly #endpoints: () => Endpoints | undefined;
  readonly #now: () => number;
  readonly #told = new Map<string, number>();

  /** `endpoints` are those of this hub, once all are known. */
  constructor(
    store: Pick<TelemetryStore, 'recordProblem'>,
    endpoints: () => Endpoints | undefined,
    now: () => number = Date.now,
  ) {
    this.#store = store;
    this.#endpoints = endpoints;
    this.#now = now;
  }

  /** The sentence for the sender, kept as a problem as well. */
  note(receiver: TcpReceiver, spoken: SpokenProtocol, socket: Duplex, sample?: Uint8Array): string {
    const message = sentenceOf(receiver, spoken, this.#endpoints(), sample);
    const place = `connection from ${addressOf(socket)}`;
    const shown = spoken === 'other' ? sample : undefined;
    this.#record(`${receiver} ${spoken} ${place}`, { receiver, place, message, ...(shown && { sample: shown }) });
    return message;
  }

  /** A request that belongs to another port, by its path; `message` is what its sender is told. */
  noteRequest(receiver: TcpReceiver, path: string, socket: Duplex, message: string): void {
    const place = `${path.slice(0, 200)} from ${addressOf(socket)}`;
    this.#record(`${receiver} ${place}`, { receiver, place, message });
  }

  /** What an X-Ray SDK or daemon is told whose call came to the port of OTLP over HTTP; `undefined` for other requests. */
  noteXRayCall({ method, url = '/', socket }: IncomingMessage): string | undefined {
    const [path = '/'] = url.split('?', 1);
    if (!xrayPaths.has(path)) {
      return undefined;
    }
    const udp = this.#endpoints()?.xrayUdp;
    const right = udp === undefined ? 'but this hub has no X-Ray port' : `which is ${udp} of this hub`;
    const message =
      `${method} ${path} is X-Ray's, and this is the port of OTLP over HTTP. AWS_XRAY_DAEMON_ADDRESS names the port for ` +
      `X-Ray, ${right}.`;
    this.noteRequest('otlpHttp', path, socket, message);
    return message;
  }

  /** Looks after the connections of an HTTP server on which no HTTP/1.1 is spoken. */
  watch(server: Server, receiver: TcpReceiver): void {
    server.on('clientError', (error: ClientError, socket) => {
      const bytes = error.rawPacket;
      const isPreface = error.code === 'HPE_PAUSED_H2_UPGRADE';
      const spoken = isPreface ? 'http2' : bytes === undefined ? 'http1' : firstSpoken(bytes, socket);
      if (spoken === 'http1') {
        refuse(error, socket);
        return;
      }
      const sentence = this.note(receiver, spoken, socket, bytes);
      if (spoken === 'http2' && bytes !== undefined && spokenIn(bytes) === 'http2') {
        answerHttp2(socket, bytes, sentence);
      } else if (spoken === 'other') {
        refuse(error, socket, sentence);
      } else {
        socket.destroy();
      }
    });
  }

  #record(source: string, problem: Parameters<TelemetryStore['recordProblem']>[0]): void {
    if (this.#isDue(source)) {
      this.#store.recordProblem(problem);
    }
  }

  #isDue(source: string): boolean {
    const now = this.#now();
    const last = this.#told.get(source);
    if (last !== undefined && now - last < pauseMillis) {
      return false;
    }
    if (this.#told.size >= mostSources) {
      this.#told.clear();
    }
    this.#told.set(source, now);
    return true;
  }
}

/** What SDKs and the daemon call at the daemon's TCP port. */
const xrayPaths: ReadonlySet<string> = new Set([
  '/GetSamplingRules',
  '/SamplingTargets',
  '/TraceSegments',
  '/TelemetryRecords',
]);

interface ClientError extends Error {
  readonly code?: string;
  /** What could not be parsed. */
  readonly rawPacket?: Buffer;
}

/** Later bytes of a connection say nothing of its protocol. */
function firstSpoken(bytes: Buffer, socket: Duplex): SpokenProtocol {
  const read = (socket as Partial<Socket>).bytesRead;
  return read === bytes.length && bytes.length >= tellingBytes ? spokenIn(bytes) : 'http1';
}

function addressOf(socket: Duplex): string {
  return ((socket as Partial<Socket>).remoteAddress ?? 'a closed connection').replace(/^::ffff:/, '');
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What node:http does where nobody listens for the error, with a sentence where there is one. */
function refuse(error: ClientError, socket: Duplex, sentence = ''): void {
  // Of node:http: the answer under way, which a second one would spoil.
  const underWay = (socket as { readonly ['_httpMessage']?: { readonly headersSent: boolean } | null })['_httpMessage'];
  if (socket.writable && underWay?.headersSent !== true) {
    const status = statusLines[error.code ?? ''] ?? '400 Bad Request';
    const length = Buffer.byteLength(sentence);
    const type = length === 0 ? '' : `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n`;
    socket.write(`HTTP/1.1 ${status}\r\n${type}Connection: close\r\n\r\n${sentence}`);
  }
  socket.destroy(error);
}

const purposes: Readonly<Record<TcpReceiver, string>> = {
  otlpHttp: 'OTLP over HTTP',
  otlpGrpc: 'OTLP over gRPC',
  xrayTcp: 'X-Ray',
  api: "the hub's API",
};

function sentenceOf(
  receiver: TcpReceiver,
  spoken: SpokenProtocol,
  endpoints: Endpoints | undefined,
  sample: Uint8Array | undefined,
): string {
  const port = /:(\d+)$/.exec(endpoints?.[receiver] ?? '')?.[1];
  const here = `the port of ${purposes[receiver]}${port === undefined ? '' : ` (${port})`}`;
  const { otlpGrpc, otlpHttp } = endpoints ?? {};
  switch (spoken) {
    case 'http2': {
      const change = receiver === 'otlpHttp' ? 'set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf' : undefined;
      return `gRPC came to ${here}: ${waysOut('send it to', otlpGrpc && `http://${otlpGrpc}`, change)}.`;
    }
    case 'http1': {
      const change = receiver === 'otlpGrpc' ? 'set OTEL_EXPORTER_OTLP_PROTOCOL=grpc' : undefined;
      return `HTTP/1.1 came to ${here}: ${waysOut('send it to', otlpHttp, change)}.`;
    }
    case 'tls': {
      const change = receiver === 'otlpGrpc' ? ', or set OTEL_EXPORTER_OTLP_INSECURE=true' : '';
      return `TLS came to ${here}, which takes it unencrypted: begin the endpoint with http://, not https://${change}.`;
    }
    case 'other': {
      const isSegment = Buffer.from(sample ?? [])
        .toString('latin1')
        .startsWith('{"format"');
      const udp = endpoints?.xrayUdp;
      const right = isSegment && udp !== undefined ? `: X-Ray segments are sent by UDP, to ${udp}.` : '.';
      return `What came to ${here} is not ${receiver === 'otlpGrpc' ? 'gRPC' : 'HTTP'}${right}`;
    }
  }
}

function waysOut(send: string, endpoint: string | undefined, change: string | undefined): string {
  if (endpoint === undefined) {
    return change ?? 'this hub has no port for it';
  }
  return `${send} ${endpoint}${change === undefined ? '' : `, or ${change}`}`;
}

import type { Server as HttpServer } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { ConnectionInjector, sendUnaryData, Server, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { createServer as createHttpServer } from '../client/nodeHttp.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { sendStatus } from './otlpHttp.ts';
import { encodeExportReply, type OtlpSignal } from './otlpReply.ts';
import { spokenIn, tellingBytes, type ProtocolMixUps } from './protocolMixUps.ts';
import { defaultBodyLimits, owned } from './requestBody.ts';

export interface OtlpGrpcOptions {
  readonly store: TelemetryStore;
  readonly mixUps: ProtocolMixUps;
  readonly onActivity: () => void;
  readonly onMetrics: () => void;
  readonly maxBytes?: number;
}

type Grpc = typeof import('@grpc/grpc-js');
type Call = ServerUnaryCall<Buffer, Buffer>;

/** Longest silence of a connection that has not yet shown what it speaks. */
const silenceMillis = 120_000;

/**
 * OTLP over gRPC. The port is an ordinary TCP one until the first connection that speaks HTTP/2: only then is the gRPC library loaded, which
 * spares every other hub its start-up time and memory. Whoever speaks something else is told so.
 */
export class OtlpGrpcReceiver {
  readonly server: NetServer;
  readonly #options: OtlpGrpcOptions;
  /** Connections that the gRPC library does not have, or not yet. */
  readonly #sockets = new Set<Socket>();
  readonly #http1: HttpServer;
  #loaded: Promise<{ readonly grpc: Server; readonly injector: ConnectionInjector }> | undefined;

  constructor(options: OtlpGrpcOptions) {
    this.#options = options;
    this.#http1 = createHttpServer((request, response) => {
      const sentence = options.mixUps.note('otlpGrpc', 'http1', request.socket);
      // Python's exporter prints this and not the body.
      response.statusMessage = sentence;
      sendStatus(request, response, 400, sentence, { connection: 'close' });
    });
    this.server = createServer({ noDelay: true }, (socket) => this.#look(socket));
  }

  /** Lets running calls finish for a second, then closes every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    const loaded = await this.#loaded;
    loaded?.injector.drain(1_000);
    await closed;
  }

  /** Hands a connection on once its first bytes have shown what it speaks. */
  #look(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const onSilence = (): void => void socket.destroy();
    socket.setTimeout(silenceMillis, onSilence);
    let first = Buffer.alloc(0);
    const onData = (bytes: Buffer): void => {
      first = Buffer.concat([first, bytes]);
      if (first.length < tellingBytes) {
        return;
      }
      socket.off('data', onData);
      socket.off('end', onSilence);
      socket.off('timeout', onSilence);
      socket.setTimeout(0);
      socket.pause();
      this.#handOn(socket, first);
    };
    socket.on('data', onData);
    socket.on('end', onSilence);
  }

  #handOn(socket: Socket, first: Buffer): void {
    const spoken = spokenIn(first);
    switch (spoken) {
      case 'http2':
        socket.unshift(first);
        this.#inject(socket).catch((error: unknown) => {
          socket.destroy();
          const reason = error instanceof Error ? error.message : String(error);
          const message = `OTLP over gRPC cannot be received: ${reason}`;
          this.#options.store.recordProblem({ receiver: 'otlpGrpc', place: 'connection', message });
        });
        return;
      case 'http1':
        socket.unshift(first);
        this.#http1.emit('connection', socket);
        socket.resume();
        return;
      case 'tls':
      case 'other':
        this.#options.mixUps.note('otlpGrpc', spoken, socket, first);
        socket.destroy();
        return;
    }
  }

  async #inject(socket: Socket): Promise<void> {
    this.#loaded ??= loadServer(this.#options);
    const { injector } = await this.#loaded;
    if (!socket.destroyed) {
      this.#sockets.delete(socket);
      injector.injectConnection(socket);
    }
  }
}

const services: Readonly<Record<string, OtlpSignal>> = {
  'opentelemetry.proto.collector.trace.v1.TraceService': 'traces',
  'opentelemetry.proto.collector.logs.v1.LogsService': 'logs',
  'opentelemetry.proto.collector.metrics.v1.MetricsService': 'metrics',
};

async function loadServer(options: OtlpGrpcOptions): Promise<{ grpc: Server; injector: ConnectionInjector }> {
  // Of a CommonJS package only the default is there in a bundle as well.
  const { default: library } = await import('@grpc/grpc-js');
  const grpc = new library.Server({
    'grpc.max_receive_message_length': options.maxBytes ?? defaultBodyLimits.maxBytes,
  });
  for (const [name, signal] of Object.entries(services)) {
    grpc.addService(exportService(name), {
      export: (call: Call, reply: sendUnaryData<Buffer>) => {
        handleExport({ library, options, signal }, call, reply).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          reply({ code: library.status.UNAVAILABLE, details: `The hub cannot store this now: ${reason}` });
        });
      },
    });
  }
  return { grpc, injector: grpc.createConnectionInjector(library.ServerCredentials.createInsecure()) };
}

/** A service whose one method takes and gives bytes as they are on the wire: they are stored, not decoded. */
function exportService(name: string): ServiceDefinition {
  return {
    export: {
      path: `/${name}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

interface Exporting {
  readonly library: Grpc;
  readonly options: OtlpGrpcOptions;
  readonly signal: OtlpSignal;
}

async function handleExport(
  { library, options, signal }: Exporting,
  call: Call,
  reply: sendUnaryData<Buffer>,
): Promise<void> {
  if (call.metadata.get('origin').length > 0) {
    reply({ code: library.status.PERMISSION_DENIED, details: 'Requests from web pages (with an origin) are refused.' });
    return;
  }
  options.onActivity();
  if (signal === 'metrics') {
    options.onMetrics();
    reply(null, Buffer.alloc(0));
    return;
  }
  const result = await options.store.append({
    format: `otlp-${signal}-protobuf`,
    receiver: 'otlpGrpc',
    body: owned(call.request),
  });
  switch (result.kind) {
    case 'committed':
      reply(null, exportReply(signal, result));
      return;
    case 'malformed':
      reply({ code: library.status.INVALID_ARGUMENT, details: result.message });
      return;
    case 'overloaded':
      // Not RESOURCE_EXHAUSTED: without RetryInfo exporters would drop the batch instead of trying again.
      reply({ code: library.status.UNAVAILABLE, details: 'The hub stores as fast as it can; try again.' });
      return;
  }
}

function exportReply(signal: OtlpSignal, result: { readonly rejected: number; readonly message?: string }): Buffer {
  const isWhole = result.rejected === 0 && result.message === undefined;
  const partial = isWhole ? undefined : { rejected: result.rejected, message: result.message ?? '' };
  return Buffer.from(encodeExportReply('protobuf', signal, partial));
}

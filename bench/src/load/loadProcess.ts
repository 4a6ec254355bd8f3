// The load generator: a process of its own, so that what it costs is not in the figures of what it measures. It is told over the fork
// channel what to prepare (all bodies are encoded before any clock starts) and where to send it.
import type { LoadReply, LoadRequest } from './messages.ts';
import { encodeOtlpBodies, type RequestBody } from './otlpBodies.ts';
import type { PostConnection } from './postConnection.ts';
import { sendDatagrams } from './sendDatagrams.ts';
import { sendOtlp } from './sendOtlp.ts';
import { connectReports, sendReports } from './sendReports.ts';
import { makeDatagram } from './xrayDatagrams.ts';

let bodies: RequestBody[] = [];
let datagrams: Buffer[] = [];
let reporters: PostConnection[] = [];

process.on('message', (request: LoadRequest) => {
  answer(request).then(reply, (error: unknown) => {
    reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
// The bench has gone: nobody is left to send for.
process.on('disconnect', () => process.exit(0));

async function answer(request: LoadRequest): Promise<LoadReply> {
  switch (request.kind) {
    case 'prepareOtlp':
      bodies = encodeOtlpBodies(request.plan);
      return prepared(bodies.map((body) => body.bytes));
    case 'sendOtlp':
      return { kind: 'otlpSent', report: await sendOtlp(bodies.slice(request.from ?? 0, request.to), request) };
    case 'prepareDatagrams': {
      const startMillis = Date.now() - 60_000;
      datagrams = Array.from({ length: request.count }, (_, index) => makeDatagram(request.seed, index, startMillis));
      return prepared(datagrams);
    }
    case 'sendDatagrams':
      return { kind: 'datagramsSent', report: await sendDatagrams(datagrams.slice(request.from, request.to), request) };
    case 'connectReports':
      reporters = await connectReports(request.endpoint, request.clients);
      return { kind: 'reportsConnected' };
    case 'sendReports':
      return { kind: 'reportsSent', report: await sendReports(reporters, request.seconds) };
    default:
      return assertNever(request);
  }
}

function assertNever(request: never): never {
  throw new Error(`No such request: ${JSON.stringify(request)}`);
}

function prepared(buffers: readonly Buffer[]): LoadReply {
  return { kind: 'prepared', requests: buffers.length, bytes: buffers.reduce((sum, buffer) => sum + buffer.length, 0) };
}

function reply(message: LoadReply): void {
  process.send?.(message);
}

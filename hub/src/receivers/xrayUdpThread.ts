/**
 * The X-Ray UDP socket in a thread of its own: while the main thread is busy with an answer, the kernel's buffer would
 * overflow. It parses nothing; it copies datagrams into one buffer and hands that to the store's thread.
 */
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { udpCounters, type UdpThreadAnswer, type UdpThreadCall, type UdpThreadInput } from './udpMessages.ts';

const batchBytes = 256 * 1024;
/** What the store may have before it and not worked off; beyond that, datagrams are dropped and counted. */
const maxBytesUnderWay = 64 * 2 ** 20;
/** How long a datagram may wait for others; a batch of its own for each would cost the store a wake-up a datagram. */
const batchMillis = 2;

const { counters, recvBufferBytes } = workerData as UdpThreadInput;
const batch = Buffer.allocUnsafeSlow(batchBytes);
let used = 0;
let inBatch = 0;
let underWay = 0;
let timer: NodeJS.Timeout | undefined;
let socket: Socket | undefined;
let store: MessagePort | undefined;

parentPort?.on('message', (call: UdpThreadCall) => {
  switch (call.kind) {
    case 'connect':
      store = call.datagrams;
      store.on('message', ({ taken }: { taken: number }) => (underWay -= taken));
      return;
    case 'bind':
      bind(call.host, call.port);
      return;
    case 'unbind':
      unbind(() => tell({ kind: 'unbound' }));
      return;
    case 'end':
      unbind(() => {
        store?.close();
        parentPort?.close();
      });
      return;
  }
});

function bind(host: string, port: number): void {
  const bound = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  bound.on('message', take);
  bound.on('error', (error: NodeJS.ErrnoException) => {
    tell({ kind: 'failed', message: error.message, ...(error.code !== undefined && { code: error.code }) });
  });
  bound.bind({ address: host, port, exclusive: true }, () => {
    tell({ kind: 'bound', port: bound.address().port, grantedBytes: growReceiveBuffer(bound) });
  });
  socket = bound;
}

/** Linux cuts a wish that is too large, macOS refuses it, and then half of it is asked for. Answers what the system gave. */
function growReceiveBuffer(bound: Socket): number {
  const given = bound.getRecvBufferSize();
  for (let bytes = recvBufferBytes; bytes > given; bytes /= 2) {
    try {
      bound.setRecvBufferSize(bytes);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SOCKET_BUFFER_SIZE')) {
        throw error;
      }
    }
  }
  return bound.getRecvBufferSize();
}

function unbind(onDone: () => void): void {
  handOver();
  const bound = socket;
  socket = undefined;
  if (bound === undefined) {
    onDone();
  } else {
    bound.close(onDone);
  }
}

function take(datagram: Buffer): void {
  Atomics.add(counters, udpCounters.received, 1);
  if (used + 4 + datagram.length > batchBytes) {
    handOver();
  }
  batch.writeUInt32LE(datagram.length, used);
  batch.set(datagram, used + 4);
  used += 4 + datagram.length;
  inBatch += 1;
  timer ??= setTimeout(handOver, batchMillis);
}

function handOver(): void {
  clearTimeout(timer);
  timer = undefined;
  if (used === 0) {
    return;
  }
  if (underWay + used > maxBytesUnderWay) {
    Atomics.add(counters, udpCounters.dropped, inBatch);
  } else {
    const run = batch.buffer.slice(0, used);
    underWay += used;
    store?.postMessage({ batch: run }, [run]);
  }
  used = 0;
  inBatch = 0;
}

function tell(answer: UdpThreadAnswer): void {
  parentPort?.postMessage(answer);
}

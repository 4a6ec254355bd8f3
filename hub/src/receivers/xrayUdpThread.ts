/**
 * The X-Ray UDP socket in a thread of its own: while the main thread is busy with an answer, the kernel's buffer would
 * overflow. It parses nothing; it copies datagrams into one buffer and hands that to the store's thread.
 */
import { createSocket } from 'node:dgram';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { UdpThreadInput, UdpThreadMessage } from './xrayUdp.ts';

const batchBytes = 256 * 1024;
/** How long a datagram may wait for others; a batch of its own for each would cost the store a wake-up a datagram. */
const batchMillis = 2;

const { host, port, recvBufferBytes, counters, datagrams } = workerData as UdpThreadInput;
const batch = Buffer.allocUnsafeSlow(batchBytes);
let used = 0;
let timer: NodeJS.Timeout | undefined;

const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: recvBufferBytes });

socket.on('message', (datagram) => {
  Atomics.add(counters, 0, 1);
  if (used + 4 + datagram.length > batchBytes) {
    handOver(datagrams);
  }
  batch.writeUInt32LE(datagram.length, used);
  batch.set(datagram, used + 4);
  used += 4 + datagram.length;
  timer ??= setTimeout(handOver, batchMillis, datagrams);
});
socket.on('error', (error: NodeJS.ErrnoException) => {
  tell({ kind: 'failed', message: error.message, ...(error.code !== undefined && { code: error.code }) });
});
socket.bind({ address: host, port, exclusive: true }, () => {
  tell({ kind: 'listening', port: socket.address().port, grantedBytes: socket.getRecvBufferSize() });
});

parentPort?.on('message', () => {
  // The only message is the one that ends the thread: what has arrived is handed over first.
  socket.close(() => {
    handOver(datagrams);
    tell({ kind: 'closed' });
    datagrams.close();
    parentPort?.close();
  });
});

function handOver(store: MessagePort): void {
  clearTimeout(timer);
  timer = undefined;
  if (used > 0) {
    const run = batch.buffer.slice(0, used);
    store.postMessage({ batch: run }, [run]);
    used = 0;
  }
}

function tell(message: UdpThreadMessage): void {
  parentPort?.postMessage(message);
}

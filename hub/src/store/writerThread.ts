/** The store's only writer: scans, commits, publishes. Started by openTelemetryStore. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ThreadStart, WriterAnswer, WriterRequest } from './messages.ts';
import { openStoreWriter } from './openStoreWriter.ts';

const main = parentPort as MessagePort;
const answer = (message: WriterAnswer, transfer: ArrayBuffer[] = []): void => main.postMessage(message, transfer);
const writer = await openStoreWriter(workerData as ThreadStart, answer);

main.on('message', (request: WriterRequest) => {
  if (request.kind === 'close') {
    void close(request.id);
  } else {
    writer.handle(request);
  }
});
answer({ kind: 'ready' });

async function close(id: number): Promise<void> {
  try {
    await writer.close();
    answer({ kind: 'answer', id, value: undefined });
  } catch (error) {
    answer({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
  main.close();
}

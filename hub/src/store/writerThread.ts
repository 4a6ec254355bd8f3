/** The store's only writer: scans, commits, publishes. Started by openTelemetryStore. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ThreadStart, WriterAnswer, WriterRequest } from './messages.ts';
import { StoreWriter } from './storeWriter.ts';

const main = parentPort as MessagePort;
const answer = (message: WriterAnswer): void => main.postMessage(message);
const writer = new StoreWriter(workerData as ThreadStart, answer);

main.on('message', (request: WriterRequest) => {
  writer.handle(request);
  if (request.kind === 'close') {
    main.close();
  }
});
answer({ kind: 'ready' });

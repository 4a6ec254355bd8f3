/** Answers questions from the columns and a read-only connection. Started by openTelemetryStore. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ReaderAnswer, ReaderRequest, ThreadStart } from './messages.ts';
import { StoreReader } from './read/storeReader.ts';

const main = parentPort as MessagePort;
const answer = (message: ReaderAnswer): void => main.postMessage(message);
const reader = new StoreReader(workerData as ThreadStart);

main.on('message', (request: ReaderRequest) => {
  switch (request.kind) {
    case 'ask':
      try {
        answer({ kind: 'answer', id: request.id, value: reader.answer(request.call) });
      } catch (error) {
        answer({ kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error) });
      }
      break;
    case 'abort':
      break;
    case 'close':
      reader.close();
      answer({ kind: 'answer', id: request.id, value: undefined });
      main.close();
      break;
  }
});
answer({ kind: 'ready' });

/** Answers questions from the columns and a read-only connection. Started by openTelemetryStore. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ReaderAnswer, ReaderRequest, ThreadStart } from './messages.ts';
import { QuestionQueue } from './read/questionQueue.ts';
import { StoreReader } from './read/storeReader.ts';

const main = parentPort as MessagePort;
const answer = (message: ReaderAnswer): void => main.postMessage(message);
const reader = new StoreReader(workerData as ThreadStart);
const questions = new QuestionQueue((call) => reader.answer(call), answer);

main.on('message', (request: ReaderRequest) => {
  switch (request.kind) {
    case 'ask':
      questions.add(request.id, request.call);
      break;
    case 'abort':
      questions.remove(request.id);
      break;
    case 'close':
      reader.close();
      answer({ kind: 'answer', id: request.id, value: undefined });
      main.close();
      break;
  }
});
answer({ kind: 'ready' });

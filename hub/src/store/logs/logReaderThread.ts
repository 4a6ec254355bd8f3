/** Answers questions about log events from a read-only connection. Started by ThreadedLogs with the first question. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { LogRefusal } from './logFailure.ts';
import { LogReader, type LogQuestion } from './logReader.ts';

type Request =
  | { readonly kind: 'ask'; readonly id: number; readonly question: LogQuestion }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number };

const main = parentPort as MessagePort;
const reader = new LogReader((workerData as { dataDir: string }).dataDir);
const underWay = new Map<number, AbortController>();

main.on('message', (request: Request) => {
  switch (request.kind) {
    case 'ask':
      void answer(request.id, request.question);
      break;
    case 'abort':
      underWay.get(request.id)?.abort();
      break;
    case 'close':
      for (const abort of underWay.values()) {
        abort.abort();
      }
      reader.close();
      main.postMessage({ kind: 'answer', id: request.id, value: undefined });
      main.close();
      break;
  }
});
main.postMessage({ kind: 'ready' });

async function answer(id: number, question: LogQuestion): Promise<void> {
  const abort = new AbortController();
  underWay.set(id, abort);
  try {
    main.postMessage({ kind: 'answer', id, value: await reader.answer(question, abort.signal) });
  } catch (error) {
    if (error instanceof LogRefusal) {
      main.postMessage({ kind: 'answer', id, value: error.failure });
    } else {
      main.postMessage({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  } finally {
    underWay.delete(id);
  }
}

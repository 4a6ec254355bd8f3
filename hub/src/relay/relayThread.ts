/** The relay's thread: reads what waits from a read-only connection and sends it. Started by Relay with the first destination that is set. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { RelaySettlement } from '../store/relay/relayStore.ts';
import { UserError } from '../userError.ts';
import { Lanes } from './lanes.ts';
import type { RelayAnswer, RelayRequest, RelayThreadStart, RelayValue } from './relayMessages.ts';

const main = parentPort as MessagePort;
const settling = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
let lastSettlement = 0;

const settle = (settlement: RelaySettlement): Promise<void> => {
  const id = (lastSettlement += 1);
  return new Promise((resolve, reject) => {
    settling.set(id, { resolve, reject });
    tell({ kind: 'settle', id, settlement });
  });
};

const lanes = new Lanes((workerData as RelayThreadStart).dataDir, settle, (destination, used) =>
  tell({ kind: 'used', destination, used }),
);

main.on('message', (request: RelayRequest) => {
  switch (request.kind) {
    case 'notice':
      lanes.notice();
      break;
    case 'settled': {
      const waiting = settling.get(request.id);
      settling.delete(request.id);
      if (request.error === undefined) {
        waiting?.resolve();
      } else {
        waiting?.reject(new Error(request.error));
      }
      break;
    }
    default:
      void answer(request);
  }
});

async function answer(request: Exclude<RelayRequest, { kind: 'notice' | 'settled' }>): Promise<void> {
  try {
    tell({ kind: 'answer', id: request.id, value: await run(request) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', id: request.id, message, isForPerson: error instanceof UserError });
  }
  if (request.kind === 'close') {
    main.close();
  }
}

async function run(request: Exclude<RelayRequest, { kind: 'notice' | 'settled' }>): Promise<RelayValue> {
  switch (request.kind) {
    case 'configure':
      await lanes.configure(request.destination, request.settings);
      return undefined;
    case 'status':
      return lanes.statuses();
    case 'test':
      return await lanes.test(request.destination, request.settings);
    case 'resend':
      return await lanes.resend(request.destination);
    case 'close':
      await lanes.close();
      return undefined;
  }
}

function tell(message: RelayAnswer): void {
  main.postMessage(message);
}

/** A process that appends batches to a store for as long as it lives, and prints the number of each batch once it is acknowledged. */
import { writeSync } from 'node:fs';
import { openTelemetryStore } from '../openTelemetryStore.ts';
import { otlpTraces } from './otlpBytes.ts';
import { testTrace } from './testSpans.ts';

const [dataDir = '', firstText = '1'] = process.argv.slice(2);
const store = await openTelemetryStore({ dataDir, maxBytes: 1e9, maxAgeMillis: 3_600_000 });
let next = Number(firstText);

async function appendForever(): Promise<never> {
  for (;;) {
    const number = next;
    next += 1;
    const body = otlpTraces([{ service: 'backend', spans: testTrace(number, 20) }]);
    const answer = await store.append({ format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body });
    if (answer.kind === 'committed') {
      // Written at once: nothing may be lost between the answer and the kill.
      writeSync(1, `${number}\n`);
    }
  }
}

await Promise.all(Array.from({ length: 4 }, appendForever));

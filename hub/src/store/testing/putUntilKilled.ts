/** A process that puts numbered documents into a store for as long as it lives, and prints the number of each once it is stored. */
import { writeSync } from 'node:fs';
import { openTelemetryStore } from '../openTelemetryStore.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openTelemetryStore({ dataDir, maxBytes: 1e9, maxAgeMillis: 3_600_000 });
for (let number = 1; ; number += 1) {
  // oxlint-disable-next-line no-await-in-loop -- what has been stored is told before the next one.
  await store.documents.put('numbered', String(number), { number });
  // Written at once: nothing may be lost between the answer and the kill.
  writeSync(1, `${number}\n`);
}

import { expect, test } from 'vitest';
import { InMemoryDocuments } from '../testing/inMemoryDocuments.ts';
import { CostMeter } from './costMeter.ts';

const start = Date.UTC(2026, 10, 30, 23, 30);

/** A meter on a clock of the test's own. */
async function meterAt(at = start, documents = new InMemoryDocuments()) {
  const clock = { now: at };
  return { clock, documents, meter: await CostMeter.open(documents, () => clock.now) };
}

/** This hour and this month of X-Ray, as text. */
function check(meter: CostMeter, expected: string): void {
  const { thisHour, thisMonth } = meter.summaryOf('xray');
  expect(`${JSON.stringify(thisHour)} ${JSON.stringify(thisMonth)}`).toBe(expected);
}

test('what goes out is counted by the hour and by the month', async () => {
  const { meter, clock } = await meterAt(start - 3_600_000);
  meter.add('xray', { traces: 2, spans: 5 });
  clock.now += 3_600_000;
  meter.add('xray', { traces: 1 });
  meter.add('xray', { spans: 3 });
  meter.add('rollbar', { items: 9 });
  check(meter, '{"traces":1,"spans":3} {"traces":3,"spans":8}');
});

test('a new month begins with nothing', async () => {
  const { meter, clock } = await meterAt();
  meter.add('xray', { traces: 2 });
  clock.now += 3_600_000;
  check(meter, '{} {}');
});

test('counts survive a restart, and what comes after it is added', async () => {
  const { meter, documents } = await meterAt();
  meter.add('xray', { traces: 2 });
  await meter.flush();
  const { meter: again } = await meterAt(start, documents);
  again.add('xray', { traces: 1 });
  check(again, '{"traces":3} {"traces":3}');
});

test('many additions are one write an hour', async () => {
  const { meter, documents } = await meterAt();
  let writes = 0;
  const put = documents.put.bind(documents);
  documents.put = async (...parameters) => {
    writes += 1;
    await put(...parameters);
  };
  for (let at = 0; at < 1_000; at += 1) {
    meter.add('xray', { traces: 1 });
  }
  await meter.flush();
  expect(writes).toBe(1);
});

test('what could not be written is written later', async () => {
  const { meter, documents } = await meterAt();
  const put = documents.put.bind(documents);
  documents.put = () => Promise.reject(new Error('The disk is full.'));
  meter.add('xray', { traces: 1 });
  await meter.flush();
  documents.put = put;
  await meter.flush();
  check((await meterAt(start, documents)).meter, '{"traces":1} {"traces":1}');
});

test('hours of earlier months leave, and what is still stored stays', async () => {
  const { meter, clock, documents } = await meterAt(Date.UTC(2026, 9, 1));
  for (let at = 0; at < 62 * 24; at += 1) {
    meter.add('logs', { logBytes: 10, logEvents: 1 }, { retention: at % 2 === 0 ? 'never' : 3 });
    clock.now += 3_600_000;
  }
  await meter.flush();
  const stored = await documents.all('costHour');
  // October and November by the month, and the hours since 24 November.
  expect(stored.size).toBe(2 + 8 * 24);
  expect([...stored.values()][0]).toEqual({ usage: {}, kept: { never: 31 * 12 * 10 } });
});

test('a cap is reached, is lifted by a higher one, and ends with its month', async () => {
  const { meter, clock, documents } = await meterAt();
  await meter.changeSettings({ caps: { xray: { kind: 'amount', counter: 'traces', amount: 3 } } });
  const states: boolean[] = [];
  const look = (): unknown => states.push(meter.isCapped('xray'));
  meter.add('xray', { traces: 2 });
  look();
  meter.add('xray', { traces: 1 });
  look();
  await meter.flush();
  states.push((await meterAt(start, documents)).meter.isCapped('xray'), meter.isCapped('logs'));
  await meter.changeSettings({ caps: { xray: { kind: 'amount', counter: 'traces', amount: 4 } } });
  look();
  meter.add('xray', { traces: 1 });
  look();
  clock.now += 3_600_000;
  look();
  expect(states).toEqual([false, true, true, false, false, true, false]);
});

test('whoever waits for a cap is told when the settings have changed', async () => {
  const { meter } = await meterAt();
  let told = 0;
  const end = meter.onDidChangeSettings(() => (told += 1));
  await meter.changeSettings({ caps: { xray: { kind: 'free' } } });
  end();
  await meter.changeSettings({ caps: { xray: null } });
  expect(told).toBe(1);
});

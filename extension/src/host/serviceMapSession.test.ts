import type { ChangeEvent } from '@sightline/hub/client/api';
import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import type { ServiceMapReply } from '@sightline/hub/client/mapApi';
import { expect, test } from 'vitest';
import {
  readMapMemory,
  type ServiceMapChoice,
  type ServiceMapScope,
  type ServiceMapView,
} from '../contracts/serviceMap.ts';
import { Emitter } from '../lifetime.ts';
import type { MapSource } from '../sources/mapSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import { ServiceMapSession, type ServiceMapDesk } from './serviceMapSession.ts';

const never = new AbortController().signal;
const traceId = '4efaaf4d1e8720b39541901950019ee5';

/** Compares all that was asked of the source, told to the map and done for the person, in order. */
function check({ log }: { readonly log: string[] }, expected: readonly string[]): void {
  expect(log).toEqual(expected);
  log.length = 0;
}

test('a map opens with the requests of its time range', async () => {
  const { session, log } = setUp();
  const { scope, choice, view } = await session.answers.begin(undefined, never);
  log.push(`${JSON.stringify({ scope, choice })} ${toText(view)}`);
  check({ log }, ['ask from 300 s before now', '{"scope":{},"choice":{"minutes":5,"filter":""}} map 1']);
});

test('a filter and another range are asked for', async () => {
  const { session, log } = await begun();
  log.push(toText(await session.answers.choose({ minutes: 60, filter: 'fault' }, never)));
  check({ log }, ['ask from 3600 s before now, filter fault', 'map 2']);
});

test('while requests come it is drawn once a second, however many there are', async () => {
  const { session, source, log, pass } = await begun();
  source.change({ traces: ['a'] });
  source.change({ traces: 'many' });
  check({ log }, []);
  await pass(1000);
  check({ log }, ['ask from 300 s before now', 'viewChanged map 2']);
  await pass(1000);
  check({ log }, []);
  session.dispose();
});

test('requests that leave the time range are seen to leave though nothing else happens', async () => {
  const { log, pass } = await begun();
  await pass(15_000);
  check({ log }, ['ask from 300 s before now', 'viewChanged map 2']);
});

test('where a cap forbids it, a map is not asked for because time passes, until the cap is lifted', async () => {
  const { source, log, pass } = await begun();
  source.isCapped = true;
  await pass(15_000);
  await pass(15_000);
  check({ log }, []);
  source.isCapped = false;
  await pass(15_000);
  check({ log }, ['ask from 300 s before now', 'viewChanged map 2']);
});

test('what is no trace changes nothing', async () => {
  const { source, log, pass } = await begun();
  source.change({ traces: [], logs: true });
  await pass(1000);
  check({ log }, []);
});

test('a hidden map asks for nothing, and begins anew when it is shown', async () => {
  const { session, source, log, pass } = await begun();
  session.setVisible(false);
  source.change({ traces: ['a'] });
  await pass(60_000);
  check({ log }, []);
  session.setVisible(true);
  await session.answers.begin(undefined, never);
  check({ log }, ['ask from 300 s before now']);
});

test('the map of one trace asks for it alone, and again only when it changes', async () => {
  const { source, log, pass } = await begun({ traceId });
  check({ log }, []);
  source.change({ traces: ['ffffffffffffffffffffffffffffffff'] });
  await pass(60_000);
  check({ log }, []);
  source.change({ traces: [traceId] });
  await pass(1000);
  check({ log }, [`ask trace ${traceId}`, 'viewChanged map 2']);
});

test('a choice that comes while an answer is on its way is the one that both get', async () => {
  const { session, source, log } = await begun();
  const release = source.hold();
  const first = session.answers.choose({ minutes: 5, filter: 'error' }, never);
  const second = session.answers.choose({ minutes: 5, filter: 'fault' }, never);
  release();
  log.push(toText(await first), toText(await second));
  check({ log }, [
    'ask from 300 s before now, filter error',
    'ask from 300 s before now, filter fault',
    'map 3',
    'map 3',
  ]);
});

test('a hub that is off, fails or comes back is told', async () => {
  const { source, log } = await begun();
  for (const state of [
    { kind: 'stopped' },
    { kind: 'connecting' },
    { kind: 'failed', message: 'The port is taken.' },
    { kind: 'ready' },
  ] as const) {
    source.setState(state);
    await settled();
  }
  check({ log }, [
    'viewChanged off',
    'viewChanged connecting',
    'viewChanged failed: The port is taken.',
    'ask from 300 s before now',
    'viewChanged map 2',
  ]);
});

test('what the hub refuses is shown in its words', async () => {
  const { session, source, log } = await begun();
  source.fail(new UserError('There is no group with the name "b".'));
  log.push(toText(await session.answers.choose({ minutes: 5, filter: 'group.name = "b"' }, never)));
  check({ log }, [
    'ask from 300 s before now, filter group.name = "b"',
    'failed: There is no group with the name "b".',
  ]);
});

test('a filter chosen from outside starts a map that is shown anew', async () => {
  const { session, log } = await begun();
  session.show({ filter: 'service("backend")' });
  await session.answers.begin(undefined, never);
  check({ log }, ['restarted undefined', 'ask from 300 s before now, filter service("backend")']);
});

test('only a filter expression reaches the Traces view, and only a choice there is is taken', async () => {
  const { session, log } = await begun();
  await session.answers.filterTraces({ expression: 'service("backend") { fault }' }, never);
  await expect(session.answers.filterTraces({ expression: 'service(' }, never)).rejects.toThrow('no filter expression');
  const wrong = { minutes: 7, filter: '' } as unknown as ServiceMapChoice;
  await expect(session.answers.choose(wrong, never)).rejects.toThrow('cannot show');
  check({ log }, ['filter traces by service("backend") { fault }']);
});

test('of what a webview has kept, only what makes sense is taken up', () => {
  const choice = { minutes: 60, filter: 'fault' };
  expect(readMapMemory({ scope: { traceId }, choice, look: 1 })).toEqual({ scope: { traceId }, choice });
  expect(readMapMemory({ scope: { traceId: '<script>' }, choice })).toEqual({ scope: {}, choice });
  for (const nonsense of [undefined, null, 7, {}, { scope: {} }, { choice }, { scope: {}, choice: { minutes: 1 } }]) {
    expect(readMapMemory(nonsense)).toBeUndefined();
  }
});

async function begun(scope: ServiceMapScope = {}) {
  const all = setUp(scope);
  await all.session.answers.begin(undefined, never);
  all.log.length = 0;
  return all;
}

function setUp(scope: ServiceMapScope = {}) {
  const log: string[] = [];
  const timers = new Map<() => void, number>();
  let now = 1_700_000_000_000;
  const source = new RecordingMapSource(log, () => now);
  const desk: ServiceMapDesk = {
    tell: (name, news) => log.push(`${name} ${news === undefined ? 'undefined' : toText(news)}`),
    filterTraces: (expression) => Promise.resolve(void log.push(`filter traces by ${expression}`)),
    start: () => Promise.resolve(void log.push('start')),
    now: () => now,
    after: (millis, callback) => {
      timers.set(callback, now + millis);
      return { dispose: () => timers.delete(callback) };
    },
  };
  const session = new ServiceMapSession(source, scope, desk, { minutes: 5, filter: '' });
  session.setVisible(true);
  const pass = async (millis: number): Promise<void> => {
    now += millis;
    for (const [callback, due] of timers) {
      if (due <= now) {
        timers.delete(callback);
        callback();
      }
    }
    await settled();
  };
  return { session, source, log, pass };
}

async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  await promise;
}

function toText(view: ServiceMapView): string {
  switch (view.kind) {
    case 'map':
      return `map ${view.map.from}`;
    case 'failed':
      return `failed: ${view.message}`;
    case 'off':
    case 'connecting':
      return view.kind;
  }
}

/** Its maps have no services but a number, in place of a time. */
class RecordingMapSource implements MapSource {
  readonly quietPace = 15_000;
  isCapped = false;
  state: SourceState = { kind: 'ready' };
  readonly #changed = new Emitter<ChangeEvent>();
  readonly #stateChanged = new Emitter<SourceState>();
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #log: string[];
  readonly #now: () => number;
  #held: Promise<void> | undefined;
  #failure: Error | undefined;
  #count = 0;

  constructor(log: string[], now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  mayAskByItself(): boolean {
    return !this.isCapped;
  }

  change(change: Partial<ChangeEvent>): void {
    this.#changed.fire({ revision: 1, traces: [], logs: false, problems: false, removed: false, ...change });
  }

  setState(state: SourceState): void {
    this.state = state;
    this.#stateChanged.fire(state);
  }

  fail(error: Error): void {
    this.#failure = error;
  }

  /** Keeps the next answers back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async loadServiceMap({ from, filter, trace }: ServiceMapQuery, signal?: AbortSignal): Promise<ServiceMapReply> {
    const ago = this.#now() / 1000 - Number(from ?? 0) / 1e9;
    const what = trace === undefined ? `from ${ago} s before now` : `trace ${trace}`;
    this.#log.push(`ask ${what}${filter === undefined ? '' : `, filter ${filter}`}`);
    this.#count += 1;
    const number = String(this.#count);
    await this.#held;
    signal?.throwIfAborted();
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    return { from: number, to: number, nodes: [] };
  }
}

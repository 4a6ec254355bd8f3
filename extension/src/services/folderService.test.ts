import { expect, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { FolderService, type Run, type ServiceClock, type Startable } from './folderService.ts';
import type { ServiceExit } from './serviceProcess.ts';
import type { ServiceEndpoints, ServiceState } from './serviceState.ts';
import type { WindowRun, WindowRuns } from './windowRuns.ts';

/** A program that does what the test says. */
class ScriptedRun implements Run {
  readonly pid = 42;
  readonly ready = new Emitter<ServiceEndpoints>();
  readonly onReady = this.ready.event;
  readonly end: (exit: ServiceExit) => void;
  readonly exited: Promise<ServiceExit>;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<ServiceExit>();
    this.exited = promise;
    this.end = resolve;
  }

  stop(): Promise<void> {
    this.end({ kind: 'signal', signal: 'SIGTERM' });
    return Promise.resolve();
  }
}

/** A service with the ports that answer, and every state it went through. */
function service(
  options: Partial<Startable> & { listening?: Set<number>; processes?: ServiceClock['processes'] } = {},
) {
  const listening = options.listening ?? new Set<number>();
  const run = new ScriptedRun();
  const states: string[] = [];
  const started = new FolderService('backend', {
    now: () => new Date(0),
    // Time passes only between turns of the event loop, so nothing waits and nothing spins.
    sleep: () => new Promise((resolve) => void setImmediate(resolve)),
    isListening: (port) => Promise.resolve(listening.has(port)),
    processes: options.processes ?? { isAlive: () => true, listeningOn: () => undefined },
  });
  started.onDidChange(() => states.push(textOf(started.state)));
  started.configure({ description: 'npm: dev', endpoints: {}, run: () => Promise.resolve(run), ...options });
  return { backend: started, run, states, listening };
}

function textOf(state: ServiceState): string {
  switch (state.kind) {
    case 'running':
      return `${state.kind} ${JSON.stringify(state.endpoints)}`;
    case 'elsewhere':
      return `${state.kind} ${JSON.stringify(state.endpoints)}${state.window === undefined ? '' : ' in another window'}`;
    case 'exited':
      return `exited: ${state.message}${state.isFailure ? ' (failure)' : ''}`;
    case 'unknown':
    case 'stopped':
    case 'starting':
    case 'stopping':
      return state.kind;
  }
}

function check(states: readonly string[], expected: readonly string[]): void {
  expect(states).toEqual(expected);
}

test('it runs once its port answers, and stops', async () => {
  const { backend, states, listening } = service({ port: 4567, endpoints: { backend: 'http://127.0.0.1:4567' } });
  const started = backend.start({ A: '1' });
  setImmediate(() => listening.add(4567));
  await started;
  expect(backend.environment).toEqual({ A: '1' });
  await backend.stop();
  check(states, ['stopped', 'starting', 'running {"backend":"http://127.0.0.1:4567"}', 'stopping', 'stopped']);
});

test('it runs once it prints its ready line, and takes over a later one', async () => {
  const { backend, run, states } = service({ port: 4567 });
  const started = backend.start({});
  setImmediate(() => run.ready.fire({ page: 'http://127.0.0.1:3000' }));
  await started;
  run.ready.fire({ page: 'http://127.0.0.1:3001' });
  check(states, [
    'stopped',
    'starting',
    'running {"page":"http://127.0.0.1:3000"}',
    'running {"page":"http://127.0.0.1:3001"}',
  ]);
});

test('without a port or a ready line it counts as running after a while', async () => {
  const { backend, states } = service();
  await backend.start({});
  check(states, ['stopped', 'starting', 'running {}']);
});

test('one that ends before it is up says how', async () => {
  const { backend, run, states } = service({ port: 4567 });
  const started = backend.start({});
  run.end({ kind: 'code', code: 1 });
  await expect(started).rejects.toThrow('The backend ended with exit code 1 before it was up.');
  check(states, ['stopped', 'starting', 'exited: ended with exit code 1 (failure)']);
});

test('one that ends later says how, and may be started again', async () => {
  const { backend, run, states } = service();
  await backend.start({});
  run.end({ kind: 'signal', signal: 'SIGKILL' });
  await run.exited;
  await Promise.resolve();
  expect(backend.isOwn).toBe(false);
  check(states.slice(-1), ['exited: was ended by SIGKILL (failure)']);
});

test('a port that another program holds is not fought over', async () => {
  const { backend, states } = service({ port: 4567, listening: new Set([4567]) });
  await expect(backend.start({})).rejects.toThrow('port 4567 is already in use');
  check(states, ['stopped', 'elsewhere {}']);
});

test('one that was started elsewhere is seen coming and going', async () => {
  const { backend, states, listening } = service({ port: 4567 });
  listening.add(4567);
  await backend.look();
  listening.clear();
  await backend.look();
  check(states, ['stopped', 'elsewhere {}', 'stopped']);
});

test('who listens there is looked for once for each program', async () => {
  const listeners = [7, 8];
  const dead = new Set<number>();
  const processes = { isAlive: (pid: number) => !dead.has(pid), listeningOn: () => listeners.shift() };
  const { backend, listening } = service({ port: 4567, processes });
  listening.add(4567);
  await backend.look();
  await backend.look();
  expect(backend.seenPid).toBe(7);
  dead.add(7);
  await backend.look();
  expect(backend.seenPid).toBe(8);
  listening.clear();
  await backend.look();
  expect(backend.seenPid).toBeUndefined();
});

test('one whose port never answers is said to be stuck, and can still be stopped', async () => {
  const { backend, states } = service({ port: 4567 });
  await expect(backend.start({})).rejects.toThrow('has not opened port 4567 within 60 seconds');
  await backend.stop();
  check(states.slice(-2), ['stopping', 'stopped']);
});

test('one whose setting is taken away while it runs can still be stopped', async () => {
  const { backend, states } = service();
  await backend.start({});
  backend.configure(undefined);
  await backend.stop();
  check(states, ['stopped', 'starting', 'running {}', 'stopping', 'unknown']);
});

test('what an engine runs already is taken over, and goes on when the window ends', async () => {
  const kept = Object.assign(new ScriptedRun(), { isUp: true, isKept: true });
  const { backend, states } = service({ find: () => Promise.resolve(kept) });
  await backend.look();
  await backend.start({});
  await backend.end(0);
  check(states, ['stopped', 'running {}']);
  expect(backend.isOwn).toBe(true);
});

/** The windows of a folder as one test plays them. */
class ScriptedWindows implements WindowRuns {
  run: WindowRun | undefined;
  told: string[] = [];
  readonly asked = new Emitter<void>();
  readonly onDidAskToStop = this.asked.event;

  other(): WindowRun | undefined {
    return this.run;
  }

  tell({ since, pid }: Omit<WindowRun, 'window'>): void {
    this.told.push([since === undefined ? 'starts' : 'runs', ...(pid === undefined ? [] : [`as ${pid}`])].join(' '));
  }

  withdraw(): void {
    this.told.push('ended');
  }

  stopOther(): Promise<void> {
    return this.run?.pid === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve();
  }
}

test('what it runs it tells the other windows, and ends it when one of them asks', async () => {
  const windows = new ScriptedWindows();
  const { backend, run, states } = service({ windows });
  await backend.start({});
  windows.asked.fire();
  await run.exited;
  await new Promise((resolve) => void setImmediate(resolve));
  check(states, ['stopped', 'starting', 'running {}', 'stopping', 'stopped']);
  check(windows.told, ['starts', 'starts as 42', 'runs as 42', 'ended']);
});

test('one that ends before it is up, or never begins, is told to have ended', async () => {
  const windows = new ScriptedWindows();
  const failing = service({ windows, run: () => Promise.reject(new Error('no such program')) });
  await expect(failing.backend.start({})).rejects.toThrow('no such program');
  check(windows.told, ['starts', 'ended']);
});

test('what another window runs is not started, and may be stopped', async () => {
  const windows = new ScriptedWindows();
  const { backend, states } = service({ windows, port: 4567, listening: new Set([4567]) });
  windows.run = { window: 1, pid: 7, endpoints: { page: 'http://127.0.0.1:3000' } };
  await backend.look();
  await backend.start({});
  expect(backend.endpoints).toEqual({ page: 'http://127.0.0.1:3000' });
  await backend.stop();
  check(states, [
    'stopped',
    'elsewhere {"page":"http://127.0.0.1:3000"} in another window',
    'elsewhere {"page":"http://127.0.0.1:3000"} in another window',
    'stopping',
    'stopped',
  ]);
});

test('what another window runs goes on when this one ends', async () => {
  const windows = new ScriptedWindows();
  const { backend, states } = service({ windows });
  windows.run = { window: 1, pid: 7, endpoints: {} };
  await backend.look();
  await backend.end(0);
  check(states, ['stopped', 'elsewhere {} in another window']);
});

test('what another window does not end goes on, and so does what nobody here has started', async () => {
  const windows = new ScriptedWindows();
  const { backend, states, listening } = service({ windows, port: 4567 });
  windows.run = { window: 1, endpoints: {} };
  await backend.look();
  await expect(backend.stop()).rejects.toThrow('no answer');
  windows.run = undefined;
  listening.add(4567);
  await backend.look();
  await backend.stop();
  check(states, [
    'stopped',
    'elsewhere {} in another window',
    'stopping',
    'elsewhere {} in another window',
    'elsewhere {}',
  ]);
});

const untilAborted = (_environment: unknown, signal?: AbortSignal): Promise<Run> =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

test('a start that is cancelled leaves it stopped, not failed', async () => {
  const cancel = new AbortController();
  const { backend, states } = service({ run: untilAborted });
  const started = backend.start({}, cancel.signal);
  await new Promise((resolve) => void setImmediate(resolve));
  cancel.abort();
  await expect(started).rejects.toThrow('aborted');
  check(states, ['stopped', 'starting', 'stopped']);
});

test('a container is not told old by this machine’s variables, which it never had', async () => {
  const kept = Object.assign(new ScriptedRun(), { isUp: true, isKept: true });
  const { backend } = service({ run: () => Promise.resolve(kept) });
  await backend.start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
  expect(backend.environment).toBeUndefined();
});

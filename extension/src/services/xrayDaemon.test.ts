import { expect, test } from 'vitest';
import { Emitter, type Disposer } from '../lifetime.ts';
import type { HubState } from './hubState.ts';
import type { ServiceExit } from './serviceProcess.ts';
import { XRayDaemon, type XRayDaemonRun, type XRayDaemonWorld } from './xrayDaemon.ts';
import type { XRayDaemonChoice } from './xrayDaemonChoice.ts';
import { summaryOf } from './xrayDaemonHealth.ts';
import type { XRayDaemonState } from './xrayDaemonState.ts';

const program: XRayDaemonChoice = { kind: 'program', path: '/bin/xray', version: '3.6.6', reason: 'found on PATH' };

/** A daemon that is started, speaks and ends when the test says so. */
class Daemon implements XRayDaemonRun {
  readonly #lines = new Emitter<string>();
  readonly #exit = Promise.withResolvers<ServiceExit>();
  readonly pid = 7;
  readonly onLine = this.#lines.event;
  readonly exited = this.#exit.promise;
  isOver = false;

  async say(...lines: readonly string[]): Promise<void> {
    lines.forEach((line) => this.#lines.fire(`2026-11-23T04:15:28Z ${line}`));
    await turns();
  }

  async end(code: number): Promise<void> {
    this.isOver = true;
    this.#exit.resolve({ kind: 'code', code });
    await turns();
  }

  stop(): Promise<unknown> {
    this.isOver = true;
    this.#exit.resolve({ kind: 'signal', signal: 'SIGTERM' });
    return Promise.resolve();
  }
}

/** A daemon in a container, which goes on when nobody hears of it. */
class Contained extends Daemon {
  readonly #gone: () => void;
  isHeard = true;

  constructor(gone: () => void) {
    super();
    this.#gone = gone;
  }

  detach(): void {
    this.isHeard = false;
  }

  override async stop(): Promise<unknown> {
    this.#gone();
    return await super.stop();
  }
}

/** The lease of one hub, with its windows by number. */
class Lease {
  holder: number | undefined;
  note = '';
}

/** One window on a machine in memory. */
class Window implements XRayDaemonWorld {
  readonly #changed = new Emitter<unknown>();
  readonly started: Daemon[] = [];
  readonly log: string[] = [];
  readonly #number: number;
  readonly #lease: Lease;
  choice: XRayDaemonChoice = program;
  trusted = true;
  asked = 0;
  address = '127.0.0.1:2000';
  beat: (() => void) | undefined;
  readonly #contained = new Emitter<unknown>();
  /** Where the daemon of the compose file answers, while it runs. */
  contained: string | undefined;
  readonly containers = {
    onDidChange: this.#contained.event,
    addressOf: (): string | undefined => this.contained,
    attach: (service: string): XRayDaemonRun => {
      this.log.push(`hears of ${service}`);
      const daemon = new Contained(() => (this.contained = undefined));
      this.started.push(daemon);
      return daemon;
    },
    start: async (service: string): Promise<void> => {
      this.log.push(`up ${service}`);
      await this.contain('127.0.0.1:2000');
    },
  };
  session: { state: HubState; onDidChange: Emitter<unknown>['event'] } = {
    state: { kind: 'off' },
    onDidChange: this.#changed.event,
  };

  constructor(lease: Lease, number = 1) {
    this.#lease = lease;
    this.#number = number;
  }

  /** `x` where the hub takes segments itself. */
  async hub(kind: HubState['kind'], endpoints: { api?: string; xrayUdp?: string } = {}): Promise<void> {
    const hub = { endpoints: { api: 'http://127.0.0.1:4319', ...endpoints } };
    this.session.state = { kind, hub, message: '' } as unknown as HubState;
    this.#changed.fire(undefined);
    await turns();
  }

  /** What the engine says of the daemon's container. */
  async contain(address: string | undefined): Promise<void> {
    this.contained = address;
    this.#contained.fire(undefined);
    await turns();
  }

  async tick(): Promise<void> {
    this.beat?.();
    await turns();
  }

  isTrusted(): boolean {
    return this.trusted;
  }

  choose(): Promise<XRayDaemonChoice> {
    this.asked += 1;
    return Promise.resolve(this.choice);
  }

  chooseAddress(): Promise<string> {
    return Promise.resolve(this.address);
  }

  run(file: string, { endpoint, address }: { endpoint: string; address: string }): XRayDaemonRun {
    this.log.push(`${file} ${address} -> ${endpoint}`);
    const daemon = new Daemon();
    this.started.push(daemon);
    return daemon;
  }

  claim(note: string, take: boolean): Promise<{ held: boolean; note: string }> {
    if (this.#lease.holder === undefined || this.#lease.holder === this.#number || take) {
      this.#lease.holder = this.#number;
      this.#lease.note = note;
    }
    return Promise.resolve({ held: this.#lease.holder === this.#number, note: this.#lease.note });
  }

  release(): Promise<void> {
    this.#lease.holder = this.#lease.holder === this.#number ? undefined : this.#lease.holder;
    return Promise.resolve();
  }

  now(): Date {
    return new Date(0);
  }

  every(_millis: number, work: () => void): Disposer {
    this.beat = work;
    return { dispose: () => (this.beat = undefined) };
  }

  sleep(): Promise<void> {
    return new Promise(() => undefined);
  }
}

async function turns(): Promise<void> {
  for (let made = 0; made < 20; made += 1) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

function textOf(state: XRayDaemonState): string {
  switch (state.kind) {
    case 'running':
      return `running ${state.address} ${summaryOf(state.health).text}`;
    case 'starting':
      return `starting ${state.address}`;
    case 'elsewhere':
      return `elsewhere ${state.address ?? ''}`;
    case 'missing':
    case 'exited':
      return `${state.kind}: ${state.message}`;
    case 'off':
    case 'stopping':
    case 'stopped':
      return state.kind;
  }
}

/** Does `steps` in a window and compares every state that the daemon went through. */
async function check(
  steps: (window: Window, daemon: XRayDaemon) => unknown,
  expected: readonly string[],
  lease = new Lease(),
): Promise<Window> {
  const window = new Window(lease);
  const daemon = new XRayDaemon(window);
  const states: string[] = [];
  daemon.onDidChange(() => states.at(-1) === textOf(daemon.state) || states.push(textOf(daemon.state)));
  await steps(window, daemon);
  await daemon.settled();
  expect(states).toEqual(expected);
  return window;
}

const listening = '[Info] Starting proxy http server on 127.0.0.1:2000';
const waiting = 'running 127.0.0.1:2000 waiting for segments';

/** A window whose daemon runs. */
async function up(window: Window): Promise<Daemon> {
  await window.hub('running');
  const daemon = window.started.at(-1);
  await daemon?.say(listening);
  return daemon ?? new Daemon();
}

test('a hub without a receiver gets a daemon, whose lines are its state', async () => {
  const window = await check(
    async (world) => {
      const daemon = await up(world);
      await daemon.say('[Info] Successfully sent batch of 3 segments (0.006 seconds)');
      await world.tick();
    },
    ['starting 127.0.0.1:2000', waiting, 'running 127.0.0.1:2000 batch sent 3 segments'],
  );
  expect(window.log).toEqual(['/bin/xray 127.0.0.1:2000 -> http://127.0.0.1:4319']);
});

test('a hub that takes segments itself gets none, nor does one in a folder that nobody trusts', async () => {
  const own = await check((world) => world.hub('running', { xrayUdp: '127.0.0.1:2000' }), []);
  const untrusted = await check((world) => {
    world.trusted = false;
    return world.hub('running');
  }, []);
  expect([own.asked, own.started.length, untrusted.asked, untrusted.started.length]).toEqual([0, 0, 0, 0]);
});

test('it ends with the hub, and not when that is only lost', async () => {
  const window = await check(
    async (world) => {
      await up(world);
      await world.hub('lost');
      await world.hub('starting');
      await world.hub('running');
      await world.hub('stopped');
    },
    ['starting 127.0.0.1:2000', waiting, 'stopping', 'off'],
  );
  expect(window.started.map(({ isOver }) => isOver)).toEqual([true]);
});

test('a hub that comes back elsewhere gets a daemon that knows where', async () => {
  const window = await check(
    async (world) => {
      await up(world);
      await world.hub('running', { api: 'http://127.0.0.1:5000' });
      await world.started[1]?.say(listening);
    },
    ['starting 127.0.0.1:2000', waiting, 'stopping', 'starting 127.0.0.1:2000', waiting],
  );
  expect(window.log.at(-1)).toBe('/bin/xray 127.0.0.1:2000 -> http://127.0.0.1:5000');
});

test('one that ends by itself says why, and stays so until a person starts it', async () => {
  await check(
    async (world, daemon) => {
      await world.hub('running');
      await world.started[0]?.say('[Error] listen udp 127.0.0.1:2000: bind: address already in use');
      await world.started[0]?.end(1);
      await world.tick();
      expect(world.started.length).toBe(1);
      const started = daemon.start();
      await turns();
      await world.started[1]?.say(listening);
      await started;
    },
    [
      'starting 127.0.0.1:2000',
      'exited: ended with exit code 1: another program holds port 2000',
      'starting 127.0.0.1:2000',
      waiting,
    ],
  );
});

test('a start that a person asked for fails in words', async () => {
  await check(
    async (world, daemon) => {
      await up(world);
      await daemon.stop();
      const failure = daemon.start().catch(String);
      await turns();
      await world.started[1]?.say('[Error] Endpiont flag is invalid. Please refer to AWS X-Ray Documentation.');
      await world.started[1]?.end(1);
      expect(await failure).toBe(
        'UserError: The X-Ray daemon is not there: ended with exit code 1: it does not know "Endpiont" in its configuration.',
      );
    },
    [
      'starting 127.0.0.1:2000',
      waiting,
      'stopping',
      'stopped',
      'starting 127.0.0.1:2000',
      'exited: ended with exit code 1: it does not know "Endpiont" in its configuration',
    ],
  );
});

test('without a program the window says what is missing, asks no further, and leaves it to the others', async () => {
  const lease = new Lease();
  const window = await check(
    async (world, daemon) => {
      world.choice = { kind: 'embedded', reason: 'there is no `xray` on PATH' };
      await world.hub('running');
      await world.tick();
      await world.tick();
      expect([world.asked, lease.holder]).toEqual([1, undefined]);
      world.choice = program;
      daemon.reconsider();
      await turns();
      await world.started[0]?.say(listening);
    },
    ['missing: there is no `xray` on PATH', 'off', 'starting 127.0.0.1:2000', waiting],
    lease,
  );
  expect(window.started.length).toBe(1);
});

test('one window runs it, the others say where, and one of them takes over when that closes', async () => {
  const lease = new Lease();
  const other = new Window(lease, 2);
  const others = new XRayDaemon(other);
  await check(
    async (world, daemon) => {
      await up(world);
      await other.hub('running');
      expect(textOf(others.state)).toBe('elsewhere 127.0.0.1:2000');
      await expect(others.start()).rejects.toThrow('Another window runs the X-Ray daemon on 127.0.0.1:2000.');
      await expect(others.stop()).rejects.toThrow('Another window has started the X-Ray daemon: stop it there.');
      await daemon.end(1_000);
      await other.tick();
      expect(textOf(others.state)).toBe('starting 127.0.0.1:2000');
    },
    ['starting 127.0.0.1:2000', waiting],
    lease,
  );
  expect(other.started.length).toBe(1);
});

test('what a person stops stays stopped in every window, until one of them starts it', async () => {
  const lease = new Lease();
  const other = new Window(lease, 2);
  const others = new XRayDaemon(other);
  await check(
    async (world, daemon) => {
      await up(world);
      await daemon.stop();
      await other.hub('running');
      await other.tick();
      await world.tick();
      expect([textOf(others.state), other.started.length]).toEqual(['elsewhere ', 0]);
      const started = others.start();
      await turns();
      await other.started[0]?.say(listening);
      await started;
      await world.tick();
    },
    ['starting 127.0.0.1:2000', waiting, 'stopping', 'stopped', 'elsewhere 127.0.0.1:2000'],
    lease,
  );
});

test('a daemon that speaks after it was replaced is not listened to', async () => {
  await check(
    async (world) => {
      const first = await up(world);
      await world.hub('running', { api: 'http://127.0.0.1:5000' });
      await first.say('[Info] Successfully sent batch of 3 segments (0.006 seconds)');
      await world.started[1]?.say(listening);
    },
    ['starting 127.0.0.1:2000', waiting, 'stopping', 'starting 127.0.0.1:2000', waiting],
  );
});

const service: XRayDaemonChoice = { kind: 'compose', service: 'xray-daemon', file: 'compose.yaml', reason: 'r' };

/** A window whose hub leaves segments to the daemon of its compose file. */
async function windowWithService(): Promise<{ window: Window; daemon: XRayDaemon }> {
  const window = new Window(new Lease());
  window.choice = service;
  const daemon = new XRayDaemon(window);
  expect(await daemon.isWanted()).toBe(true);
  await window.hub('running');
  return { window, daemon };
}

test('a daemon in a container is not started by the hub’s start, and is heard of once anybody has started it', async () => {
  const { window, daemon } = await windowWithService();
  expect(textOf(daemon.state)).toBe('stopped');
  await window.contain('127.0.0.1:2000');
  expect(textOf(daemon.state)).toBe('running 127.0.0.1:2000 waiting for segments');
  await window.started[0]?.say('[Info] Successfully sent batch of 2 segments (0.01 seconds)');
  expect(textOf(daemon.state)).toBe('running 127.0.0.1:2000 batch sent 2 segments');
  await window.started[0]?.say('[Info] Starting proxy http server on 0.0.0.0:2000');
  expect(textOf(daemon.state)).toBe('running 127.0.0.1:2000 waiting for segments');
  expect(window.log).toEqual(['hears of xray-daemon']);
});

test('a daemon in a container goes on without the window and without the hub, and is stopped by a person', async () => {
  const { window, daemon } = await windowWithService();
  await daemon.start();
  expect(window.log).toEqual(['up xray-daemon', 'hears of xray-daemon']);
  await window.hub('stopped');
  expect([textOf(daemon.state), window.contained]).toEqual(['off', '127.0.0.1:2000']);
  await window.hub('running');
  expect(textOf(daemon.state)).toBe('running 127.0.0.1:2000 waiting for segments');
  await daemon.stop();
  expect([textOf(daemon.state), window.contained]).toEqual(['stopped', undefined]);
  await daemon.start();
  await daemon.end(0);
  const last = window.started.at(-1);
  expect([window.contained, last instanceof Contained && last.isHeard]).toEqual(['127.0.0.1:2000', false]);
});

test('a container that ends says how; one that somebody has stopped is no failure', async () => {
  const { window, daemon } = await windowWithService();
  await daemon.start();
  await window.started[0]?.say('[Error] Cannot fetch region variable from config file');
  window.contained = undefined;
  await window.started[0]?.end(1);
  expect(textOf(daemon.state)).toBe('exited: ended with exit code 1: no region is set');
  await window.contain('127.0.0.1:2000');
  window.contained = undefined;
  await window.started[1]?.end(143);
  expect(textOf(daemon.state)).toBe('stopped');
});

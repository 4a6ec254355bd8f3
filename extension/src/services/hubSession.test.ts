import type { ReadyLine } from '@sightline/hub/client/api';
import type { HubRecord } from '@sightline/hub/client/hubLock';
import type { HubConnectionState } from '@sightline/hub/client/changeSubscription';
import { expect, test } from 'vitest';
import { HubSession, type HubWorld } from './hubSession.ts';
import type { HubState } from './hubState.ts';

const endpoints = { api: 'http://127.0.0.1:4319' };

/** A machine in memory: at most one hub, which the session joins, starts and ends. */
class Machine implements HubWorld {
  readonly dataDir = '/data';
  ownVersion = '0.2.0';
  running: HubRecord | undefined;
  /** Outlives a hub that is killed. */
  record: HubRecord | undefined;
  launches = 0;
  clock = 0;
  refusal: Error | undefined;
  readonly own = new Set<number>();
  tell: ((state: HubConnectionState) => void) | undefined;

  run(pid: number, version = '0.2.0'): void {
    this.running = { pid, version, api: endpoints.api, startedAt: '2026-11-23T09:00:00Z', endpoints };
    this.record = this.running;
  }

  kill(): void {
    this.running = undefined;
    this.tell?.({ kind: 'lost', reason: 'it closed the connection.' });
  }

  end(): void {
    this.record = undefined;
    this.kill();
  }

  now(): number {
    return this.clock;
  }

  find(): Promise<HubRecord | undefined> {
    return Promise.resolve(this.running);
  }

  readRecord(): Promise<HubRecord | undefined> {
    return Promise.resolve(this.record);
  }

  async launch(): Promise<ReadyLine> {
    this.launches += 1;
    await turn();
    if (this.refusal !== undefined) {
      throw this.refusal;
    }
    this.run(100 + this.launches);
    return { event: 'ready', version: '0.2.0', pid: 100 + this.launches, dataDir: '/data', tokenFile: '', endpoints };
  }

  follow(onState: (state: HubConnectionState) => void): () => void {
    this.tell = onState;
    return () => (this.tell = undefined);
  }

  shutdown(): Promise<void> {
    this.running = undefined;
    this.record = undefined;
    return Promise.resolve();
  }

  isOwn(pid: number): boolean {
    return this.own.has(pid);
  }

  rememberOwn(pid: number): void {
    this.own.add(pid);
  }

  async sleep(): Promise<void> {
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function turns(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    await turn();
  }
}

/** Does `steps` on a machine and compares every state that the session went through. */
async function check(
  steps: (machine: Machine, session: HubSession) => unknown,
  expected: readonly string[],
): Promise<Machine> {
  const machine = new Machine();
  const session = new HubSession(machine);
  const states: string[] = [];
  session.onDidChange((state) => states.push(textOf(state)));
  await steps(machine, session);
  await turns(100);
  expect(states).toEqual(expected);
  session.dispose();
  return machine;
}

function textOf(state: HubState): string {
  switch (state.kind) {
    case 'running':
      return `running ${state.hub.pid} ${state.hub.origin}`;
    case 'lost':
    case 'failed':
      return `${state.kind}: ${state.message}`;
    case 'off':
    case 'starting':
    case 'stopped':
      return state.kind;
  }
}

const lost = 'lost: The hub no longer answers: it closed the connection.';

test('a hub that runs already is joined, not started', async () => {
  const machine = await check(
    async (world, session) => {
      world.run(7);
      await session.start();
    },
    ['starting', 'running 7 joined'],
  );
  expect(machine.launches).toBe(0);
});

test('without one, joining starts nothing', async () => {
  await check((_, session) => session.join(), []);
});

test('two that start at once in a window share one start', async () => {
  const machine = await check(
    (_, session) => Promise.all([session.start(), session.start()]),
    ['starting', 'running 101 started'],
  );
  expect(machine.launches).toBe(1);
});

test('of two windows that start at once, the one whose hub ends joins the other', async () => {
  await check(
    (machine, session) => {
      machine.refusal = new Error('A hub is already running on /data.');
      setImmediate(() => machine.run(7));
      return session.start();
    },
    ['starting', 'running 7 joined'],
  );
});

test('a hub that does not start says why', async () => {
  await check(
    async (machine, session) => {
      machine.refusal = new Error('Port 4319 is taken.');
      await expect(session.start()).rejects.toThrow('Port 4319 is taken.');
    },
    ['starting', 'failed: Port 4319 is taken.'],
  );
});

test('an older hub is asked to end and a newer one is started; a newer hub is joined', async () => {
  await check(
    (machine, session) => {
      machine.run(7, '0.1.9');
      return session.start();
    },
    ['starting', 'running 101 started'],
  );
  await check(
    (machine, session) => {
      machine.run(7, '0.10.0');
      return session.start();
    },
    ['starting', 'running 7 joined'],
  );
});

test('an older hub that was joined is replaced when this window starts one', async () => {
  await check(
    async (machine, session) => {
      machine.run(7, '0.1.9');
      await session.join();
      await session.start();
    },
    ['running 7 joined', 'starting', 'running 101 started'],
  );
});

test('a hub of ours that is killed is started again, but not when it dies again at once', async () => {
  const machine = await check(
    async (world, session) => {
      await session.start();
      world.kill();
      await turns(20);
      world.kill();
    },
    [
      'starting',
      'running 101 started',
      lost,
      'starting',
      'running 102 started',
      lost,
      'failed: The hub ended by itself, was started again, and ended again at once. What it said last is in its output ("Show Output"); start it again from here.',
    ],
  );
  expect(machine.launches).toBe(2);
});

test('a hub that had run for a while is started again each time it is killed', async () => {
  const machine = await check(
    async (world, session) => {
      await session.start();
      world.kill();
      await turns(20);
      world.clock = 31_000;
      world.kill();
      await turns(20);
    },
    [
      'starting',
      'running 101 started',
      lost,
      'starting',
      'running 102 started',
      lost,
      'starting',
      'running 103 started',
    ],
  );
  expect(machine.launches).toBe(3);
});

test('a hub of another window that is killed is started again here, where that window does not', async () => {
  await check(
    async (machine, session) => {
      machine.run(7);
      await session.join();
      machine.kill();
      await turns(200);
    },
    ['running 7 joined', lost, 'starting', 'running 101 started'],
  );
});

test('a hub that somebody ended in order stays ended', async () => {
  await check(
    async (machine, session) => {
      await session.start();
      machine.end();
    },
    ['starting', 'running 101 started', lost, 'stopped'],
  );
});

test('a hub of another window that is killed is taken up again once that window has restarted it', async () => {
  await check(
    async (machine, session) => {
      machine.run(7);
      await session.join();
      machine.kill();
      await turns(20);
      machine.run(8);
      machine.tell?.({ kind: 'connected' });
    },
    ['running 7 joined', lost, 'running 8 joined'],
  );
});

test('stopping ends the hub', async () => {
  const machine = await check(
    async (_, session) => {
      await session.start();
      await session.stop();
    },
    ['starting', 'running 101 started', 'stopped'],
  );
  expect(machine.running).toBeUndefined();
});

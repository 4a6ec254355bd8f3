import { expect, test } from 'vitest';
import { Emitter, type Disposer } from '../lifetime.ts';
import { parseComposeModel } from './composeFile.ts';
import type { ComposeState } from './composeProject.ts';
import { composeDaemonRun, daemonAddress, findDaemonService, type DaemonProject } from './composeXRayDaemon.ts';

/** A project in memory, with the containers that the test gives it. */
class Project implements DaemonProject {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly log: string[] = [];
  state: ComposeState;
  isBeside = false;
  say: (line: string) => void = () => undefined;

  constructor(services: string) {
    this.state = { kind: 'unknown', model: parseComposeModel(`services:\n${services}`) };
  }

  get #model() {
    return this.state.kind === 'none' ? { services: [] } : this.state.model;
  }

  look(): Promise<void> {
    this.log.push('look');
    this.run();
    return Promise.resolve();
  }

  /** What the engine says: `service udp>published tcp>published` of those that run. */
  run(...running: readonly string[]): void {
    const containers = running.map((text) => {
      const [service = '', ...ports] = text.split(' ');
      const published = ports.map((port) => {
        const [protocol, number] = port.split('>');
        return { target: 2000, published: Number(number), protocol: protocol === 'udp' ? 'udp' : 'tcp' } as const;
      });
      return { service, name: service, state: 'running', health: 'none', exitCode: 0, ports: published } as const;
    });
    const tool = {
      kind: 'v2',
      program: 'docker',
      prefix: ['compose'],
      version: '2',
      engine: 'docker',
      isPodman: false,
    } as const;
    this.state = { kind: 'known', model: this.#model, tool, containers };
    this.#changed.fire();
  }

  fail(...answering: readonly string[]): void {
    this.state = { kind: 'unavailable', message: 'Docker is not running.', model: this.#model, answering };
  }

  containersOf(service: string) {
    return this.state.kind === 'known' ? this.state.containers.filter((each) => each.service === service) : [];
  }

  isRunning(service: string): boolean {
    return this.containersOf(service).length > 0;
  }

  workOn(): undefined {
    return undefined;
  }

  followLogs(service: string, on: { line(text: string): void }): Disposer {
    this.log.push(`follows ${service}`);
    this.say = (line) => on.line(line);
    return { dispose: () => this.log.push(`leaves ${service}`) };
  }

  stop(services: readonly string[]): Promise<void> {
    this.log.push(`stops ${services.join()}`);
    return Promise.resolve();
  }
}

async function check(project: Project, expected: string): Promise<void> {
  const found = await findDaemonService(project, 'compose.yaml');
  expect(found === undefined ? 'none' : found.kind === 'usable' ? found.service : found.reason).toBe(expected);
}

const published = '  xray-daemon: { image: amazon/aws-xray-daemon, ports: ["2000:2000/udp"] }\n';

test('a daemon that publishes UDP is taken, by its name, image or port', async () => {
  const project = new Project(published);
  await check(project, 'xray-daemon');
  expect(project.log).toEqual(['look']);
  await check(new Project('  x: { image: "public.ecr.aws/xray/aws-xray-daemon", ports: ["${PORT-}:2000/udp"] }'), 'x');
  await check(new Project('  mine: { build: ., ports: [{ target: 2000, protocol: udp }] }'), 'mine');
  await check(new Project('  web: { build: ., ports: ["2000:2000"] }'), 'none');
});

test('one that programs of this machine could not use is left, and said why', async () => {
  const of = 'the service `xray-daemon` of `compose.yaml`';
  await check(
    new Project('  xray-daemon: { image: a, ports: ["2000:2000"] }'),
    `${of} publishes no UDP port, so that programs outside of its containers do not reach it`,
  );
  const optional = new Project('  xray-daemon: { image: a, profiles: [x], ports: ["2000:2000/udp"] }');
  await check(optional, `${of} is started only with its profile`);
  optional.run('xray-daemon udp>2000');
  await check(optional, 'xray-daemon');
  const without = new Project(published);
  without.fail();
  await check(without, `${of} cannot be started: Docker is not running.`);
});

test('beside the services its name leads to it, and without an engine whether it answers', async () => {
  const project = new Project('  xray-daemon: { image: a, ports: [] }');
  project.isBeside = true;
  await check(project, 'xray-daemon');
  expect(daemonAddress(project, 'xray-daemon', 'http://hub:4319')).toBeUndefined();
  project.run('xray-daemon');
  expect(daemonAddress(project, 'xray-daemon', 'http://hub:4319')).toBe('xray-daemon:2000');
  project.fail('xray-daemon');
  await check(project, 'xray-daemon');
  expect(daemonAddress(project, 'xray-daemon', 'http://hub:4319')).toBe('xray-daemon:2000');
});

test('its address is where the engine publishes it; calls go to the hub where the file publishes UDP alone', () => {
  const project = new Project(published);
  const addressWith = (...running: readonly string[]): string | undefined => {
    project.run(...running);
    return daemonAddress(project, 'xray-daemon', 'http://127.0.0.1:4319');
  };
  expect(addressWith('xray-daemon udp>2000 tcp>2000')).toBe('127.0.0.1:2000');
  expect(addressWith('xray-daemon udp>32768 tcp>32769')).toBe('tcp:127.0.0.1:32769 udp:127.0.0.1:32768');
  expect(addressWith('xray-daemon udp>2000')).toBe('tcp:127.0.0.1:4319 udp:127.0.0.1:2000');
  expect(addressWith()).toBeUndefined();
});

test('its lines are heard until it ends, or nobody wants to hear them', async () => {
  const project = new Project(published);
  project.run('xray-daemon udp>2000');
  const run = composeDaemonRun(project, 'xray-daemon');
  const lines: string[] = [];
  run.onLine((line) => lines.push(line));
  project.say('[Info] x');
  project.run();
  expect(await run.exited).toEqual({ kind: 'code', code: 0 });
  expect(lines).toEqual(['[Info] x']);
  project.run('xray-daemon udp>2000');
  const second = composeDaemonRun(project, 'xray-daemon');
  second.detach?.();
  await composeDaemonRun(project, 'xray-daemon').stop();
  const [follows, leaves] = ['follows xray-daemon', 'leaves xray-daemon'];
  expect(project.log).toEqual([follows, leaves, follows, leaves, follows, 'stops xray-daemon', leaves]);
});

/** Compose projects on a real engine. Skipped where no engine answers, or it has no image that these tests can run; each tool that is missing is skipped by itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readTextFile } from './textFile.ts';
import type { ComposeWorld } from './composeCli.ts';
import { ComposeProject } from './composeProject.ts';
import { followProgram, runProgram } from './composeProgram.ts';
import { servicesToInstrument } from './composeOverride.ts';
import { composeCommands, engineQuestion, parseTool, versionQuestions } from './composeTool.ts';

const image = 'debian:bookworm-slim';
/** Compose 1 takes seconds for each call on a busy machine, and a test makes a dozen. */
const limitMillis = 180_000;

function answers(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Podman, behind Docker's programs. It has systemd run health checks, and gives its own name of the machine to every container. */
const isPodman =
  spawnSync(engineQuestion.program, [...engineQuestion.args], { encoding: 'utf8' }).stdout?.includes('Podman') ?? false;
const runsHealthChecks = !isPodman || existsSync('/run/systemd/system');
if (!runsHealthChecks) console.log('  Skipped in part: Podman runs no health checks where there is no systemd.');
const hostName = isPodman ? 'host.containers.internal' : 'host.docker.internal';

const isEngineThere = answers('docker', 'image', 'inspect', image);
if (!isEngineThere) console.log(`  Skipped: no Docker engine answers that has the image ${image}.`);
const tools = composeCommands.filter((name) => {
  const [question] = versionQuestions(name);
  const version = question && spawnSync(question.program, [...question.args], { encoding: 'utf8' });
  return question !== undefined && version?.status === 0 && parseTool(question, version.stdout) !== undefined;
});

describe.skipIf(!isEngineThere).each(tools)('a project by %s', (tool) => {
  let folder: string;
  let storage: string;
  let project: ComposeProject;
  let output: string;

  const world = (): ComposeWorld => ({
    run: runProgram,
    follow: followProgram,
    readFile: readTextFile,
    writeOverride: (_place, text) => {
      writeFileSync(path.join(storage, 'override.yaml'), text);
      return path.join(storage, 'override.yaml');
    },
    instrument: (model) =>
      Promise.resolve({
        environment: Object.fromEntries(
          servicesToInstrument(model, ['web'], []).map((name) => [name, { GREETING: "it's $5" }]),
        ),
        ...(!isPodman && { hostName }),
      }),
    answers: () => Promise.resolve(false),
    takenPort: () => undefined,
    isInContainer: false,
    ownProject: () => Promise.resolve(undefined),
    sleep: (millis) => sleep(millis),
    now: () => Date.now(),
  });

  beforeEach(() => {
    storage = mkdtempSync(path.join(tmpdir(), 'sightline-compose-'));
    // A folder as people name them.
    folder = path.join(storage, `it's a "shop"`);
    mkdirSync(folder);
    project = new ComposeProject(world());
    output = '';
    project.onOutput((text) => (output += text));
  });

  afterEach(() => {
    project.dispose();
    const file = path.join(folder, 'compose.yaml');
    writeFileSync(file, 'services: { web: { image: x }, db: { image: x } }');
    spawnSync('docker', ['rm', '--force', ...containers()], { stdio: 'ignore' });
    spawnSync('docker', ['network', 'prune', '--force', '--filter', 'label=com.docker.compose.project'], {
      stdio: 'ignore',
    });
    const label = `label=sightline.test=${path.basename(storage)}`;
    const { stdout: images } = spawnSync('docker', ['images', '--quiet', '--filter', label], { encoding: 'utf8' });
    const ids = new Set(images.split('\n').filter((id) => id !== ''));
    if (ids.size > 0) spawnSync('docker', ['rmi', '--force', ...ids], { stdio: 'ignore' });
    rmSync(storage, { recursive: true, force: true });
  });

  function containers(): string[] {
    const { stdout } = spawnSync(
      'docker',
      ['ps', '-aq', '--filter', `label=com.docker.compose.project.working_dir=${folder}`],
      {
        encoding: 'utf8',
      },
    );
    return stdout.split('\n').filter((id) => id !== '');
  }

  function write(services: string): void {
    writeFileSync(path.join(folder, 'compose.yaml'), `services:\n${services}`);
    project.configure({ folder, files: [path.join(folder, 'compose.yaml')], label: 'compose.yaml' }, tool);
  }

  /** `service state health`, a line a container. */
  function states(): string {
    const { state } = project;
    return state.kind === 'known'
      ? state.containers.map(({ service, state: is, health }) => `${service} ${is} ${health}`).join('\n')
      : state.kind;
  }

  /** A container runs before it has said what it says. */
  async function says(service: string, expected: RegExp): Promise<void> {
    await vi.waitFor(
      () => {
        const { stdout } = spawnSync('docker', ['logs', ...containersOf(service)], { encoding: 'utf8' });
        expect(stdout).toMatch(expected);
      },
      { timeout: 60_000, interval: 200 },
    );
  }

  const waiting = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
  const forever = `command: ["sh", "-c", "echo greeting: $$GREETING; ${waiting}"]`;
  const asking = `command: ["sh", "-c", "echo greeting: $$GREETING; grep ${hostName} /etc/hosts; ${waiting}"]`;

  test(
    'comes up with the environment and the host’s name, is stopped, and is made anew on a restart',
    async () => {
      write(`  web: { image: "${image}", ${asking}, depends_on: [db] }\n  db: { image: "${image}", ${forever} }\n`);
      await project.up(['web']);
      expect(states()).toBe('db running none\nweb running none');
      await says('web', /^greeting: it's \$5\n\d+\.\d+\.\d+\.\d+\s+host\.(?:docker|containers)\.internal/m);
      await says('db', /^greeting:$/m);

      const first = containersOf('web');
      await project.restart('web');
      expect(containersOf('web')).not.toEqual(first);
      await project.stop([]);
      expect(states()).toBe('db exited none\nweb exited none');
    },
    limitMillis,
  );

  test(
    'a service that ends at once is named with its exit code, and nothing of it is left',
    async () => {
      write(
        `  web: { image: "${image}", command: ["sh", "-c", "echo no database; exit 3"], depends_on: [db] }\n  db: { image: "${image}", ${forever} }\n`,
      );
      await expect(project.up(['web'])).rejects.toThrow(
        'The service web ended with exit code 3 at once. What it started was taken down again.',
      );
      expect(output).toContain('no database');
      expect(containers()).toEqual([]);
      expect(project.failureOf('web')).toContain('exit code 3');
    },
    limitMillis,
  );

  test.skipIf(!runsHealthChecks)(
    'a service that is never healthy is named with its health check, and one that ran before goes on',
    async () => {
      const check = 'healthcheck: { test: ["CMD", "false"], interval: 0.2s, retries: 2 }';
      write(`  web: { image: "${image}", ${forever}, ${check} }\n  db: { image: "${image}", ${forever} }\n`);
      await project.up(['db']);
      await expect(project.up(['web'])).rejects.toThrow(/The service web is unhealthy: its health check `false` fails/);
      expect(states()).toBe('db running none');
    },
    60_000,
  );

  test(
    'a port that another container holds is named',
    async () => {
      const port = 20_000 + (process.pid % 10_000);
      const holder = spawnSync('docker', ['run', '--detach', '--publish', `${port}:1`, image, 'sleep', '60'], {
        encoding: 'utf8',
      });
      try {
        write(`  web: { image: "${image}", ${forever}, ports: ["${port}:1"] }\n`);
        await expect(project.up(['web'])).rejects.toThrow(`Port ${port} is taken`);
        expect(containers()).toEqual([]);
      } finally {
        spawnSync('docker', ['rm', '--force', holder.stdout.trim()], { stdio: 'ignore' });
      }
    },
    limitMillis,
  );

  test(
    'an invalid file says what is wrong with it, and an image that is nowhere which',
    async () => {
      write(`  web: { imag: x }\n`);
      await expect(project.up([])).rejects.toThrow(/The compose file is not valid: .*imag/);
      write(`  web: { image: "sightline-test-no-such-image" }\n`);
      await expect(project.up([])).rejects.toThrow(/image/i);
      expect(containers()).toEqual([]);
    },
    limitMillis,
  );

  test(
    'a start that is cancelled leaves nothing behind',
    async () => {
      const check = 'healthcheck: { test: ["CMD", "false"], interval: 5s, start_period: 60s }';
      write(`  web: { image: "${image}", ${forever}, ${check} }\n`);
      const cancel = new AbortController();
      const done = project.up(['web'], cancel.signal);
      await vi.waitFor(() => expect(containers()).not.toEqual([]), { timeout: 60_000, interval: 50 });
      cancel.abort();
      await expect(done).rejects.toThrow('aborted');
      expect(containers()).toEqual([]);
    },
    limitMillis,
  );

  test(
    'a rebuild makes image and container anew, and leaves what the service depends on as it is',
    async () => {
      const dockerfile = (said: string): void =>
        writeFileSync(
          path.join(folder, 'Dockerfile'),
          `FROM ${image}\nLABEL sightline.test=${path.basename(storage)}\nENV SAID=${said}\n`,
        );
      const saying = forever.replace('greeting: $$GREETING', () => 'said: $$SAID');
      dockerfile('one');
      write(`  web: { build: ., ${saying}, depends_on: [db] }\n  db: { image: "${image}", ${forever} }\n`);
      await project.up(['web']);
      await says('web', /^said: one$/m);
      const db = containersOf('db');
      dockerfile('two');
      await project.rebuild('web');
      await says('web', /^said: two$/m);
      expect(containersOf('db')).toEqual(db);
      expect(states()).toBe('db running none\nweb running none');
    },
    limitMillis,
  );

  test(
    'a service that somebody else stops is seen by the engine’s events',
    async () => {
      write(`  web: { image: "${image}", ${forever} }\n`);
      await project.up([]);
      spawnSync('docker', ['stop', ...containersOf('web')]);
      await expect.poll(states, { timeout: 60_000 }).toBe('web exited none');
    },
    limitMillis,
  );

  function containersOf(service: string): string[] {
    const filters = [
      `label=com.docker.compose.project.working_dir=${folder}`,
      `label=com.docker.compose.service=${service}`,
    ];
    const { stdout } = spawnSync('docker', ['ps', '-aq', ...filters.flatMap((filter) => ['--filter', filter])], {
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((id) => id !== '');
  }
});

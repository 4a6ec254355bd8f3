import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { outputOf, run } from './run.ts';

const cli = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@devcontainers/cli/package.json')),
  'devcontainer.js',
);

/** A dev container of a checkout, brought up by the Dev Container CLI under a name of its own, so that runs side by side do not meet. */
export class DevContainer {
  readonly project = `sightline-test-${randomBytes(4).toString('hex')}`;
  readonly #folder: string;
  readonly #config: string;
  readonly #home = mkdtempSync(path.join(tmpdir(), 'sightline-home-'));

  /** `config` is the devcontainer.json, from the checkout's folder. */
  constructor(folder: string, config: string) {
    this.#folder = folder;
    this.#config = path.join(folder, config);
  }

  /** Throws with all that the CLI said when it fails. */
  async up(): Promise<{ readonly containerId: string }> {
    const said = await this.#run('up', [], 5 * 60_000);
    const line = said.split('\n').findLast((each) => each.startsWith('{"outcome"')) ?? '{}';
    return JSON.parse(line) as { containerId: string };
  }

  /** What a command in the container printed, as `node`. */
  async exec(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const variables = Object.entries(env).flatMap(([name, value]) => ['--remote-env', `${name}=${value}`]);
    return await this.#run('exec', [...variables, ...command], 60_000);
  }

  /** What a piece of JavaScript printed, run by Node in the container. */
  async evaluate(script: string, env?: Readonly<Record<string, string>>): Promise<string> {
    return await this.exec(['node', '--input-type=module', '--eval', script], env);
  }

  /** Ends and removes everything that `up` made. */
  async remove(): Promise<void> {
    const mine = ['--filter', `label=sightline.test=${this.project}`];
    const ofProject = ['--filter', `label=com.docker.compose.project=${this.project}`];
    for (const filter of [mine, ofProject]) {
      await removeAll(['ps', '--all', '--quiet', ...filter], ['rm', '--force', '--volumes']);
    }
    await removeAll(['volume', 'ls', '--quiet', ...ofProject], ['volume', 'rm', '--force']);
    await removeAll(['network', 'ls', '--quiet', ...ofProject], ['network', 'rm']);
    await removeAll(['images', '--quiet', `${this.project}*`], ['rmi', '--force']);
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #run(command: string, rest: readonly string[], limitMillis: number): Promise<string> {
    const args = [command, '--workspace-folder', this.#folder, '--config', this.#config];
    const idLabel = ['--id-label', `sightline.test=${this.project}`];
    return await outputOf(process.execPath, [cli, ...args, ...idLabel, ...rest], { env: this.#env(), limitMillis });
  }

  #env(): NodeJS.ProcessEnv {
    const socket = /^unix:\/\/(.+)$/.exec(process.env['DOCKER_HOST'] ?? '')?.[1];
    return {
      ...process.env,
      // The person's own ~/.aws is mounted from here.
      HOME: this.#home,
      DOCKER_CONFIG: process.env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker'),
      COMPOSE_PROJECT_NAME: this.project,
      ...(socket !== undefined && { DOCKER_SOCKET: socket }),
    };
  }
}

async function removeAll(list: readonly string[], remove: readonly string[]): Promise<void> {
  const ids = (await run('docker', list)).stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await run('docker', [...remove, ...new Set(ids)]);
}

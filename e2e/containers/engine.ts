import { existsSync } from 'node:fs';
import { devContainerImages, imageNames } from './images.ts';
import { run } from './run.ts';

/**
 * Why the tests in containers cannot run here, in one sentence; `undefined` where they can. An engine that holds images of somebody's own is not given
 * stand-ins under real names.
 */
export async function whyNoContainers(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'the tests in containers run on Linux only';
  const version = await run('docker', ['version', '--format', '{{.Server.Version}}'], { limitMillis: 15_000 });
  if (version.code !== 0) return 'no Docker engine answers here';
  if ((await composeProgram()) === undefined) return 'there is neither "docker compose" nor "docker-compose"';
  const present = await imageNames({ standInsOnly: false });
  const missing = devContainerImages.filter((image) => !present.includes(image));
  if (missing.length === 0) return undefined;
  const standIns = await imageNames({ standInsOnly: true });
  if (present.some((name) => !standIns.includes(name))) {
    return `the engine holds images, but not ${missing.join(', ')}: docker pull them`;
  }
  const canMake = process.getuid?.() === 0 && existsSync('/usr/sbin/debootstrap');
  return canMake ? undefined : 'images can neither be pulled nor made here (which takes root and debootstrap)';
}

/** How Compose is called here: version 2 is a plugin of the client, version 1 a program of its own. */
export async function composeProgram(): Promise<readonly [string, ...string[]] | undefined> {
  for (const program of [['docker', 'compose'], ['docker-compose']] as const) {
    const [command, ...args] = program;
    if ((await run(command, [...args, 'version', '--short'])).code === 0) return program;
  }
  return undefined;
}

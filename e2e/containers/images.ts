/**
 * The images that the dev containers name. Where no registry can be reached they are made under the same names: a Debian by debootstrap, with
 * this machine's Node, a real Postgres, and the client and Compose of this machine; the X-Ray daemon is the program that XRAY_DAEMON names, else a stand-in.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../paths.ts';
import { outputOf, run } from './run.ts';

const workspaceImage = 'mcr.microsoft.com/devcontainers/typescript-node:24-bookworm';
const nodeImage = 'node:24-bookworm';
const postgresImage = 'postgres:17-bookworm';
const daemonImage = 'amazon/aws-xray-daemon:latest';
const dockerImage = 'docker:28-cli';

/** Every image that .devcontainer/ names; a test compares. */
export const devContainerImages: readonly string[] = [
  workspaceImage,
  nodeImage,
  postgresImage,
  daemonImage,
  dockerImage,
];

const label = 'sightline.stand-in';
const baseImage = 'sightline-stand-in:base';
const standIns = path.join(projectRoot, 'e2e/containers/standIns');

/** The engine's images by name; with `standInsOnly` those that were made here. */
export async function imageNames({ standInsOnly }: { readonly standInsOnly: boolean }): Promise<string[]> {
  const filter = standInsOnly ? ['--filter', `label=${label}`] : [];
  const list = await outputOf('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}', ...filter]);
  return list.split('\n').filter((name) => name !== '' && !name.includes('<none>'));
}

/** Makes the images that the engine lacks, and those whose recipe has changed. `say` gets a line for what takes long. */
export async function makeMissingImages(say: (line: string) => void): Promise<void> {
  const images = await imageNames({ standInsOnly: false });
  const own = await imageNames({ standInsOnly: true });
  const wanted = devContainerImages.filter((image) => !images.includes(image) || own.includes(image));
  if (wanted.length > 0) {
    await makeBase(say);
    // The plainest image that tests of single services take.
    await outputOf('docker', ['tag', baseImage, 'debian:bookworm-slim']);
  }
  const context = mkdtempSync(path.join(tmpdir(), 'sightline-images-'));
  try {
    for (const image of wanted) await makeImage(image, context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

async function makeImage(image: string, context: string): Promise<void> {
  const recipe = await recipeOf(image, context);
  const versions = Object.entries(recipe.files).map(([name, from]) => [name, statSync(from).size, readSmall(from)]);
  const key = keyOf([baseRecipe, recipe.dockerfile, versions]);
  if ((await labelOf(image)) === key) return;
  writeFileSync(path.join(context, 'Dockerfile'), `${recipe.dockerfile}\nLABEL ${label}=${key}\n`);
  for (const [name, from] of Object.entries(recipe.files))
    cpSync(from, path.join(context, name), { dereference: true });
  await outputOf('docker', ['build', '--quiet', '--tag', image, context]);
}

interface Recipe {
  readonly dockerfile: string;
  /** Name in the build's context, and where it comes from. */
  readonly files: Readonly<Record<string, string>>;
}

async function recipeOf(image: string, context: string): Promise<Recipe> {
  switch (image) {
    case postgresImage:
      return {
        dockerfile: [
          `FROM ${baseImage}`,
          'COPY postgres.sh /usr/local/bin/docker-entrypoint.sh',
          'ENV PGDATA=/var/lib/postgresql/data',
          'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin',
          'ENTRYPOINT ["sh", "/usr/local/bin/docker-entrypoint.sh"]',
          'STOPSIGNAL SIGINT',
          `CMD ["postgres", "-c", "listen_addresses=*"]`,
        ].join('\n'),
        files: { 'postgres.sh': path.join(standIns, 'postgres.sh') },
      };
    case daemonImage:
      return daemonRecipe();
    case dockerImage:
      return {
        dockerfile: [
          'FROM scratch',
          'COPY docker /usr/local/bin/docker',
          'COPY docker-compose /usr/local/libexec/docker/cli-plugins/docker-compose',
        ].join('\n'),
        files: { docker: await programOf('docker'), 'docker-compose': await composePlugin(context) },
      };
    default:
      return { dockerfile: `FROM ${baseImage}`, files: {} };
  }
}

/** As the Dockerfile of aws/aws-xray-daemon ends: the program with its bind flags is the entry point, its user is one of its own. */
function daemonRecipe(): Recipe {
  const program = process.env['XRAY_DAEMON'];
  const isReal = program !== undefined;
  return {
    dockerfile: [
      `FROM ${baseImage}`,
      ...(isReal ? ['COPY xray /xray'] : ['COPY xray.sh /xray', 'COPY xrayDaemon.ts /xrayDaemon.ts']),
      'USER xray',
      'ENTRYPOINT ["/xray", "-t", "0.0.0.0:2000", "-b", "0.0.0.0:2000"]',
      'EXPOSE 2000/udp',
      'EXPOSE 2000/tcp',
    ].join('\n'),
    files: isReal
      ? { xray: program }
      : { 'xray.sh': path.join(standIns, 'xray.sh'), 'xrayDaemon.ts': path.join(standIns, 'xrayDaemon.ts') },
  };
}

/** The plugin of Compose 2 beside this machine's client; where there is only Compose 1, a program that says so. */
async function composePlugin(context: string): Promise<string> {
  const info = await outputOf('docker', ['info', '--format', '{{json .ClientInfo.Plugins}}']);
  const plugins = (JSON.parse(info) as { readonly Name: string; readonly Path: string }[] | null) ?? [];
  const plugin = plugins.find(({ Name }) => Name === 'compose');
  if (plugin !== undefined) return plugin.Path;
  const missing = path.join(context, 'noCompose.sh');
  writeFileSync(missing, '#!/bin/sh\necho "This machine has Compose 1 only." >&2\nexit 1\n', { mode: 0o755 });
  return missing;
}

async function programOf(name: string): Promise<string> {
  return (await outputOf('sh', ['-c', `command -v ${name}`])).trim();
}

/** What the base is made of; another text makes another base. */
const baseRecipe = {
  suite: 'bookworm',
  packages: ['postgresql'],
  users: ['node 1000', 'xray 10001'],
  node: process.version,
};
/** Large, and nothing that these programs need. */
const leftOut = ['./var/cache', './var/lib/apt', './usr/share/doc', './usr/share/man', './usr/share/locale'].concat([
  './usr/lib/*/libLLVM*',
  './usr/lib/llvm*',
]);

async function makeBase(say: (line: string) => void): Promise<void> {
  const key = keyOf([baseRecipe, leftOut]);
  if ((await labelOf(baseImage)) === key) return;
  const archive = path.join(projectRoot, '.cache/containers', `base-${key}.tar`);
  if (!existsSync(archive)) {
    say('Making a Debian for the images of the dev containers, once (about a minute)');
    await makeArchive(archive);
  }
  await outputOf('docker', [
    'import',
    '--change',
    `LABEL ${label}=${key}`,
    '--change',
    'CMD ["bash"]',
    archive,
    baseImage,
  ]);
}

async function makeArchive(archive: string): Promise<void> {
  mkdirSync(path.dirname(archive), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-debian-'));
  try {
    const { suite, packages, users } = baseRecipe;
    await outputOf('debootstrap', ['--variant=minbase', `--include=${packages.join()}`, suite, folder]);
    for (const user of users) {
      const [name = '', id = ''] = user.split(' ');
      await outputOf('chroot', [folder, 'useradd', '--create-home', '--uid', id, '--shell', '/bin/bash', name]);
    }
    cpSync(process.execPath, path.join(folder, 'usr/local/bin/node'));
    const partial = `${archive}.${process.pid}`;
    const exclude = leftOut.map((pattern) => `--exclude=${pattern}`);
    await outputOf('tar', ['--create', '--file', partial, ...exclude, '--directory', folder, '.']);
    renameSync(partial, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of a script; of a program, whose size says enough, nothing. */
function readSmall(file: string): string {
  return statSync(file).size < 100_000 ? readFileSync(file, 'utf8') : '';
}

function keyOf(recipe: unknown): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
}

async function labelOf(image: string): Promise<string | undefined> {
  const found = await run('docker', ['image', 'inspect', '--format', `{{index .Config.Labels "${label}"}}`, image]);
  return found.code === 0 ? found.stdout.trim() : undefined;
}

/** The images that the files of .devcontainer/ name. */
export function imagesNamedIn(folder: string): string[] {
  const files = ['compose.yaml', 'Dockerfile', 'slim/devcontainer.json'].map((file) =>
    readFileSync(path.join(folder, file), 'utf8'),
  );
  const names = files.flatMap((text) => [...text.matchAll(/(?:^\s*"?image"?: "?|^FROM |--from=)([^\s",]+)/gm)]);
  const tagged = names.map(([, name = '']) => (name.includes(':') ? name : `${name}:latest`));
  return [...new Set(tagged)];
}

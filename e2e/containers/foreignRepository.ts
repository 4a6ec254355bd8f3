import { createHash, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../paths.ts';
import { run, outputOf } from './run.ts';

const requirements = path.join(projectRoot, 'e2e/python/requirements.txt');
const baseImage = 'node:24-bookworm';

/** An image with Python, the packages of the Flask app, and Node; or why there is none. Made once: the engine keeps it. */
export async function makeFlaskImage(): Promise<{ readonly image: string } | { readonly reason: string }> {
  const context = mkdtempSync(path.join(tmpdir(), 'sightline-flask-'));
  try {
    // By this machine's pip, which knows how to reach its registry.
    const wheels = path.join(context, 'wheels');
    const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--python-version', '3.11'];
    const pip = ['-m', 'pip', 'download', ...options, '--dest', wheels, '--requirement', requirements];
    const image = `sightline-stand-in:flask-${createHash('sha256').update(dockerfile).update(readFileSync(requirements)).digest('hex').slice(0, 12)}`;
    if ((await run('docker', ['image', 'inspect', image])).code === 0) return { image };
    const downloaded = await run('python3', pip, { limitMillis: 180_000 });
    if (downloaded.code !== 0) return { reason: `pip cannot download: ${lastLine(downloaded.stderr)}` };
    cpSync(requirements, path.join(context, 'requirements.txt'));
    writeFileSync(path.join(context, 'Dockerfile'), dockerfile);
    const built = await run('docker', ['build', '--quiet', '--network', 'host', '--tag', image, context]);
    return built.code === 0 ? { image } : { reason: `no Python in the image: ${lastLine(built.stderr)}` };
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

const dockerfile = `FROM ${baseImage}
RUN mkdir -p /var/cache/apt/archives/partial \
  && apt-get update && apt-get install -y --no-install-recommends python3-venv curl busybox
COPY requirements.txt wheels /wheels/
RUN python3 -m venv /venv && /venv/bin/pip install --no-index --find-links /wheels --requirement /wheels/requirements.txt
ENV PATH=/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`;

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** A Flask app that knows nothing of Sightline, with the Feature beside its devcontainer.json: `configuration` is that file. */
export async function makeForeignRepository(
  configuration: object,
): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const parent = mkdtempSync(path.join(tmpdir(), 'sightline-foreign-'));
  const folder = path.join(parent, "Ada's orders");
  const devContainer = path.join(folder, '.devcontainer');
  mkdirSync(devContainer, { recursive: true });
  cpSync(path.join(projectRoot, 'e2e/python/app.py'), path.join(folder, 'app.py'));
  writeFileSync(path.join(devContainer, 'devcontainer.json'), JSON.stringify(configuration));
  await copyFeature(path.join(devContainer, 'sightline'));
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** The Feature as `npm run package` made it. */
export async function copyFeature(to: string): Promise<void> {
  cpSync(path.join(projectRoot, 'features/sightline'), to, { recursive: true });
  const file = path.join(to, 'devcontainer-feature.json');
  const { installsAfter, ...feature } = JSON.parse(readFileSync(file, 'utf8')) as { installsAfter: string[] };
  // The CLI asks the registry about each feature that is named there, even when none of them is installed.
  const isReachable = await lookup('ghcr.io').then(
    () => true,
    () => false,
  );
  writeFileSync(file, JSON.stringify(isReachable ? { ...feature, installsAfter } : feature));
}

/** Builds an image by a Dockerfile; gives its name. The caller removes it. */
export async function buildImage(dockerfileText: string): Promise<string> {
  const image = `sightline-test-${randomBytes(4).toString('hex')}`;
  await outputOf('docker', ['build', '--quiet', '--tag', image, '-'], { input: dockerfileText });
  return image;
}

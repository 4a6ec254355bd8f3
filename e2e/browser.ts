/**
 * The browser that shows VS Code in tests: the headless Chromium inside the npm package @sparticuz/chromium, unpacked once.
 * `CHROMIUM=/path/to/a/chromium` takes another one; where that package has no build (not Linux), an installed Chrome is used.
 */
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { projectRoot } from './paths.ts';

const packageFolder = path.join(projectRoot, 'e2e/vscode/node_modules/@sparticuz/chromium');

// Not the package's own list of arguments: it is for AWS Lambda, with all in one process.
const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser; throws when none can be had, with the reason the system gave. */
export async function launchBrowser(): Promise<Browser> {
  const given = process.env['CHROMIUM'];
  if (given !== undefined) return chromium.launch({ executablePath: given, args: launchArguments });
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  const folder = await unpackedChromium();
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    args: launchArguments,
    env: browserEnvironment(folder),
  });
}

/** The folder with the unpacked browser, its libraries and fonts; unpacked on the first call of a machine (3 s). */
async function unpackedChromium(): Promise<string> {
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  const folder = path.join(projectRoot, '.cache', `chromium-${String(version)}-${process.arch}`);
  if (existsSync(folder)) return folder;
  // Unpacked beside its place and renamed, so that a run that was interrupted leaves no half browser.
  const unpacking = `${folder}.${process.pid}`;
  mkdirSync(unpacking, { recursive: true });
  await unpack('chromium.br', path.join(unpacking, 'chromium'), 0o755);
  for (const archive of ['al2023', 'fonts']) {
    const tar = path.join(unpacking, `${archive}.tar`);
    await unpack(`${archive}.tar.br`, tar, 0o644);
    const run = spawnSync('tar', ['-xf', tar, '-C', unpacking], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`tar could not unpack ${tar}: ${run.stderr}`);
    rmSync(tar);
  }
  // The package's own fonts.conf names folders of AWS Lambda.
  writeFileSync(
    path.join(unpacking, 'own-fonts.conf'),
    `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>\n`,
  );
  renameSync(unpacking, folder);
  return folder;
}

async function unpack(name: string, to: string, mode: number): Promise<void> {
  const from = createReadStream(path.join(packageFolder, 'bin', name));
  await pipeline(from, createBrotliDecompress(), createWriteStream(to, { mode }));
}

/** Adds the package's NSS libraries and fonts only where the system has none: its own fonts lack a monospace one. */
function browserEnvironment(folder: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  const hasNss = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.includes('libnss3.so') ?? false;
  if (!hasNss) env['LD_LIBRARY_PATH'] = path.join(folder, 'lib');
  const hasFonts = (spawnSync('fc-list', { encoding: 'utf8' }).stdout ?? '') !== '';
  if (!hasFonts) env['FONTCONFIG_FILE'] = path.join(folder, 'own-fonts.conf');
  return env;
}

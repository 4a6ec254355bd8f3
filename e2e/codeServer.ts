/**
 * A real VS Code from npm, served to a browser: the built server inside the package code-server, without that package's own front.
 * Used by the tests, and by `npm start` where there is no desktop VS Code.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOwnSettings } from './ownSettings.ts';
import { projectRoot } from './paths.ts';
import { freePort } from './ports.ts';
import { descendantsOf, endProcesses, stillAliveAfter } from './processes.ts';

const packages = path.resolve(
  process.env['SIGHTLINE_VSCODE_DIR'] ?? path.join(projectRoot, 'e2e/vscode'),
  'node_modules',
);
const vscodeFolder = path.join(packages, 'code-server/lib/vscode');
const serverMain = path.join(vscodeFolder, 'out/server-main.js');

/** Enough for the tests, and twice as quick to start as all of them. */
export const builtInsForTests = [
  'theme-defaults',
  'theme-seti',
  'ms-vscode.js-debug',
  'simple-browser',
  'json',
  'javascript',
  'typescript-basics',
];

export interface CodeServerOptions {
  /** Keeps everything the editor writes on the server's side: user data, installed extensions, logs. */
  readonly profileFolder: string;
  /** The user's settings, written before the start. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Variables for the server, and so for the extension host and terminals; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly port?: number;
  /** Asked from everyone who opens the editor; without it anyone on this machine may, which is for tests. */
  readonly connectionToken?: string;
  /** What a page without a folder in its address opens. */
  readonly defaultFolder?: string;
  /** Built-in extensions by folder name; all but the AI ones when not given. */
  readonly builtIns?: readonly string[];
  /** Windows start in Restricted Mode when true. */
  readonly workspaceTrust?: boolean;
  /** Keeps Ctrl-C in the terminal away from the server, so that whoever started it decides when it ends. */
  readonly ownProcessGroup?: boolean;
}

export interface PageOptions {
  /** The folder or .code-workspace file to open; none gives a window without one. */
  readonly folder?: string;
  /** An extension to run from its folder. */
  readonly extensionFolder?: string;
  /** A CommonJS file with `exports.run`, run in the extension host. */
  readonly testsFile?: string;
}

export class CodeServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #temporaryFolder: string;
  readonly #options: CodeServerOptions;

  private constructor(options: CodeServerOptions, child: ChildProcess, port: number, temporaryFolder: string) {
    this.#options = options;
    this.#child = child;
    this.port = port;
    this.#temporaryFolder = temporaryFolder;
  }

  /** Starts the server and returns when it listens; throws with its output when it ends before that or takes over 30 s. */
  static async start(options: CodeServerOptions): Promise<CodeServer> {
    linkPackages();
    writeSettings(options);
    const port = options.port ?? (await freePort());
    // Sockets lie in here: short, since their path may have about 100 characters, and gone after the run.
    const temporaryFolder = mkdtempSync(path.join(tmpdir(), 'sightline-code-'));
    const child = spawn(process.execPath, serverArguments(options, port), {
      env: serverEnvironment(options, temporaryFolder),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.ownProcessGroup === true && process.platform !== 'win32',
    });
    const log = createWriteStream(path.join(options.profileFolder, 'server.log'), { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    await listening(child);
    return new CodeServer(options, child, port, temporaryFolder);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the server has ended, whoever ended it. */
  ended(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** The address that shows an editor window. */
  url({ folder, extensionFolder, testsFile }: PageOptions): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    const remote = `vscode-remote://127.0.0.1:${this.port}`;
    if (this.#options.connectionToken !== undefined) url.searchParams.set('tkn', this.#options.connectionToken);
    if (folder !== undefined) {
      url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', uriPath(folder));
    }
    const payload: [string, string][] = [];
    if (extensionFolder !== undefined) payload.push(['extensionDevelopmentPath', remote + uriPath(extensionFolder)]);
    if (testsFile !== undefined) payload.push(['extensionTestsPath', remote + uriPath(testsFile)]);
    if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** Ends the server and all that runs below it: extension hosts, terminals and what was started in them. */
  async stop(): Promise<void> {
    const below = descendantsOf(this.pid);
    this.#child.kill('SIGTERM');
    await this.ended();
    // Its helpers notice the end of the server by themselves, but only look every few seconds.
    const left = await stillAliveAfter(below, 300);
    await endProcesses(left);
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
  }
}

/** `C:\\sample` is `/C:/sample` in an address. */
function uriPath(file: string): string {
  return file.startsWith('/') ? file : `/${file.replaceAll('\\', '/')}`;
}

/** Installs a VSIX into the profile, as a person does by "Install from VSIX..."; throws with the output when that fails. */
export async function installVsix(profileFolder: string, vsix: string): Promise<void> {
  linkPackages();
  mkdirSync(profileFolder, { recursive: true });
  const child = spawn(
    process.execPath,
    [serverMain, ...profileArguments(profileFolder), '--install-extension', vsix, '--accept-server-license-terms'],
    { env: { ...process.env, EXTENSIONS_GALLERY: '{}' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`VS Code could not install ${vsix}:\n${output}`);
}

/**
 * code-server's own install script would fetch the packages that the server imports. They are direct dependencies of e2e/vscode
 * instead, and this one link lets the server and the page that it serves find them.
 */
function linkPackages(): void {
  const link = path.join(vscodeFolder, 'node_modules');
  if (!existsSync(serverMain))
    throw new Error('VS Code is not installed here: run "node scripts/setup.mjs e2e/vscode".');
  if (existsSync(link)) return;
  if (process.platform === 'win32') symlinkSync(packages, link, 'junction');
  else symlinkSync('../../..', link);
}

function writeSettings({ profileFolder, settings }: CodeServerOptions): void {
  // Both files: what has application scope, such as Workspace Trust, counts only in the user's, what has machine scope, such as
  // the hub's ports, only in the machine's.
  for (const kind of ['User', 'Machine']) {
    writeOwnSettings(path.join(profileFolder, 'data', kind), { ...quietSettings, ...settings });
  }
}

/** What would otherwise cover the window: chat, the welcome page, tips. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
};

function serverArguments(options: CodeServerOptions, port: number): string[] {
  const { profileFolder, connectionToken, workspaceTrust, builtIns, defaultFolder } = options;
  return [
    '--require',
    path.join(projectRoot, 'e2e/vscode/preload.cjs'),
    serverMain,
    ...profileArguments(profileFolder),
    '--host=127.0.0.1',
    `--port=${port}`,
    ...(connectionToken === undefined
      ? ['--without-connection-token']
      : tokenArguments(profileFolder, connectionToken)),
    ...(defaultFolder === undefined ? [] : ['--default-folder', defaultFolder]),
    ...(workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    '--accept-server-license-terms',
    '--disable-telemetry',
    '--enable-smoke-test-driver',
    `--builtin-extensions-dir=${builtInFolder(profileFolder, builtIns)}`,
  ];
}

/** By a file, since any user of this machine can read a command line. */
function tokenArguments(profileFolder: string, connectionToken: string): string[] {
  const file = path.join(profileFolder, 'connection-token');
  writeFileSync(file, connectionToken, { mode: 0o600 });
  return ['--connection-token-file', file];
}

function profileArguments(profileFolder: string): string[] {
  return ['--server-data-dir', profileFolder, '--extensions-dir', path.join(profileFolder, 'extensions')];
}

/** A folder of links to the wanted built-in extensions. */
function builtInFolder(profileFolder: string, wanted: readonly string[] | undefined): string {
  const all = path.join(vscodeFolder, 'extensions');
  const folder = path.join(profileFolder, 'built-in');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = wanted ?? readdirSync(all).filter((name) => name !== 'copilot' && !name.includes('npm-shrinkwrap'));
  for (const name of names) {
    if (existsSync(path.join(all, name, 'package.json'))) {
      symlinkSync(path.join(all, name), path.join(folder, name), 'junction');
    }
  }
  return folder;
}

function serverEnvironment(options: CodeServerOptions, temporaryFolder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // A server that is started from a terminal of another VS Code must not take itself for that one's child.
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$)/i.test(name)) delete env[name];
  return {
    ...env,
    // No look-ups in a gallery.
    EXTENSIONS_GALLERY: '{}',
    TMPDIR: temporaryFolder,
    XDG_RUNTIME_DIR: temporaryFolder,
    SIGHTLINE_VSCODE_KEY_FILE: path.join(options.profileFolder, 'secret.key'),
    SIGHTLINE_VSCODE_TOKEN: options.connectionToken,
    ...options.env,
  };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`VS Code's server did not listen within a minute:\n${output}`));
    }, 30_000);
    const read = (text: Buffer): void => {
      output += text.toString();
      if (!output.includes('Extension host agent listening')) return;
      clearTimeout(limit);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`VS Code's server ended with code ${code}:\n${output}`));
    });
  });
}

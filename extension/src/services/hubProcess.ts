import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { UserError } from '../userError.ts';
import { readTextFile } from './textFile.ts';
import { withoutEditorVariables } from './editorEnvironment.ts';
import type { NodeRuntime } from './nodeRuntime.ts';
import type { Receiver } from './ports.ts';

export interface HubLaunch {
  readonly runtime: NodeRuntime;
  /** The bundled hub: `dist/hub/main.js` of the extension. */
  readonly program: string;
  readonly dataDir: string;
  readonly ports: Readonly<Record<Receiver, number | 'none'>>;
  /** Such as `--max-age 7d`. */
  readonly limits: readonly string[];
  /** The environment of the editor; what belongs to the editor alone is taken out. */
  readonly env: NodeJS.ProcessEnv;
}

// The hub opens a store of a million spans in under two seconds; a cold disk or a virus scanner may take a while more.
const readyMillis = 30_000;

/** Where the hub's own messages go. A file, since the hub outlives the window that started it. */
export function hubLogOf(dataDir: string): string {
  return join(dataDir, 'hub.log');
}

/**
 * Starts a hub that outlives the editor and settles with its ready line. Rejects with the hub's own sentence as a `UserError` when it ends before, and with the signal's
 * reason, ending the hub, when that is aborted.
 */
export async function launchHub(launch: HubLaunch, signal?: AbortSignal): Promise<ReadyLine> {
  signal?.throwIfAborted();
  const child = spawnHub(launch);
  try {
    return await readyLineOf(child, hubLogOf(launch.dataDir), signal);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    // Nothing may keep the editor's process waiting for the hub, nor the hub for the editor.
    child.stdout?.destroy();
    child.unref();
  }
}

export function hubArguments({ program, dataDir, ports, limits }: Omit<HubLaunch, 'runtime' | 'env'>): string[] {
  const options = {
    '--idle-exit': '10m',
    '--data-dir': dataDir,
    '--port': ports.api,
    '--otlp-port': ports.otlpHttp,
    '--otlp-grpc-port': ports.otlpGrpc,
    '--xray-port': ports.xray,
  };
  return [program, 'serve', '--json', ...Object.entries(options).flat().map(String), ...limits];
}

function spawnHub(launch: HubLaunch): ChildProcess {
  const log = openLog(launch.dataDir);
  try {
    return spawn(launch.runtime.path, hubArguments(launch), {
      cwd: launch.dataDir,
      env: { ...withoutEditorVariables(launch.env), ...launch.runtime.env },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', log],
    });
  } finally {
    closeSync(log);
  }
}

/** Opened to append: of two hubs that start at once, one writes only why it ends. */
function openLog(dataDir: string): number {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openSync(hubLogOf(dataDir), 'a', 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The hub cannot keep its data in ${dataDir}: ${reason}.`, {
      cause: error,
      actions: [
        { label: 'Open Setting', command: 'workbench.action.openSettings', arguments: ['sightline.hub.dataDirectory'] },
      ],
    });
  }
}

function readyLineOf(child: ChildProcess, logFile: string, signal: AbortSignal | undefined): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout ?? failNoOutput() });
    const timer = setTimeout(() => settle(() => reject(tooSlow(logFile))), readyMillis);
    const abort = (): void => settle(() => reject(signal?.reason));
    let isSettled = false;
    const settle = (how: () => void): void => {
      if (isSettled) {
        return;
      }
      isSettled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      lines.close();
      how();
    };
    signal?.addEventListener('abort', abort);
    child.once('error', (error) => settle(() => reject(notStarted(error))));
    child.once('close', () => settle(() => reject(endedEarly(logFile))));
    lines.on('line', (line) => {
      const ready = parseReadyLine(line);
      if (ready !== undefined) {
        settle(() => resolve(ready));
      }
    });
  });
}

/** The hub's ready line, or `undefined` for any other line. */
export function parseReadyLine(line: string): ReadyLine | undefined {
  try {
    const value = JSON.parse(line) as Partial<ReadyLine> | null;
    return value?.event === 'ready' && value.endpoints !== undefined ? (value as ReadyLine) : undefined;
  } catch {
    // Some other text on standard output: the hub prints its ready line as JSON.
    return undefined;
  }
}

function failNoOutput(): never {
  throw new Error('The hub was spawned without a pipe for its standard output.');
}

const showHubOutput = { label: 'Show Output', command: 'sightline.showOutput', arguments: ['hub'] } as const;

function notStarted(error: Error): UserError {
  return new UserError(`The hub could not be started: ${error.message}.`, { cause: error, actions: [showHubOutput] });
}

function tooSlow(logFile: string): UserError {
  return new UserError(`The hub was not ready after ${readyMillis / 1000} seconds. What it said is in ${logFile}.`, {
    actions: [showHubOutput],
  });
}

/** The hub ends with one sentence when it cannot start; that is the last line of what it wrote. */
function endedEarly(logFile: string): UserError {
  const sentence = lastLineOf(logFile);
  const message =
    sentence === undefined
      ? 'The hub ended before it was ready and said nothing.'
      : `The hub did not start: ${inTermsOfSettings(sentence)}`;
  return new UserError(message, { actions: [showHubOutput] });
}

const settingOf: Readonly<Record<string, string>> = {
  '--port': 'sightline.hub.port',
  '--otlp-port': 'sightline.hub.otlpHttpPort',
  '--otlp-grpc-port': 'sightline.hub.otlpGrpcPort',
  '--xray-port': 'sightline.hub.xrayPort',
  '--data-dir': 'sightline.hub.dataDirectory',
  '--max-bytes': 'sightline.hub.maxSize',
  '--max-age': 'sightline.hub.maxAge',
  '--rollbar-rate': 'sightline.hub.rollbarRate',
};

/** The hub advises people at a shell; here its options are settings. */
function inTermsOfSettings(sentence: string): string {
  return sentence
    .replace(/^sightline-hub: /, '')
    .replaceAll(/--[a-z-]+/g, (option) =>
      settingOf[option] === undefined ? option : `the setting "${settingOf[option]}"`,
    );
}

function lastLineOf(file: string): string | undefined {
  const lines = readTextFile(file)?.trimEnd().split('\n') ?? [];
  return lines.at(-1) === '' ? undefined : lines.at(-1);
}

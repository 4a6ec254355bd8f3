import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../e2e/paths.ts';

export interface EditorChoice {
  readonly kind: 'remote' | 'desktop' | 'browser';
  /** What is opened and why, for the person. */
  readonly sentence: string;
}

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** The version that `code --version` gives; `undefined` where there is no `code` on PATH. */
  readonly codeVersion: () => string | undefined;
  /** Such as `1.125.0`. */
  readonly oldestVersion: string;
}

/** A desktop VS Code where there is one that is new enough, else one in the browser. */
export function chooseEditor({ noOpen }: { readonly noOpen: boolean }, around = surroundings()): EditorChoice {
  if (noOpen)
    return { kind: 'browser', sentence: 'VS Code will be served to a browser (--no-open: nothing is opened).' };
  const version = around.codeVersion();
  if (around.env['VSCODE_IPC_HOOK_CLI'] !== undefined && version !== undefined) {
    return { kind: 'remote', sentence: `This is a terminal of a remote VS Code ${version}: the sample opens there.` };
  }
  if (version === undefined) {
    return { kind: 'browser', sentence: 'No "code" on PATH: VS Code will be served to a browser.' };
  }
  if (compareVersions(version, around.oldestVersion) < 0) {
    const sentence = `"code" on PATH is VS Code ${version}, and Sightline needs ${around.oldestVersion}: a newer one will be served to a browser.`;
    return { kind: 'browser', sentence };
  }
  if (!hasDisplay(around)) {
    return { kind: 'browser', sentence: 'No display here: VS Code will be served to a browser.' };
  }
  return { kind: 'desktop', sentence: `VS Code ${version} on PATH will be opened.` };
}

/** True where a window can be shown. */
export function hasDisplay({ platform, env }: Pick<Surroundings, 'platform' | 'env'>): boolean {
  return platform !== 'linux' || (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Negative when `a` is the older one; `1.125.0-insider` counts as `1.125.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const [index, part] of (left ?? []).entries()) {
    const difference = part - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function surroundings(): Surroundings {
  return {
    platform: process.platform,
    env: process.env,
    codeVersion: () => {
      const run = spawnSync('code', ['--version'], {
        encoding: 'utf8',
        shell: process.platform === 'win32',
        timeout: 20_000,
      });
      return /^\d+\.\d+\.\d+\S*/.exec(run.stdout ?? '')?.[0];
    },
    oldestVersion: oldestVersion(),
  };
}

function oldestVersion(): string {
  const manifest: { engines: { vscode: string } } = JSON.parse(
    readFileSync(path.join(projectRoot, 'extension/package.json'), 'utf8'),
  );
  return manifest.engines.vscode.replace('^', '');
}

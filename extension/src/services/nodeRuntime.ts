import { execFile } from 'node:child_process';
import { UserError } from '../userError.ts';

/** A program that runs JavaScript as Node 24 or newer does, and what it needs in its environment for that. */
export interface NodeRuntime {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What is known about the process we are in, and how to ask another program for its version. */
export interface NodeSurroundings {
  readonly execPath: string;
  readonly versions: { readonly node: string; readonly electron?: string };
  /** Such as `v24.21.0`; `undefined` where the program is missing or is no Node. */
  readonly versionOf: (program: string) => Promise<string | undefined>;
}

// node:sqlite and zstd in node:zlib are what the hub needs of it.
const oldestMajor = 24;

/**
 * The Node that runs the hub: the one that a setting names, else the editor's own, else the one on PATH.
 * Throws a `UserError` that names what was found when none is new enough.
 */
export async function findNodeRuntime(setting: string | undefined, around: NodeSurroundings): Promise<NodeRuntime> {
  if (setting !== undefined) {
    return await checkedSetting(setting, around);
  }
  if (majorOf(around.versions.node) >= oldestMajor) {
    return ownRuntime(around);
  }
  const onPath = await around.versionOf('node');
  if (onPath !== undefined && majorOf(onPath) >= oldestMajor) {
    return { path: 'node', env: {} };
  }
  throw new UserError(
    `The hub needs Node ${oldestMajor} or newer. This editor brings Node ${around.versions.node}, and PATH has ${onPath === undefined ? 'none' : `Node ${onPath.replace('v', '')}`}. ` +
      'Update the editor, or name a newer Node in the setting "sightline.nodePath".',
    { actions: [openNodePath] },
  );
}

async function checkedSetting(program: string, around: NodeSurroundings): Promise<NodeRuntime> {
  const version = await around.versionOf(program);
  if (version === undefined) {
    throw new UserError(`"${program}", named by the setting "sightline.nodePath", is no Node that can be run.`, {
      actions: [openNodePath],
    });
  }
  if (majorOf(version) < oldestMajor) {
    throw new UserError(
      `"${program}", named by the setting "sightline.nodePath", is Node ${version.replace('v', '')}; the hub needs ${oldestMajor} or newer.`,
      { actions: [openNodePath] },
    );
  }
  return { path: program, env: {} };
}

const openNodePath = {
  label: 'Open Setting',
  command: 'workbench.action.openSettings',
  arguments: ['sightline.nodePath'],
} as const;

function majorOf(version: string): number {
  return Number.parseInt(version.replace('v', ''), 10);
}

/** This process, and other programs asked by running them with `--version`. */
export const nodeSurroundings: NodeSurroundings = {
  execPath: process.execPath,
  versions: process.versions,
  versionOf: (program) =>
    new Promise((resolve) => {
      execFile(program, ['--version'], { timeout: 5_000, windowsHide: true }, (error, stdout) => {
        const version = stdout.trim();
        resolve(error === null && /^v\d+\./.test(version) ? version : undefined);
      });
    }),
};

/**
 * The runtime to use for a command `node`: PATH's own where it is new enough, else ours where that is. `undefined` leaves the command as it is: for any other command, and where
 * nothing better is known.
 */
export async function betterNode(command: string, around: NodeSurroundings): Promise<NodeRuntime | undefined> {
  if (command !== 'node' || majorOf(around.versions.node) < oldestMajor) {
    return undefined;
  }
  const onPath = await around.versionOf('node');
  return onPath !== undefined && majorOf(onPath) >= oldestMajor ? undefined : ownRuntime(around);
}

function ownRuntime(around: NodeSurroundings): NodeRuntime {
  return { path: around.execPath, env: around.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' } };
}

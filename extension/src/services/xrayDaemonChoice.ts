import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** What takes X-Ray segments and sampling calls: the AWS X-Ray daemon in front of the hub, or the hub itself. */
export type XRayDaemonChoice =
  | { readonly kind: 'program'; readonly path: string; readonly version: string; readonly reason: string }
  /** A service of the folder's compose file, which its engine runs. `file` is for a person: `compose.yaml`. */
  | { readonly kind: 'compose'; readonly service: string; readonly file: string; readonly reason: string }
  /** `problem` is a sentence where a person named a program that cannot be taken. */
  | { readonly kind: 'embedded'; readonly reason: string; readonly problem?: string };

export interface XRayDaemonSettings {
  /** `auto` looks for a program first. */
  readonly use: 'auto' | 'embedded';
  readonly path?: string;
}

/** What the folder's compose file has: a daemon, or one that programs of this machine could not use, and why, for a person. */
export type XRayDaemonService =
  | { readonly kind: 'usable'; readonly service: string; readonly file: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** How to find and ask programs. */
export interface ProgramSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly isWindows: boolean;
  readonly home: string;
  readonly isProgram: (file: string) => Promise<boolean>;
  /** What the program prints for `--version`; `undefined` where it fails or takes too long. */
  readonly versionText: (file: string) => Promise<string | undefined>;
}

/** Looks into the compose file of the folder; `undefined` where no service there is a daemon. */
export type FindXRayDaemonService = () => Promise<XRayDaemonService | undefined>;

const pathSetting = 'sightline.xray.daemonPath';

/**
 * Design section 6: the program that the setting names, else `xray` on PATH where it says that it is the AWS X-Ray daemon (Xray-core and others have the same
 * name), else the service of the folder's compose file, else the hub's own receiver.
 */
export async function chooseXRayDaemon(
  settings: XRayDaemonSettings,
  around: ProgramSurroundings,
  findService: FindXRayDaemonService = () => Promise.resolve(undefined),
): Promise<XRayDaemonChoice> {
  if (settings.use === 'embedded') {
    return { kind: 'embedded', reason: 'the setting `sightline.xray.daemon` says so' };
  }
  const named = settings.path === undefined ? undefined : await choiceOf(settings.path, around);
  if (named?.kind === 'program') {
    return named;
  }
  const onPath = await choiceOnPath(around);
  return onPath.kind === 'embedded' ? withService(named ?? onPath, await findService()) : onPath;
}

/** What to choose where no program is one. */
function withService(
  embedded: Extract<XRayDaemonChoice, { kind: 'embedded' }>,
  found: XRayDaemonService | undefined,
): XRayDaemonChoice {
  switch (found?.kind) {
    case undefined:
      return embedded;
    case 'usable':
      return {
        kind: 'compose',
        service: found.service,
        file: found.file,
        reason: `${embedded.problem?.replace(/\.$/, ';') ?? `${embedded.reason}, and`} this folder’s compose file has one`,
      };
    case 'unusable':
      return { ...embedded, reason: `${embedded.reason}, and ${found.reason}` };
  }
}

type ProgramChoice = Exclude<XRayDaemonChoice, { kind: 'compose' }>;

async function choiceOf(setting: string, around: ProgramSurroundings): Promise<ProgramChoice> {
  const file = /^~[/\\]/.test(setting) ? path.join(around.home, setting.slice(2)) : setting;
  const named = `"${setting}", named by the setting "${pathSetting}",`;
  const embedded = (what: string): ProgramChoice => ({
    kind: 'embedded',
    reason: `the setting \`${pathSetting}\` names no AWS X-Ray daemon`,
    problem: `${named} ${what}`,
  });
  if (!path.isAbsolute(file)) {
    return embedded('is no absolute path.');
  }
  if (!(await around.isProgram(file))) {
    return embedded('is not there, or may not be run.');
  }
  const version = versionIn(await around.versionText(file));
  return version === undefined
    ? embedded('does not say that it is the AWS X-Ray daemon when it is asked for its `--version`.')
    : { kind: 'program', path: file, version, reason: `named by the setting \`${pathSetting}\`` };
}

async function choiceOnPath(around: ProgramSurroundings): Promise<ProgramChoice> {
  const file = await findOnPath(around);
  if (file === undefined) {
    return { kind: 'embedded', reason: 'there is no `xray` on PATH' };
  }
  const version = versionIn(await around.versionText(file));
  return version === undefined
    ? { kind: 'embedded', reason: `\`${file}\`, the \`xray\` on PATH, is not the AWS X-Ray daemon` }
    : { kind: 'program', path: file, version, reason: 'found on PATH' };
}

async function findOnPath({ env, isWindows, isProgram }: ProgramSurroundings): Promise<string | undefined> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(isWindows ? ';' : ':');
  // A relative one would be a folder of whoever wrote the workspace.
  for (const folder of folders.filter((each) => path.isAbsolute(each))) {
    const file = path.join(folder, isWindows ? 'xray.exe' : 'xray');
    if (await isProgram(file)) {
      return file;
    }
  }
  return undefined;
}

function versionIn(text: string | undefined): string | undefined {
  return /^AWS X-Ray daemon version: (\S+)/m.exec(text ?? '')?.[1];
}

/** This machine. */
export const programSurroundings: ProgramSurroundings = {
  env: process.env,
  isWindows: process.platform === 'win32',
  home: homedir(),
  isProgram: (file) =>
    access(file, constants.X_OK).then(
      () => true,
      () => false,
    ),
  versionText: (file) =>
    new Promise((resolve) => {
      // In a folder without a cfg.yaml, which the daemon would read, and without the person's keys, which another program has no business with.
      const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] };
      const options = { timeout: 5_000, windowsHide: true, cwd: tmpdir(), env, maxBuffer: 64 * 1024 };
      execFile(file, ['--version'], options, (error, stdout) => resolve(error === null ? stdout : undefined));
    }),
};

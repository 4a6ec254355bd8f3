import { spawn } from 'node:child_process';
import path from 'node:path';
import { writeOwnSettings } from '../../e2e/ownSettings.ts';
import { descendantsOf, endProcesses } from '../../e2e/processes.ts';
import type { Editor, OpenOptions } from './editor.ts';
import { startSettings } from './startSettings.ts';

/** Opens the desktop VS Code with a profile of its own, apart from the windows, settings and extensions of the person. */
export function openOnDesktop({ stateFolder, sampleFolder, extensionFolder, ports }: OpenOptions): Editor {
  const profile = path.join(stateFolder, 'desktop');
  writeOwnSettings(path.join(profile, 'User'), startSettings(stateFolder, ports));
  const args = [
    '--new-window',
    // Keeps this command running until the window is closed, which tells when to end the rest.
    '--wait',
    `--user-data-dir=${profile}`,
    `--extensions-dir=${path.join(stateFolder, 'desktop-extensions')}`,
    `--extensionDevelopmentPath=${extensionFolder}`,
    '--disable-workspace-trust',
    '--skip-release-notes',
    '--skip-welcome',
    sampleFolder,
  ];
  const windows = process.platform === 'win32';
  const child = spawn('code', windows ? args.map((each) => `"${each}"`) : args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
    detached: !windows,
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    ended: () => ended,
    stop: async () => void (await endProcesses([...descendantsOf(pid), pid])),
  };
}

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { CodeServer } from '../../e2e/codeServer.ts';
import { projectRoot } from '../../e2e/paths.ts';
import type { Editor, OpenOptions } from './editor.ts';
import { hasDisplay } from './editorChoice.ts';
import { installExtension } from './installedExtension.ts';
import { StartError } from './startError.ts';
import { startSettings } from './startSettings.ts';

/** Serves VS Code to a browser under a random token, and shows it where there is a display. */
export async function openInBrowser(options: OpenOptions & { readonly showWindow: boolean }): Promise<Editor> {
  const { stateFolder, sampleFolder, extensionFolder, ports, showWindow } = options;
  const profileFolder = path.join(stateFolder, 'browser');
  installEditor();
  await installExtension(profileFolder, extensionFolder);
  const server = await CodeServer.start({
    profileFolder,
    defaultFolder: sampleFolder,
    settings: startSettings(stateFolder, ports),
    port: ports.editor,
    connectionToken: randomBytes(16).toString('hex'),
    // Ctrl-C in the terminal reaches every process of its group at once; the end has an order.
    ownProcessGroup: true,
  });
  const url = server.url({});
  console.log(`\n  Editor   ${url}\n`);
  if (showWindow && hasDisplay(process)) showPage(url);
  return { url, pid: server.pid, ended: () => server.ended(), stop: () => server.stop() };
}

/** The editor is 400 MB and not everyone needs it, so it is installed when it is first wanted. */
function installEditor(): void {
  const run = spawnSync(process.execPath, [path.join(projectRoot, 'scripts/setup.mjs'), 'e2e/vscode'], {
    stdio: 'inherit',
  });
  if (run.signal !== null) throw new StartError('Interrupted while VS Code was being installed; nothing runs.');
  if (run.status !== 0) throw new StartError('VS Code for the browser could not be installed; npm said why above.');
}

function showPage(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program ?? '', args, { detached: true, stdio: 'ignore' });
  child.once('error', () => console.log('  No browser could be opened: open the address above.'));
  child.unref();
}

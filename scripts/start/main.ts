import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../e2e/paths.ts';
import { openInBrowser } from './browserEditor.ts';
import { openOnDesktop } from './desktopEditor.ts';
import { chooseEditor } from './editorChoice.ts';
import type { Editor } from './editor.ts';
import { endEverything, endLeftovers } from './ending.ts';
import { loadPorts } from './startPorts.ts';
import { openInRemoteWindow } from './remoteWindow.ts';
import { reportReadiness } from './readiness.ts';
import { announceRun, stateFolder, takeRunLock } from './runLock.ts';
import { StartError } from './startError.ts';

const sampleFolder = path.join(projectRoot, 'sample-backend');

/** Runs until Ctrl-C, or until the editor is closed; returns the exit code. */
export async function start(args: readonly string[]): Promise<number> {
  const unknown = args.filter((each) => each !== '--no-open');
  if (unknown.length > 0) {
    console.error(`npm start knows only "-- --no-open", not "${unknown.join(' ')}".`);
    return 1;
  }
  const noOpen = args.includes('--no-open');
  const choice = chooseEditor({ noOpen });
  console.log(choice.sentence);
  if (choice.kind === 'remote') return openInRemoteWindow(sampleFolder);

  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const lock = takeRunLock(stateFolder);
  if (lock.kind === 'taken') {
    console.error(lock.sentence);
    return 1;
  }
  try {
    return await run(choice.kind, noOpen);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    lock.release();
  }
}

async function run(kind: 'desktop' | 'browser', noOpen: boolean): Promise<number> {
  await endLeftovers(stateFolder);
  // Asked for before the first process is started, so that an early Ctrl-C ends that one too.
  const interrupted = interruption();
  const ports = await loadPorts(stateFolder, (sentence) => console.log(sentence));
  const open = { stateFolder, sampleFolder, extensionFolder: path.join(projectRoot, 'extension'), ports };
  const editor: Editor =
    kind === 'desktop' ? openOnDesktop(open) : await openInBrowser({ ...open, showWindow: !noOpen });
  announceRun(stateFolder, { url: editor.url, backendPort: ports.backend });
  const stopReporting = new AbortController();
  const reporting = reportReadiness({ stateFolder, ports, noOpen, signal: stopReporting.signal });
  const reason = await Promise.race([interrupted, editor.ended().then(() => 'The editor was closed.')]);
  console.log(`\n${reason} Ending what was started ...`);
  stopReporting.abort();
  await reporting;
  const forced = await endEverything(stateFolder, editor);
  rmSync(path.join(stateFolder, 'running.json'), { force: true });
  console.log(forced === 0 ? 'All has ended.' : `All has ended; ${forced} processes had to be forced.`);
  return 0;
}

function interruption(): Promise<string> {
  return new Promise((resolve) => {
    let times = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        times += 1;
        resolve(signal === 'SIGINT' ? 'Interrupted.' : `${signal}.`);
        if (times === 2 && signal === 'SIGINT') console.log('Still ending: a moment, so that nothing is left behind.');
      });
    }
    // Whoever ends npm ends the shell between npm and us, and nobody tells us.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) resolve('npm has ended.');
    }, 500);
    watch.unref();
  });
}

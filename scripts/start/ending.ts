import path from 'node:path';
import { HubClient } from '@sightline/hub/client/hubClient';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import { descendantsOf, endProcesses, processesGiven, stillAliveAfter } from '../../e2e/processes.ts';
import type { Editor } from './editor.ts';

/** Ends the editor, then the hub, then whatever is left of what they started. Returns how many processes had to be forced. */
export async function endEverything(stateFolder: string, editor: Editor): Promise<number> {
  // Noted first: what a terminal started has no parent any more once its terminal is gone.
  const started = [...descendantsOf(editor.pid), ...processesOf(stateFolder)];
  await editor.stop();
  await endHub(path.join(stateFolder, 'hub'));
  const left = [...started, ...processesOf(stateFolder)];
  return await endProcesses(await stillAliveAfter([...new Set(left)], 100));
}

/** Ends what an earlier run left behind because it was killed. */
export async function endLeftovers(stateFolder: string): Promise<void> {
  const left = processesOf(stateFolder);
  if (left.length === 0) return;
  console.log(`Ending ${left.length} processes that an earlier run left behind ...`);
  await endHub(path.join(stateFolder, 'hub'));
  await endProcesses(left);
}

/** Everything that was given a place in our folder (editor, hub), and all below it. */
function processesOf(stateFolder: string): number[] {
  return processesGiven(stateFolder).flatMap((pid) => [pid, ...descendantsOf(pid)]);
}

/** The hub is asked, so that it writes what it still holds. */
async function endHub(dataDir: string): Promise<void> {
  const hub = await findRunningHub(dataDir);
  if (hub === undefined) return;
  const client = new HubClient({ dataDir });
  try {
    await client.shutdown();
    await stillAliveAfter([hub.pid], 5_000);
  } catch (error) {
    console.log(`The hub did not take the request to end: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    client.dispose();
  }
}

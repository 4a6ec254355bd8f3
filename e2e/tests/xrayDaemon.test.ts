/** The AWS X-Ray daemon in front of the hub. Skipped where XRAY_DAEMON does not name the program, which no package registry has. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '../processes.ts';
import { extensionFolder, SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';
import { sendSegment } from '../xraySegment.ts';

const program = process.env['XRAY_DAEMON'];
// What the test asks of processes, it asks of /proc.
const canRun = program !== undefined && process.platform === 'linux';
if (!canRun) console.log('  Skipped: XRAY_DAEMON names no AWS X-Ray daemon, or this is not Linux.');

describe.skipIf(!canRun)('the AWS X-Ray daemon', () => {
  let editor: SampleEditor;

  beforeAll(async () => {
    editor = await SampleEditor.start({ settings: { ...withoutSample, 'sightline.xray.daemonPath': program } });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await editor.pictures('failed-xray-daemon');
  });

  afterAll(async () => {
    await editor?.stop();
  });

  test('is started with the hub, hands segments to it, says so, and ends with the window', async () => {
    const window = await editor.openWindow({ extensionFolder });
    await window.showSightline();
    await window.runCommand('Sightline: Start All');
    await window.row('Services', /X-Ray daemon\s*127\.0\.0\.1:\d+ · waiting for segments/).waitFor();
    const [daemon = 0, ...others] = daemons(editor);
    expect(others).toEqual([]);

    await sendSegment(editor.ports.xray, '/checkout');
    await window.row('Traces', /GET \/checkout/).waitFor();
    await window.row('Services', /X-Ray daemon.*batch sent 1 segment/).waitFor();
    await window.widenSidebar(620);
    await window.picture('xray-daemon');

    const second = await editor.openWindow({ extensionFolder });
    await second.showSightline();
    await second.row('Services', /X-Ray daemon.*started by another window/).waitFor();
    // A browser that goes leaves its extension host behind for a while: it is killed, as in a crash.
    await window.close();
    process.kill(parentOf(parentOf(daemon)), 'SIGKILL');
    await until('the daemon does not outlive its extension host', () => Promise.resolve(!isAlive(daemon)));
    // The second window takes over once the first one has been missed for a few seconds, on the same port.
    await second.row('Services', /X-Ray daemon\s*127\.0\.0\.1:\d+ · waiting for segments/).waitFor();
    await sendSegment(editor.ports.xray, '/basket');
    await second.row('Traces', /GET \/basket/).waitFor();

    await second.runCommand('Sightline: Stop All');
    await until('no daemon is left', () => Promise.resolve(daemons(editor).length === 0));
  });
});

/** The daemons that were started with a configuration in this run's folder. */
function daemons({ folder }: SampleEditor): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const [command = '', option = '', file = ''] = commandOf(name);
      return command === program && option === '-c' && file.startsWith(folder);
    })
    .map(Number);
}

/** Of a daemon it is the shell that ties it to its extension host. */
function parentOf(pid: number): number {
  const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (parent === undefined) throw new Error(`No process ${pid}`);
  return Number(parent);
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}

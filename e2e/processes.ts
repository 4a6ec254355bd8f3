/** Which processes belong to one that we started, and their end. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

/** The ids of every process below `pid`, nearest first. A process whose parent has ended belongs to nobody any more. */
export function descendantsOf(pid: number): number[] {
  const children = Map.groupBy(processTable(), ({ parent }) => parent);
  const found = [pid];
  for (const id of found) found.push(...(children.get(id) ?? []).map((child) => child.id));
  return found.slice(1);
}

/**
 * The ids of processes that were started with this folder, or a place in it, as the value of an option (`--data-dir DIR`,
 * `--user-data-dir=DIR/profile`); this process and those above it are left out. A program that merely opened a file in it is not meant.
 */
export function processesGiven(folder: string): number[] {
  const own = new Set([process.pid]);
  const table = processTable();
  for (const id of own) {
    const parent = table.find((entry) => entry.id === id)?.parent;
    if (parent !== undefined && parent > 0) own.add(parent);
  }
  return table.filter(({ id, command }) => !own.has(id) && isGiven(command, folder)).map(({ id }) => id);
}

function isGiven(command: string, folder: string): boolean {
  return command.split(folder).some((before, part, all) => {
    const rest = all[part + 1];
    return rest !== undefined && /--[a-z-]+[ =]$/.test(before) && /^(?:[/\\ ]|$)/.test(rest);
  });
}

/** True while the process exists; one that has ended and waits for its parent to notice counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // Signal 0 only asks, and the answer for a process that is not there is an exception.
    return false;
  }
  return !isZombie(pid);
}

/** Asks each process to end, waits up to `limitMillis`, then ends the rest at once. Returns how many had to be forced. */
export async function endProcesses(pids: readonly number[], limitMillis = 6_000): Promise<number> {
  for (const pid of pids) signal(pid, 'SIGTERM');
  const rest = await stillAliveAfter(pids, limitMillis);
  for (const pid of rest) signal(pid, 'SIGKILL');
  await stillAliveAfter(rest, 2_000);
  return rest.length;
}

/** Waits until none of the processes is alive, or the time is over; returns those that still are. */
export async function stillAliveAfter(pids: readonly number[], limitMillis: number): Promise<number[]> {
  const end = Date.now() + limitMillis;
  let alive = pids.filter(isAlive);
  // The end of a process that is not our child cannot be awaited, only asked for.
  while (alive.length > 0 && Date.now() < end) {
    await after(50);
    alive = alive.filter(isAlive);
  }
  return alive;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime, which is what was wanted.
  }
}

interface ProcessEntry {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

function processTable(): ProcessEntry[] {
  if (process.platform === 'linux') return linuxProcessTable();
  const list = '$_.ProcessId, $_.ParentProcessId, $_.CommandLine -join " "';
  const run =
    process.platform === 'win32'
      ? spawnSync('powershell', ['-NoProfile', '-Command', `Get-CimInstance Win32_Process | % { ${list} }`], {
          encoding: 'utf8',
        })
      : spawnSync('ps', ['-Aww', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return run.stdout.split('\n').flatMap((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s?(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number(id), parent: Number(parent), command: command ?? '' }];
  });
}

/** Read from /proc, since a small Debian or a container has no `ps`. */
function linuxProcessTable(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const state = linuxFile(name, 'stat');
    if (state === undefined) return [];
    const command = (linuxFile(name, 'cmdline') ?? '').replaceAll('\0', ' ');
    return [{ id: Number(name), parent: Number(statFields(state)[1]), command }];
  });
}

function isZombie(pid: number): boolean {
  const state = process.platform === 'linux' ? linuxFile(String(pid), 'stat') : undefined;
  return state !== undefined && statFields(state)[0] === 'Z';
}

/** The fields of /proc/<pid>/stat after the name, which may itself hold spaces and parentheses: state, parent, ... */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function linuxFile(pid: string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // The process ended between the listing and the reading.
    return undefined;
  }
}

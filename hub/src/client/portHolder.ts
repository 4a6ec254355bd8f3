import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** The process that holds a port; `undefined` where the system does not say (it does on Linux, for own processes). */
export function portHolder(protocol: 'tcp' | 'udp', port: number): number | undefined {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const inodes = new Set([protocol, `${protocol}6`].flatMap((table) => socketInodesOn(`/proc/net/${table}`, port)));
  const pid = inodes.size === 0 ? undefined : processWithSocket(inodes);
  return pid === undefined ? undefined : Number(pid);
}

/** The same, such as `node server.js (process 4711)`. */
export function describePortHolder(protocol: 'tcp' | 'udp', port: number): string | undefined {
  const pid = portHolder(protocol, port);
  return pid === undefined ? undefined : `${nameOf(pid)} (process ${pid})`;
}

/** TCP_LISTEN in the `st` column of /proc/net/tcp (Linux, include/net/tcp_states.h); a bound UDP socket shows 07. */
const holdingStates = new Set(['0A', '07']);

function socketInodesOn(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readOrEmpty(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(wanted) && holdingStates.has(state ?? ''))
    .flatMap((columns) => columns[9] ?? []);
}

function processWithSocket(inodes: ReadonlySet<string>): string | undefined {
  const links = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => list(`/proc/${pid}/fd`).some((descriptor) => links.has(linkOf(`/proc/${pid}/fd/${descriptor}`))));
}

/** The program and, for an interpreter, its script; never further arguments, which may hold secrets. */
function nameOf(pid: number): string {
  const [program = '', script = ''] = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  if (program === '') {
    return readOrEmpty(`/proc/${pid}/comm`).trim();
  }
  return /\.(?:[cm]?[jt]s|py|rb|jar)$/.test(script) ? `${basename(program)} ${basename(script)}` : basename(program);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed between listing and reading.
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such table (IPv6 switched off), or the process has just ended.
    return '';
  }
}

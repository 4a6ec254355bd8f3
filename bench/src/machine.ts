import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { pause } from './until.ts';

/** What the figures were measured on: enough to compare, nothing that names the machine. */
export interface MachineFacts {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly loadAverage: string;
}

export function readMachineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    loadAverage: readLoadAverage(),
  };
}

/** Of the last minute, five and fifteen minutes; it includes the bench's own work. */
export function readLoadAverage(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

/** CPU seconds that the whole machine has spent on work since it started. */
function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1_000;
}

/** Cores that all processes together used during a fifth of a second: what the others take while the bench only waits. */
export async function coresInUse(): Promise<number> {
  const busy = busySeconds();
  const start = performance.now();
  await pause(200);
  return (busySeconds() - busy) / ((performance.now() - start) / 1_000);
}

/** Quiet enough to measure: the others use less of the machine than this, in cores. */
const quietCores = 0.15;

/** Waits until other programs are quiet, for 20 seconds at most; answers the cores they used at the end of the wait. */
export async function waitForQuiet(timeoutMillis = 20_000): Promise<number> {
  const end = performance.now() + timeoutMillis;
  let used = await coresInUse();
  while (used > quietCores && performance.now() < end) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other.
    used = await coresInUse();
  }
  return used;
}

/** Measures what programs other than the bench's own take of the machine while something runs. */
export class OthersMeter {
  readonly #busy = busySeconds();
  readonly #own: number;
  readonly #start = performance.now();
  readonly #pids: readonly number[];

  constructor(pids: readonly number[]) {
    this.#pids = [process.pid, ...pids];
    this.#own = this.#ownSeconds();
  }

  /** In cores, since the making of this meter; `undefined` where the system does not say what a process used. */
  cores(): number | undefined {
    const own = this.#ownSeconds() - this.#own;
    const seconds = (performance.now() - this.#start) / 1_000;
    return Number.isNaN(own) ? undefined : Math.max(0, (busySeconds() - this.#busy - own) / seconds);
  }

  #ownSeconds(): number {
    return this.#pids.reduce((sum, pid) => sum + (cpuSecondsOf(pid) ?? Number.NaN), 0);
  }
}

/** CPU seconds that a process has used (proc(5), `utime` and `stime` of /proc/pid/stat, in hundredths); Linux only. */
export function cpuSecondsOf(pid: number): number | undefined {
  const text = readProc(pid, 'stat');
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / 100;
}

export interface ResidentMemory {
  readonly rssMiB: number;
  /** Shared pages divided among the processes that share them: what ending the process would give back. */
  readonly pssMiB: number;
  readonly peakRssMiB: number;
}

/** Of the whole process, all threads (proc(5), `status` and `smaps_rollup`); `undefined` where the system is not Linux. */
export function residentMemoryOf(pid: number): ResidentMemory | undefined {
  const status = readProc(pid, 'status');
  const rollup = readProc(pid, 'smaps_rollup');
  if (status === undefined || rollup === undefined) {
    return undefined;
  }
  return {
    rssMiB: kibibytesIn(status, 'VmRSS') / 1_024,
    pssMiB: kibibytesIn(rollup, 'Pss') / 1_024,
    peakRssMiB: kibibytesIn(status, 'VmHWM') / 1_024,
  };
}

function kibibytesIn(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Not Linux, or the process has ended: nothing to read in either case.
    return undefined;
  }
}

import { hostOf } from './serviceRow.ts';
import { readTextFile } from './textFile.ts';

/** An address that a process was started with, in place of the hub's. */
export interface OtherAddress {
  readonly name: string;
  /** Host and port alone: the rest of an address may hold a secret. */
  readonly value: string;
}

/** What programs send their spans to. */
export const spanAddresses: readonly string[] = ['AWS_XRAY_DAEMON_ADDRESS', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
/** Of the processes below a script; what starts more than that is no backend of ours to judge. */
const mostProcesses = 30;

/** Where a process, or one that it started, sends spans elsewhere than `right` says. Known on Linux only; elsewhere none. */
export function otherAddresses(pid: number, right: Readonly<Record<string, string>>): readonly OtherAddress[] {
  const processes = [pid];
  for (let index = 0; index < processes.length && processes.length < mostProcesses; index += 1) {
    processes.push(...childrenOf(processes[index] ?? 0));
  }
  const environments = processes.map((each) => (readTextFile(`/proc/${each}/environ`) ?? '').split('\0'));
  return spanAddresses.flatMap((name) => {
    const wanted = right[name];
    const values = environments.flatMap((lines) => lines.find((line) => line.startsWith(`${name}=`)) ?? []);
    const other = values
      .map((line) => line.slice(name.length + 1))
      .find((value) => value !== '' && wanted !== undefined && comparable(value) !== comparable(wanted));
    return other === undefined ? [] : [{ name, value: hostOf(other) }];
  });
}

function childrenOf(pid: number): readonly number[] {
  return (readTextFile(`/proc/${pid}/task/${pid}/children`) ?? '')
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
}

function comparable(address: string): string {
  return address.trim().replaceAll('localhost', '127.0.0.1').replace(/\/+$/, '');
}

import { execFile } from 'node:child_process';
import { isOna, portForwarderOf, sharedPortsCommands, sharedPortsOf, type PortForwarder } from './publicAddress.ts';

/** Runs a program and gives what it printed; `undefined` where it is missing or fails. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** Who forwards this machine's ports; on Ona its CLI is asked which are shared. A CLI that is missing, or fails, shares none. */
export async function loadPortForwarder(
  env: NodeJS.ProcessEnv = process.env,
  run: RunProgram = runProgram,
): Promise<PortForwarder> {
  if (!isOna(env)) {
    return portForwarderOf(env);
  }
  for (const [program, ...args] of sharedPortsCommands) {
    const answer = await run(program, args);
    if (answer !== undefined) {
      return portForwarderOf(env, sharedPortsOf(answer));
    }
  }
  return portForwarderOf(env);
}

function runProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 10_000, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}

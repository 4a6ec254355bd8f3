import { connect } from 'node:net';
import { hostname } from 'node:os';
import { runProgram } from './composeProgram.ts';
import type { ComposeTool } from './composeTool.ts';

/** The compose project of the container that this program runs in, where the engine knows it. */
export async function ownProject({ engine }: ComposeTool): Promise<string | undefined> {
  const args = ['inspect', '--format', '{{index .Config.Labels "com.docker.compose.project"}}', hostname()];
  const { code, stdout } = await runProgram({ program: engine, args }, { folder: '/' });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Whether something takes TCP connections there. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

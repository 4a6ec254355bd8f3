import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The bare node:http server as a process of its own. */
export class BareServer {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static start(): Promise<BareServer> {
    const child = fork(fileURLToPath(new URL('bareServer.ts', import.meta.url)), { execArgv: [] });
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The bare server ended with code ${code}.`)));
      child.once('message', ({ port }: { port: number }) => resolve(new BareServer(child, port)));
    });
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  end(): void {
    this.#child.disconnect();
  }
}

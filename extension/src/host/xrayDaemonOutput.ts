import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { XRayDaemon } from '../services/xrayDaemon.ts';
import { UserError } from '../userError.ts';

/** What this window's X-Ray daemon says, as an output channel; there is none until it has said something. */
export class XRayDaemonOutput extends Disposable {
  #channel: vscode.OutputChannel | undefined;

  constructor(daemon: XRayDaemon) {
    super();
    this.register(
      daemon.onLine((line) => {
        this.#channel ??= this.register(vscode.window.createOutputChannel('Sightline X-Ray Daemon'));
        this.#channel.appendLine(line);
      }),
    );
  }

  show(): void {
    if (this.#channel === undefined) {
      throw new UserError('The X-Ray daemon has not run in this window yet, so it has no output.');
    }
    this.#channel.show(true);
  }
}

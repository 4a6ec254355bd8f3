import * as vscode from 'vscode';
import type { SightlineTestApi } from './contracts/testApi.ts';
import { Sightline } from './host/sightline.ts';

let sightline: Sightline | undefined;

/** Registers everything and fills the variable collection; all else waits for its view, its command or autostart. */
export function activate(context: vscode.ExtensionContext): SightlineTestApi {
  const started = performance.now();
  const log = vscode.window.createOutputChannel('Sightline', { log: true });
  sightline = new Sightline(context, log);
  context.subscriptions.push(log, sightline);
  const activationMillis = performance.now() - started;
  log.info(`Sightline ${sightline.version} registered in ${activationMillis.toFixed(1)} ms`);
  void sightline.begin();
  return sightline.testApi(activationMillis);
}

/** Ends what this window started but the hub, which outlives it. */
export async function deactivate(): Promise<void> {
  await sightline?.end();
}

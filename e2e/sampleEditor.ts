/** A real VS Code on the sample, with its hub, database and backend in a folder and on ports of their own; all gone after `stop`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HubClient } from '@sightline/hub/client/hubClient';
import { findRunningHub } from '@sightline/hub/client/hubLock';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { builtInsForTests, CodeServer, installVsix, type CodeServerOptions, type PageOptions } from './codeServer.ts';
import { EditorWindow } from './editorWindow.ts';
import { projectRoot } from './paths.ts';
import { anyPorts, choosePorts, type Ports } from './ports.ts';
import { endProcesses } from './processes.ts';
import { hubPlaces, samplePlaces, sampleSettings } from './sampleProfile.ts';

/** For windows on another folder than the sample. */
export const withoutSample = { 'sightline.autostart': false, 'sightline.backend': null, 'sightline.database': null };

export const extensionFolder = path.join(projectRoot, 'extension');
export const sampleFolder = path.join(projectRoot, 'sample-backend');

export interface SampleEditorOptions extends Partial<Pick<CodeServerOptions, 'settings' | 'env' | 'workspaceTrust'>> {
  /** Installed before the start; the windows then need no `extensionFolder`. */
  readonly vsix?: string;
}

export class SampleEditor {
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly ports: Ports;
  /** Holds all that the run writes. */
  readonly folder: string;
  readonly #windows: EditorWindow[] = [];

  private constructor(server: CodeServer, browser: Browser, ports: Ports, folder: string) {
    this.server = server;
    this.browser = browser;
    this.ports = ports;
    this.folder = folder;
  }

  /** `settings` and `env` are added to those of `npm start`. */
  static async start({ settings, env, workspaceTrust, vsix }: SampleEditorOptions = {}): Promise<SampleEditor> {
    const folder = mkdtempSync(path.join(tmpdir(), 'sightline-e2e-'));
    const ports = await choosePorts(anyPorts);
    const profileFolder = path.join(folder, 'editor');
    if (vsix !== undefined) await installVsix(profileFolder, vsix);
    const [server, browser] = await Promise.all([
      CodeServer.start({
        profileFolder,
        settings: { ...sampleSettings(folder), ...hubPlaces(ports), ...samplePlaces(folder, ports), ...settings },
        port: ports.editor,
        builtIns: builtInsForTests,
        ...(env !== undefined && { env }),
        ...(workspaceTrust !== undefined && { workspaceTrust }),
      }),
      launchBrowser(),
    ]);
    return new SampleEditor(server, browser, ports, folder);
  }

  /** A window on the sample with the extension from its folder, or on whatever `page` says; each in a browser profile of its own. */
  async openWindow(page: PageOptions = { folder: sampleFolder, extensionFolder }): Promise<EditorWindow> {
    const window = await EditorWindow.open(this.browser, this.server.url(page));
    this.#windows.push(window);
    return window;
  }

  get hubDataDir(): string {
    return path.join(this.folder, 'hub');
  }

  /** The backend's or the page's address, with a path that starts with a slash. */
  url(of: 'backend' | 'page', address: string): string {
    return `http://127.0.0.1:${this.ports[of]}${address}`;
  }

  /** Pictures of all windows, for the one who has to find out why a test failed. */
  async pictures(name: string): Promise<void> {
    const open = this.#windows.filter(({ page }) => !page.isClosed());
    for (const [index, window] of open.entries()) console.log(`  ${await window.picture(`${name}-${index + 1}`)}`);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await endHub(this.hubDataDir);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks the hub of a data directory to end, and sees that it does. */
export async function endHub(dataDir: string): Promise<void> {
  const hub = await findRunningHub(dataDir);
  if (hub === undefined) return;
  const client = new HubClient({ dataDir });
  await client.shutdown().finally(() => client.dispose());
  await endProcesses([hub.pid]);
}

import { parseTraceId, toXRayTraceId } from '@sightline/telemetry/model/ids';
import * as vscode from 'vscode';
import { Peer } from '../contracts/peer.ts';
import {
  defaultMapChoice,
  readMapMemory,
  type ServiceMapChoice,
  type ServiceMapMemory,
  type ServiceMapNews,
  type ServiceMapQuestions,
  type ServiceMapScope,
} from '../contracts/serviceMap.ts';
import { Disposable } from '../lifetime.ts';
import type { MapSource } from '../sources/mapSource.ts';
import { UserError } from '../userError.ts';
import { registerCommands } from './commands.ts';
import type { ServiceMapTarget } from './commandTable.ts';
import { ServiceMapSession, type ServiceMapDesk } from './serviceMapSession.ts';
import { fillWebview, wireOf } from './webviewDocument.ts';

const viewType = 'sightline.serviceMap';

/** The service maps that are open as editors: one of all traces, and one for each trace that was asked for. */
export class ServiceMaps extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #source: MapSource;
  readonly #folder: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  /** By trace, the one of all under the empty text. */
  readonly #open = new Map<string, ServiceMapPanel>();

  constructor(source: MapSource, extensionUri: vscode.Uri, log: vscode.LogOutputChannel) {
    super();
    this.#source = source;
    this.#folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews', 'serviceMap');
    this.#log = log;
    // A window that is reloaded may end its extensions before it keeps its editors, and keeps only those that are open and can be brought back. So an end takes
    // back neither the serializer nor the editors, but only what feeds them.
    vscode.window.registerWebviewPanelSerializer(viewType, this);
    this.register({ dispose: () => [...this.#open.values()].forEach((panel) => panel.dispose()) });
    this.register(
      registerCommands(log, { 'sightline.openServiceMap': (target) => Promise.resolve(this.#show(target ?? {})) }),
    );
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const memory = readMapMemory(state) ?? { scope: {}, choice: defaultMapChoice };
    if (this.#open.has(keyOf(memory.scope))) {
      panel.dispose();
      return;
    }
    this.#adopt(panel, memory);
  }

  #show({ traceId: named, filter }: ServiceMapTarget): void {
    const traceId = named === undefined ? undefined : parseTraceId(named);
    const scope: ServiceMapScope = traceId === undefined ? {} : { traceId };
    const open = this.#open.get(keyOf(scope));
    const chosen = typeof filter === 'string' ? { filter } : {};
    if (open !== undefined) {
      open.show(chosen);
      return;
    }
    const title = traceId === undefined ? 'Service Map' : `Map of ${toXRayTraceId(traceId).slice(0, 10)}…`;
    const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
    this.#adopt(panel, { scope, choice: { ...defaultMapChoice, ...chosen } });
  }

  #adopt(panel: vscode.WebviewPanel, memory: ServiceMapMemory): void {
    panel.iconPath = new vscode.ThemeIcon('type-hierarchy');
    const map = new ServiceMapPanel(panel, this.#folder, this.#source, memory, this.#log);
    const key = keyOf(memory.scope);
    this.#open.set(key, map);
    panel.onDidDispose(() => {
      this.#open.delete(key);
      map.dispose();
    });
  }
}

/** One such editor. */
class ServiceMapPanel extends Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #session: ServiceMapSession;
  readonly #peer: Peer<ServiceMapQuestions, ServiceMapNews>;

  constructor(
    panel: vscode.WebviewPanel,
    folder: vscode.Uri,
    source: MapSource,
    memory: ServiceMapMemory,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.#panel = panel;
    const tell: ServiceMapDesk['tell'] = (name, news) => {
      // A map that is hidden has no document to tell; it asks for everything when it is shown again.
      void this.#peer.ask(name, news).catch((error: unknown) => log.trace('service map', String(error)));
    };
    this.#session = this.register(new ServiceMapSession(source, memory.scope, { tell, ...editorDesk }, memory.choice));
    this.#peer = this.register(
      new Peer<ServiceMapQuestions, ServiceMapNews>(wireOf(panel.webview), this.#session.answers, sentenceFor),
    );
    this.register(panel.onDidChangeViewState(() => this.#session.setVisible(panel.visible)));
    this.#session.setVisible(panel.visible);
    const element = 'sightline-service-map';
    fillWebview(panel.webview, { folder, title: 'Service map', element, memory, hasWorker: true });
  }

  show(choice: Partial<ServiceMapChoice>): void {
    this.#panel.reveal();
    this.#session.show(choice);
  }
}

const editorDesk: Omit<ServiceMapDesk, 'tell'> = {
  filterTraces: async (expression) => {
    await vscode.commands.executeCommand('sightline.setTraceFilter', expression);
  },
  start: async () => {
    await vscode.commands.executeCommand('sightline.start');
  },
  now: () => Date.now(),
  after: (millis, callback) => {
    const timer = setTimeout(callback, millis);
    return { dispose: () => clearTimeout(timer) };
  },
};

function sentenceFor(error: unknown): string {
  return error instanceof UserError ? error.message : `The service map could not do this: ${String(error)}`;
}

function keyOf({ traceId = '' }: ServiceMapScope): string {
  return traceId;
}

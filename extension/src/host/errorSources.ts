import type { HubClient } from '@sightline/hub/client/hubClient';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { leadsToOwnHub, type OwnHub } from '../services/ownHub.ts';
import { maskSecret } from '../services/vendorSecrets.ts';
import type { ErrorSource } from '../sources/errorSource.ts';
import type { HubPresence } from '../sources/hubSource.ts';
import { HubErrorSource } from '../sources/hubErrorSource.ts';
import { RollbarErrorSource } from '../sources/rollbar/rollbarErrorSource.ts';
import { RollbarProject, rollbarEndpoint } from '../sources/rollbar/rollbarProject.ts';
import { SwitchedErrorSource } from '../sources/switchedErrorSource.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import type { Secrets } from './secrets.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import { systemClock } from './tracesView.ts';

/** Where the Errors view looks. */
export type ErrorPlace = 'local' | 'rollbar';

export interface ErrorSourceParts {
  readonly memory: vscode.Memento;
  readonly contextKeys: ContextKeySetter;
  readonly secrets: Secrets;
  readonly presence: HubPresence;
  readonly ownHub: () => OwnHub | undefined;
  readonly client: HubClient;
}

const memoryKey = 'sightline.errorSource';

/** The places where errors are read, and the one that the Errors view of this window shows, remembered for its workspace. */
export class ErrorSources extends Disposable {
  readonly local: HubErrorSource;
  readonly shown: SwitchedErrorSource;
  readonly #parts: ErrorSourceParts;
  #place: ErrorPlace = 'local';
  #rollbar: RollbarErrorSource;

  constructor(parts: ErrorSourceParts) {
    super();
    this.#parts = parts;
    this.local = this.register(new HubErrorSource(parts.presence, parts.client));
    this.#rollbar = this.#makeRollbar();
    this.register({ dispose: () => this.#rollbar.dispose() });
    this.shown = this.register(new SwitchedErrorSource(this.local));
    this.#show(parts.memory.get(memoryKey) === 'rollbar' ? 'rollbar' : 'local');
    this.register(
      parts.secrets.onDidChange((kind) => {
        if (kind === 'rollbarRead') {
          this.#renew();
        }
      }),
    );
    const settings = ['sightline.rollbar.readEndpoint', 'sightline.rollbar.refreshSeconds'] as const;
    this.register(onDidChangeSetting(settings, () => this.#renew()));
  }

  get place(): ErrorPlace {
    return this.#place;
  }

  sourceOf(place: ErrorPlace): ErrorSource {
    return place === 'local' ? this.local : this.#rollbar;
  }

  /** Asks where the Errors view looks. */
  async choose(): Promise<void> {
    const { secrets } = this.#parts;
    const token = await secrets.load('rollbarRead');
    const mark = (place: ErrorPlace): string => (place === this.#place ? '$(check) ' : '');
    const known = token === undefined ? 'asks for a token that reads' : `token ${maskSecret(token)}`;
    const items: readonly (vscode.QuickPickItem & { readonly place: ErrorPlace })[] = [
      { label: `${mark('local')}Local`, description: 'the hub on this machine', place: 'local' },
      { label: `${mark('rollbar')}Rollbar`, description: `${endpointOfRollbar()} · ${known}`, place: 'rollbar' },
    ];
    const title = 'Choose Source of Errors';
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Where errors are read' });
    if (picked?.place === 'rollbar' && token === undefined) {
      await secrets.set('rollbarRead');
      if ((await secrets.load('rollbarRead')) === undefined) {
        return;
      }
    }
    if (picked !== undefined) {
      await this.#set(picked.place);
    }
  }

  /** Goes back to the hub on this machine. */
  async showLocal(): Promise<void> {
    if (this.#place !== 'local') {
      await this.#set('local');
    }
  }

  async #set(place: ErrorPlace): Promise<void> {
    this.#show(place);
    await this.#parts.memory.update(memoryKey, place);
  }

  #show(place: ErrorPlace): void {
    this.#place = place;
    this.#parts.contextKeys.set({ 'sightline.errorSource': place });
    this.shown.choose(place === 'local' ? this.local : this.#rollbar);
  }

  /** Another token or endpoint is another project: nothing that was read of the former one is of use. */
  #renew(): void {
    const before = this.#rollbar;
    this.#rollbar = this.#makeRollbar();
    if (this.#place === 'rollbar') {
      // By way of another place, so that the view forgets its rows.
      this.shown.choose(this.local);
      this.shown.choose(this.#rollbar);
    }
    before.dispose();
  }

  #makeRollbar(): RollbarErrorSource {
    const { secrets, ownHub } = this.#parts;
    const project = new RollbarProject({
      endpoint: endpointOfRollbar(),
      setting: 'sightline.rollbar.readEndpoint',
      // A token may have both scopes; a project of Rollbar begins with one for each.
      loadToken: async (scope) =>
        (scope === 'write' ? await secrets.load('rollbarWrite') : undefined) ?? (await secrets.load('rollbarRead')),
      isOwnHub: (endpoint) => leadsToOwnHub(endpoint, ownHub()),
    });
    const pollMillis = getSetting('sightline.rollbar.refreshSeconds') * 1000;
    return new RollbarErrorSource(project, { clock: systemClock, pollMillis });
  }
}

function endpointOfRollbar(): string {
  return getSetting('sightline.rollbar.readEndpoint') ?? rollbarEndpoint;
}

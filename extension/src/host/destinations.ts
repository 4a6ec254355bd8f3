import {
  relayDestinations,
  type RelayChange,
  type RelayDestination,
  type RelayList,
} from '@sightline/hub/client/relayApi';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { HubError } from '@sightline/hub/client/hubError';
import * as vscode from 'vscode';
import { Disposable, Emitter } from '../lifetime.ts';
import { destinationNames } from '../services/destinationRows.ts';
import type { HubSession } from '../services/hubSession.ts';
import { UserError } from '../userError.ts';
import type { DestinationArgument, DestinationCommands } from './commandTable.ts';
import { withProgress } from './progress.ts';
import type { Secrets } from './secrets.ts';
import { getSetting, onDidChangeSetting, updatePreference } from './settings.ts';

/** How often the counts are looked up while the hub runs: a look costs it nothing. */
const lookMillis = 3_000;
const relaySettings = [
  'sightline.relay.destinations',
  'sightline.relay.otlpEndpoint',
  'sightline.relay.awsProfile',
  'sightline.relay.awsRegion',
  'sightline.relay.xrayEndpoint',
  'sightline.relay.logsEndpoint',
  'sightline.rollbar.endpoint',
] as const;

/**
 * Where the hub hands on what it receives: switched by a setting, and given its secrets after each start of the hub, which keeps them in memory only.
 */
export class Destinations extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #session: HubSession;
  readonly #client: HubClient;
  readonly #secrets: Secrets;
  readonly #log: vscode.LogOutputChannel;
  #told: number | undefined;
  #list: RelayList | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: HubSession, client: HubClient, secrets: Secrets, log: vscode.LogOutputChannel) {
    super();
    this.#session = session;
    this.#client = client;
    this.#secrets = secrets;
    this.#log = log;
    this.register(session.onDidChange(() => this.#follow()));
    this.register(secrets.onDidChange(() => void this.#tell()));
    this.register(onDidChangeSetting(relaySettings, () => void this.#tell()));
    this.register({ dispose: () => clearInterval(this.#timer) });
    this.#follow();
  }

  /** What the hub said last; `undefined` while it does not run. */
  get list(): RelayList | undefined {
    return this.#list;
  }

  readonly handlers: DestinationCommands = {
    'sightline.switchDestinationOn': (row) => this.#switch(row, true),
    'sightline.switchDestinationOff': (row) => this.#switch(row, false),
    'sightline.testDestination': (row) => this.#test(row),
    'sightline.resendRefused': (row) => this.#resend(row),
  };

  #follow(): void {
    const { state } = this.#session;
    if (state.kind !== 'running') {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#told = undefined;
      this.#list = undefined;
    } else if (this.#told !== state.hub.pid) {
      this.#told = state.hub.pid;
      void this.#tell();
      this.#timer ??= setInterval(() => void this.#look(), lookMillis);
    }
  }

  /** Gives the hub what the settings and the secret store say of every destination. */
  async #tell(): Promise<void> {
    if (this.#session.state.kind !== 'running') {
      return;
    }
    for (const destination of relayDestinations) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- four calls at a start; one that fails costs only its own destination.
        await this.#client.changeRelay(destination, await this.#changeOf(destination));
      } catch (error) {
        this.#log.error(
          `handing on to ${destinationNames[destination]}`,
          error instanceof Error ? error.message : String(error),
        );
      }
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    try {
      this.#list = await this.#client.listRelay();
    } catch {
      // The session watches the connection and says what is wrong with it; the counts stay as they were.
      return;
    }
    this.#changed.fire();
  }

  async #changeOf(destination: RelayDestination): Promise<RelayChange> {
    const enabled = getSetting('sightline.relay.destinations').includes(destination);
    const [profile, region] = [getSetting('sightline.relay.awsProfile'), getSetting('sightline.relay.awsRegion')];
    const aws = { ...(profile !== null && { profile }), ...(region !== null && { region }) };
    switch (destination) {
      case 'xray':
        return { enabled, ...aws, ...endpointOf(getSetting('sightline.relay.xrayEndpoint')) };
      case 'logs':
        return { enabled, ...aws, ...endpointOf(getSetting('sightline.relay.logsEndpoint')) };
      case 'otlp': {
        const key = await this.#secrets.load('honeycomb');
        return {
          enabled,
          endpoint: getSetting('sightline.relay.otlpEndpoint'),
          ...(key !== undefined && { headers: { 'x-honeycomb-team': key } }),
        };
      }
      case 'rollbar': {
        const token = await this.#secrets.load('rollbar');
        return {
          enabled,
          ...(token !== undefined && { token }),
          ...endpointOf(getSetting('sightline.rollbar.endpoint')),
        };
      }
    }
  }

  async #switch(argument: DestinationArgument | undefined, isOn: boolean): Promise<void> {
    const destination = await chosen(argument);
    if (destination === undefined || !(await confirmed(destination, isOn, this.#list))) {
      return;
    }
    const others = getSetting('sightline.relay.destinations').filter((each) => each !== destination);
    await updatePreference('sightline.relay.destinations', isOn ? [...others, destination] : others);
  }

  async #test(argument: DestinationArgument | undefined): Promise<void> {
    const destination = await chosen(argument);
    if (destination === undefined) {
      return;
    }
    this.#requireHub();
    await withProgress(`Testing ${destinationNames[destination]}`, async (signal) => {
      const change = await this.#changeOf(destination);
      const { ok, message } = await inWords(this.#client.testRelay(destination, { ...change, enabled: true }, signal));
      if (!ok) {
        throw new UserError(message);
      }
      void vscode.window.showInformationMessage(message);
    });
  }

  #requireHub(): void {
    if (this.#session.state.kind !== 'running') {
      throw new UserError('The Sightline hub hands things on, and it is not running. Start it in the Services view.', {
        actions: [{ label: 'Start', command: 'sightline.start' }],
      });
    }
  }

  async #resend(argument: DestinationArgument | undefined): Promise<void> {
    const destination = await chosen(argument);
    if (destination !== undefined) {
      this.#requireHub();
      await withProgress('Sending again', (signal) => inWords(this.#client.resendRelay(destination, signal)));
      await this.#look();
    }
  }
}

/** What the hub says against it is meant for the person: an endpoint that is the hub itself, one that is no address. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof HubError ? new UserError(error.message, { cause: error }) : error;
  }
}

async function chosen(argument: DestinationArgument | undefined): Promise<RelayDestination | undefined> {
  if (argument?.destination !== undefined) {
    return argument.destination;
  }
  const items = relayDestinations.map((destination) => ({ label: destinationNames[destination], destination }));
  return (await vscode.window.showQuickPick(items, { title: 'Choose a Destination' }))?.destination;
}

/** What leaves this machine, and what is lost by switching off, is asked. */
async function confirmed(destination: RelayDestination, isOn: boolean, list: RelayList | undefined): Promise<boolean> {
  const name = destinationNames[destination];
  const waiting = list?.destinations[destination].waiting ?? 0;
  if (!isOn && waiting === 0) {
    return true;
  }
  const [question, detail, label] = isOn
    ? [
        `Hand on to ${name}?`,
        'What this hub receives from now on leaves this machine, and may cost there.',
        'Switch On',
      ]
    : [`Switch ${name} off?`, `${waiting} waiting records will not be sent.`, 'Switch Off'];
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, label)) === label;
}

function endpointOf(setting: string | null): { readonly endpoint?: string } {
  return setting === null ? {} : { endpoint: setting };
}

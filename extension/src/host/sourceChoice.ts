import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { Disposable, Emitter } from '../lifetime.ts';
import { awsSurroundingsOf } from '../services/awsSurroundings.ts';
import { leadsToOwnHub, type OwnHub } from '../services/ownHub.ts';
import { readTextFile } from '../services/textFile.ts';
import { AwsAccount, type AwsChoice } from '../sources/aws/awsAccount.ts';
import { listAwsProfiles, type AwsProfile } from '../sources/aws/awsProfiles.ts';
import { awsRegions } from '../sources/aws/awsRegions.ts';
import { loadAwsSdk } from '../sources/aws/loadAwsSdk.ts';
import type { ReadMeter } from '../sources/aws/readMeter.ts';
import { UserError } from '../userError.ts';
import type { ContextKeySetter } from './contextKeys.ts';
import { getSetting } from './settings.ts';

/** Where the views look: the hub on this machine, or an account in AWS. */
export type Chosen = { readonly kind: 'local' } | { readonly kind: 'aws'; readonly account: AwsAccount };

const memoryKey = 'sightline.source';
const local = { kind: 'local' } as const;

/** Which source the views of this window show, remembered for its workspace. Nothing is asked of AWS by choosing it. */
export class SourceChoice extends Disposable {
  readonly #changed = this.register(new Emitter<Chosen>());
  readonly onDidChange = this.#changed.event;
  readonly #memory: vscode.Memento;
  readonly #contextKeys: ContextKeySetter;
  readonly #ownHub: () => OwnHub | undefined;
  readonly #meter: ReadMeter;
  #chosen: Chosen = local;

  constructor(
    memory: vscode.Memento,
    contextKeys: ContextKeySetter,
    ownHub: () => OwnHub | undefined,
    meter: ReadMeter,
  ) {
    super();
    this.#memory = memory;
    this.#contextKeys = contextKeys;
    this.#ownHub = ownHub;
    this.#meter = meter;
    const remembered = readChoice(memory.get(memoryKey));
    if (remembered !== undefined) {
      this.#chosen = { kind: 'aws', account: this.#accountOf(remembered) };
    }
    contextKeys.set({ 'sightline.source': this.#chosen.kind });
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  /** Asks where to look. */
  async choose(): Promise<void> {
    const surroundings = { env: process.env, home: homedir(), readText: readTextFile };
    const picked = await vscode.window.showQuickPick(placesOf(listAwsProfiles(surroundings), this.#chosen), {
      title: 'Choose Source',
      placeHolder: 'Where traces, logs and the service map are read',
      matchOnDescription: true,
    });
    if (picked?.place === 'local') {
      await this.#set(undefined);
    } else if (picked?.place !== undefined) {
      await this.#chooseRegion(picked.place.profile);
    }
  }

  /** Asks for a profile, then for the region. */
  async chooseProfile(): Promise<void> {
    const profiles = listAwsProfiles({ env: process.env, home: homedir(), readText: readTextFile });
    const items = placesOf(profiles, this.#chosen).filter(({ place }) => place !== undefined && place !== 'local');
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Choose AWS Profile',
      placeHolder: 'Whose traces and logs are read',
    });
    if (picked?.place !== undefined && picked.place !== 'local') {
      await this.#chooseRegion(picked.place.profile);
    }
  }

  async #chooseRegion(profile: AwsProfile | undefined): Promise<void> {
    const env = { ...process.env, ...(profile !== undefined && { AWS_PROFILE: profile.name }) };
    const surrounding = awsSurroundingsOf({ env, home: homedir(), readText: readTextFile }).region;
    const likely = profile?.region ?? surrounding ?? getSetting('sightline.aws.region');
    const region = await pickRegion(likely);
    if (region !== undefined) {
      await this.#set({ region, ...(profile !== undefined && { profile: profile.name }) });
    }
  }

  async #set(choice: AwsChoice | undefined): Promise<void> {
    this.#chosen = choice === undefined ? local : { kind: 'aws', account: this.#accountOf(choice) };
    this.#contextKeys.set({ 'sightline.source': this.#chosen.kind });
    this.#changed.fire(this.#chosen);
    await this.#memory.update(memoryKey, choice);
  }

  #accountOf(choice: AwsChoice): AwsAccount {
    const profiles = listAwsProfiles({ env: process.env, home: homedir(), readText: readTextFile });
    const [xray, logs] = [getSetting('sightline.aws.xrayEndpoint'), getSetting('sightline.aws.logsEndpoint')];
    return new AwsAccount({
      choice,
      profileKind: profiles.find(({ name }) => name === choice.profile)?.kind ?? 'other',
      endpoints: { ...(xray !== null && { xray: asUrl(xray) }), ...(logs !== null && { logs: asUrl(logs) }) },
      loadSdk: loadAwsSdk,
      isOwnHub: (endpoint) => leadsToOwnHub(endpoint, this.#ownHub()),
      env: process.env,
      meter: this.#meter,
    });
  }
}

type Place = 'local' | { readonly profile: AwsProfile | undefined };

interface PlaceItem extends vscode.QuickPickItem {
  readonly place?: Place;
}

const kindTexts: Record<AwsProfile['kind'], string> = {
  sso: 'SSO',
  login: 'aws login',
  role: 'role',
  process: 'credential process',
  keys: 'keys',
  other: 'profile',
};

function placesOf(profiles: readonly AwsProfile[], chosen: Chosen): PlaceItem[] {
  const current = chosen.kind === 'local' ? 'Local' : chosen.account.choice;
  const isChosen = (profile: string | undefined): boolean => current !== 'Local' && current.profile === profile;
  return [
    {
      label: `${mark(current === 'Local')}Local`,
      description: 'the hub on this machine',
      place: 'local',
    },
    { label: 'AWS', kind: vscode.QuickPickItemKind.Separator },
    ...profiles.map((profile) => ({
      label: `${mark(isChosen(profile.name))}${profile.name}`,
      description: [kindTexts[profile.kind], profile.region].filter((text) => text !== undefined).join(' · '),
      place: { profile },
    })),
    {
      label: `${mark(isChosen(undefined))}Environment or this machine's role`,
      description: 'keys in the environment, web identity, container, EC2',
      place: { profile: undefined },
    },
  ];
}

function mark(isCurrent: boolean): string {
  return isCurrent ? '$(check) ' : '';
}

async function pickRegion(likely: string): Promise<string | undefined> {
  const items = [likely, ...awsRegions.filter((region) => region !== likely)].map((label) => ({ label }));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const pick = vscode.window.createQuickPick();
  pick.title = 'Choose Region';
  pick.placeholder = 'A region of the list, or another one';
  pick.items = items;
  pick.onDidAccept(() => {
    const typed = pick.value.trim();
    resolve(pick.selectedItems[0]?.label ?? (/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(typed) ? typed : undefined));
    pick.hide();
  });
  pick.onDidHide(() => {
    resolve(undefined);
    pick.dispose();
  });
  pick.show();
  return await promise;
}

function asUrl(setting: string): string {
  if (!URL.canParse(setting) || !/^https?:/.test(setting)) {
    throw new UserError(
      `"${setting}" is no address of an endpoint. The settings sightline.aws.*Endpoint take one such as https://xray.eu-central-1.amazonaws.com.`,
      {
        actions: [{ label: 'Open Settings', command: 'sightline.openSettings' }],
      },
    );
  }
  return setting;
}

function readChoice(remembered: unknown): AwsChoice | undefined {
  const { profile, region } = (remembered ?? {}) as { profile?: unknown; region?: unknown };
  return typeof region === 'string' ? { region, ...(typeof profile === 'string' && { profile }) } : undefined;
}

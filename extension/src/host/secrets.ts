import * as vscode from 'vscode';
import { Disposable, Emitter } from '../lifetime.ts';
import { readTextFile } from '../services/textFile.ts';
import { secretFormProblem } from '../services/secretForm.ts';
import { checkSecret, findSecrets, maskSecret, vendorSecrets, type VendorSecret } from '../services/vendorSecrets.ts';
import { hubCredentialsOf } from '../services/hubCredentials.ts';
import { leadsToOwnHub, type OwnHub } from '../services/ownHub.ts';
import { UserError } from '../userError.ts';
import { withProgressAtOnce } from './progress.ts';
import { pickBeforeSecret } from './secretPick.ts';
import { getSetting } from './settings.ts';

/** A person's secrets in the editor's secret store. Invariant: they are nowhere else but in memory. */
export class Secrets extends Disposable {
  readonly #changed = this.register(new Emitter<VendorSecret>());
  readonly onDidChange = this.#changed.event;
  readonly #store: vscode.SecretStorage;
  readonly #ownHub: () => OwnHub | undefined;
  readonly #dataDir: string;

  /** `dataDir` is that of the hub, whose own token is no secret of a person's. */
  constructor(store: vscode.SecretStorage, ownHub: () => OwnHub | undefined, dataDir: string) {
    super();
    this.#store = store;
    this.#ownHub = ownHub;
    this.#dataDir = dataDir;
    this.register(
      store.onDidChange(({ key }) => {
        const kind = (Object.keys(vendorSecrets) as VendorSecret[]).find((each) => keyOf(each) === key);
        if (kind !== undefined) {
          this.#changed.fire(kind);
        }
      }),
    );
  }

  async load(kind: VendorSecret): Promise<string | undefined> {
    return await this.#store.get(keyOf(kind));
  }

  /** Asks for a secret, has the vendor check it, and keeps it; or removes the one that is there. `begun` is what was typed of it before. */
  async set(kind: VendorSecret, begun = ''): Promise<void> {
    const given = Object.values(hubCredentialsOf(this.#dataDir, readTextFile)) as string[];
    const [kept, found] = [await this.load(kind), findSecrets(kind, process.env, await envFiles(), given)];
    const enter: SecretChoice = { label: '$(key) Enter…', entry: 'typed' };
    const others: SecretChoice[] = [
      ...found.map(({ value, origin }) => ({
        label: `$(copy) Use ${maskSecret(value)}`,
        description: `${vendorSecrets[kind].variable} of ${origin}`,
        entry: { value },
      })),
      ...(kept === undefined
        ? []
        : [{ label: '$(trash) Remove', description: `kept: ${maskSecret(kept)}`, entry: 'removed' as const }]),
    ];
    const title = `Set ${vendorSecrets[kind].name}`;
    const picked =
      others.length === 0 || begun !== ''
        ? { item: enter, typed: begun }
        : await pickBeforeSecret([enter, ...others], { title, placeholder: 'From where?' });
    if (picked?.item.entry === 'removed' && picked.typed === '') {
      await this.#store.delete(keyOf(kind));
      return;
    }
    const entry = picked?.item.entry;
    const isFound = typeof entry === 'object' && picked?.typed === '';
    const value = isFound ? entry.value : picked && (await inputSecret(kind, title, picked.typed));
    if (value !== undefined && value.trim() !== '') {
      await this.#keep(kind, value.trim());
    }
  }

  async #keep(kind: VendorSecret, value: string): Promise<void> {
    let whose = '';
    await withProgressAtOnce(`Checking the ${vendorSecrets[kind].name}`, async (signal) => {
      const isOwnHub = (endpoint: string): Promise<boolean> => leadsToOwnHub(endpoint, this.#ownHub());
      whose = await checkSecret(kind, value, { endpoint: endpointOf(kind), isOwnHub, signal });
    });
    await this.#store.store(keyOf(kind), value);
    void vscode.window.showInformationMessage(`The ${vendorSecrets[kind].name} is kept: ${whose}.`);
  }
}

/** Asks which of Rollbar's tokens is meant. */
export async function setRollbarToken(secrets: Secrets): Promise<void> {
  const items = [tokenItem('rollbar'), tokenItem('rollbarRead'), tokenItem('rollbarWrite')] as const;
  const picked = await pickBeforeSecret([...items], {
    title: 'Set Rollbar Token',
    placeholder: 'Which token? Choose one; it is asked for next.',
  });
  if (picked !== undefined) {
    await secrets.set(picked.item.secret, picked.typed);
  }
}

function tokenItem(secret: VendorSecret) {
  return { label: vendorSecrets[secret].name, secret };
}

/** A masked input that goes on after `begun`. */
async function inputSecret(kind: VendorSecret, title: string, begun: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title,
    password: true,
    ignoreFocusOut: true,
    value: begun,
    valueSelection: [begun.length, begun.length],
    prompt: 'Kept in the secret store of the editor, and checked first.',
    validateInput: (typed) => secretFormProblem(kind, typed),
  });
}

interface SecretChoice extends vscode.QuickPickItem {
  readonly entry: 'typed' | 'removed' | { readonly value: string };
}

function keyOf(kind: VendorSecret): string {
  return `sightline.${kind}`;
}

function endpointOf(kind: VendorSecret): string {
  const { setting, endpoint: usual } = vendorSecrets[kind];
  const endpoint = getSetting(setting) ?? usual;
  if (!URL.canParse(endpoint)) {
    throw new UserError(`The setting ${setting} is no address: "${endpoint}".`);
  }
  return endpoint;
}

/** The `.env` of each folder; in Restricted Mode none is read. */
async function envFiles(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
  const read = folders.map(async ({ uri, name }) => {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(uri, '.env'));
      return [{ name: `${name}/.env`, text: new TextDecoder().decode(bytes) }];
    } catch {
      // Most folders have none.
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

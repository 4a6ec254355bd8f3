import type { AwsKeys } from '../client/relayApi.ts';

/** Where the keys of AWS come from: what was handed over, or the SDK's own chain. */
export interface AwsKeySource {
  /** Rejects with `NoKeys`. */
  load(): Promise<AwsKeys>;
  /** AWS did not take them: the next `load` gets others where there are any. */
  forget(): void;
}

/** The message is a sentence that says what to do. */
export class NoKeys extends Error {
  override readonly name = 'NoKeys';
}

/** Keys are renewed so long before they end. */
const marginMillis = 120_000;

export function fixedKeys(keys: AwsKeys): AwsKeySource {
  return { load: () => Promise.resolve(keys), forget: () => undefined };
}

/**
 * The chain of the AWS SDK: environment, SSO, shared files, processes, containers, roles. Loaded when it is needed first, since many a hub never
 * needs it.
 */
export class KeyChain implements AwsKeySource {
  readonly #profile: string | undefined;
  #known: { readonly keys: AwsKeys; readonly until: number } | undefined;

  constructor(profile: string | undefined) {
    this.#profile = profile;
  }

  async load(): Promise<AwsKeys> {
    if (this.#known !== undefined && this.#known.until > Date.now()) {
      return this.#known.keys;
    }
    try {
      const { awsKeyChain } = await import('./awsKeyChain.ts');
      const profile = this.#profile === undefined ? {} : { profile: this.#profile };
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await awsKeyChain(profile)();
      const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
      this.#known = { keys, until: expiration === undefined ? Infinity : expiration.getTime() - marginMillis };
      return keys;
    } catch (error) {
      throw new NoKeys(noKeysSentence(error, this.#profile), { cause: error });
    }
  }

  forget(): void {
    this.#known = undefined;
  }
}

function noKeysSentence(error: unknown, profile: string | undefined): string {
  const said = error instanceof Error ? error.message : String(error);
  const named = profile === undefined ? '' : ` of the profile "${profile}"`;
  const login = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
  return /sso|token.*expired|expired.*token/i.test(said)
    ? `The AWS session${named} has ended: run \`${login}\`.`
    : `There are no AWS credentials${named}: ${said.split('\n', 1)[0]?.replace(/\.$/, '')}.`;
}

/** The region that a profile names in the shared files. */
export async function regionOfProfile(profile: string | undefined): Promise<string | undefined> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile } = await loadSharedConfigFiles();
  return configFile[profile ?? process.env['AWS_PROFILE'] ?? 'default']?.['region'];
}

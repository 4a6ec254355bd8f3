import { awsSecretKeyFileOf, rollbarTokenFileOf } from '@sightline/hub/client/dataDirectory';

/** What a hub asks for that was started with `--require-credentials`; nothing where it never was. */
export interface HubCredentials {
  /** The secret half of the key pair that signs calls of AWS's APIs. */
  readonly hubSecretKey?: string;
  /** For what reads and changes errors by Rollbar's API. */
  readonly hubReadToken?: string;
}

/** Reads what the hub of a data directory has made. */
export function hubCredentialsOf(dataDir: string, readText: (file: string) => string | undefined): HubCredentials {
  const [hubSecretKey, hubReadToken] = [awsSecretKeyFileOf(dataDir), rollbarTokenFileOf(dataDir)].map((file) => {
    const text = readText(file)?.trim();
    // A torn file is no key; the hub would make another one.
    return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  });
  return {
    ...(hubSecretKey !== undefined && { hubSecretKey }),
    ...(hubReadToken !== undefined && { hubReadToken }),
  };
}

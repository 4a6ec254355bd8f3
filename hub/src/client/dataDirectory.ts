import { homedir } from 'node:os';
import { join } from 'node:path';

/** What decides where the data directory is; the process's own surroundings in the product. */
export interface DataDirectorySurroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * Where a hub keeps its data when nobody names a directory: `$XDG_STATE_HOME` or `~/.local/state`, `/sightline`;
 * macOS `~/Library/Application Support/Sightline`; Windows `%LOCALAPPDATA%\Sightline`.
 */
export function defaultDataDirectory(
  { platform, env, home }: DataDirectorySurroundings = {
    platform: process.platform,
    env: process.env,
    home: homedir(),
  },
): string {
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Sightline');
  }
  if (platform === 'darwin') {
    return join(home, 'Library', 'Application Support', 'Sightline');
  }
  const state = env['XDG_STATE_HOME'];
  // The XDG base directory specification: a relative path is to be ignored.
  return join(state?.startsWith('/') ? state : join(home, '.local', 'state'), 'sightline');
}

/** The key that stands before the secret one in every signature; it says whose it is and opens nothing. */
export const hubAccessKeyId = 'sightline-hub';

/** The file with the secret key of the pair that signs reading and deleting calls of AWS's APIs where that is asked for, mode 0600. */
export function awsSecretKeyFileOf(dataDir: string): string {
  return join(dataDir, 'aws-secret-key');
}

/**
 * The same pair as AWS's tools read it (`AWS_SHARED_CREDENTIALS_FILE`), mode 0600: an X-Ray daemon in a container of its own has neither a shell nor a
 * script that could fetch the key from elsewhere.
 */
export function awsCredentialsFileOf(dataDir: string): string {
  return join(dataDir, 'aws-credentials');
}

/** The file with the token that reads and changes errors by Rollbar's API where that is asked for, mode 0600. */
export function rollbarTokenFileOf(dataDir: string): string {
  return join(dataDir, 'rollbar-read-token');
}

/** The file with the bearer token of `/sightline/v1/`, mode 0600. */
export function tokenFileOf(dataDir: string): string {
  return join(dataDir, 'token');
}

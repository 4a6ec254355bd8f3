import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  awsCredentialsFileOf,
  awsSecretKeyFileOf,
  hubAccessKeyId,
  rollbarTokenFileOf,
  tokenFileOf,
} from './client/dataDirectory.ts';
import { UserError } from './userError.ts';

/** Makes the data directory where it is missing, mode 0700, and proves that it can be written. Throws `UserError`. */
export function prepareDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if ((statSync(dataDir).mode & 0o077) !== 0) {
      // An older or hand-made directory that others could look into.
      chmodSync(dataDir, 0o700);
    }
    const probe = `${tokenFileOf(dataDir)}.probe-${process.pid}`;
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new UserError(`The data directory ${dataDir} cannot be used: ${reasonOf(error)}.`, { cause: error });
  }
}

/** The bearer token of `/sightline/v1/`: 32 random bytes in hex, made once per data directory, in a file of mode 0600. Throws `UserError`. */
export function loadToken(dataDir: string): string {
  return loadTokenFile(tokenFileOf(dataDir));
}

/** The read token of Rollbar's API, made and kept like the bearer token. Throws `UserError`. */
export function loadRollbarToken(dataDir: string): string {
  return loadTokenFile(rollbarTokenFileOf(dataDir));
}

/** The secret key that signs calls of AWS's APIs, made and kept like the bearer token, and beside it the pair as AWS's tools read it. Throws `UserError`. */
export function loadAwsSecretKey(dataDir: string): string {
  const secretKey = loadTokenFile(awsSecretKeyFileOf(dataDir));
  const file = awsCredentialsFileOf(dataDir);
  const lines = ['[default]', `aws_access_key_id = ${hubAccessKeyId}`, `aws_secret_access_key = ${secretKey}`];
  try {
    writePrivately(file, `${lines.join('\n')}\n`);
  } catch (error) {
    throw new UserError(`The credentials file ${file} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
  return secretKey;
}

function loadTokenFile(file: string): string {
  try {
    const token = readToken(file);
    return token ?? makeToken(file);
  } catch (error) {
    throw new UserError(`The token file ${file} cannot be used: ${reasonOf(error)}.`, { cause: error });
  }
}

function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, 'utf8').trim();
    chmodSync(file, 0o600);
    // A torn or emptied file is no token: an empty one would let everybody in.
    return /^[0-9a-f]{64}$/.test(token) ? token : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function makeToken(file: string): string {
  const token = randomBytes(32).toString('hex');
  writePrivately(file, `${token}\n`);
  return token;
}

function writePrivately(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
  // Renamed rather than written in place, so that a reader never sees half a token.
  renameSync(fresh, file);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file, not a directory',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
};

/** A file system error in a few words for a sentence. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons[code ?? ''] ?? code ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

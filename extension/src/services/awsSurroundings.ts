import { join } from 'node:path';

/** What decides where the AWS SDKs find a region and credentials. */
export interface AwsInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** `undefined` where the file cannot be read. */
  readonly readText: (file: string) => string | undefined;
}

export interface AwsSurroundings {
  /** Where the chain names one. */
  readonly region?: string;
  readonly hasCredentials: boolean;
}

/**
 * Asks what the SDKs' own chain asks, without the calls: environment, profile files, container, and whether this is an EC2 machine, whose metadata service
 * would answer.
 */
export function awsSurroundingsOf(input: AwsInput): AwsSurroundings {
  const profile = readProfile(input);
  const { env } = input;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? profile['region'] ?? '';
  return {
    ...(region !== '' && { region }),
    hasCredentials:
      credentialVariables.some((name) => Boolean(env[name])) ||
      credentialKeys.some((key) => profile[key] !== undefined) ||
      isEc2(input),
  };
}

const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

const credentialKeys = [
  'aws_access_key_id',
  'role_arn',
  'credential_process',
  'sso_session',
  'sso_start_url',
  'login_session',
  'web_identity_token_file',
];

/** The active profile's keys out of both files; the config file spells the section of a named one `[profile NAME]`. */
function readProfile({ env, home, readText }: AwsInput): Record<string, string> {
  const name = env['AWS_PROFILE'] ?? env['AWS_DEFAULT_PROFILE'] ?? 'default';
  const credentials = readText(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'));
  const config = readText(env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'));
  return { ...sectionOf(config ?? '', [name, `profile ${name}`]), ...sectionOf(credentials ?? '', [name]) };
}

function sectionOf(text: string, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      isInside = names.includes(header.replace(/\s+/, ' '));
      continue;
    }
    const [, key, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInside && key !== undefined && value !== undefined && value !== '') {
      found[key] = value;
    }
  }
  return found;
}

function isEc2({ env, readText }: AwsInput): boolean {
  if (env['AWS_EC2_METADATA_DISABLED'] === 'true') {
    return false;
  }
  const vendor = readText('/sys/devices/virtual/dmi/id/board_vendor');
  return vendor?.trim() === 'Amazon EC2';
}

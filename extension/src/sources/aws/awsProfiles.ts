import { join } from 'node:path';
import type { AwsInput } from '../../services/awsSurroundings.ts';

/** How a profile gets its credentials, as far as it tells what renews them. */
export type ProfileKind = 'sso' | 'login' | 'role' | 'process' | 'keys' | 'other';

export interface AwsProfile {
  readonly name: string;
  readonly kind: ProfileKind;
  readonly region?: string;
}

/** The profiles of the shared config and credentials files, `default` first, then by name. */
export function listAwsProfiles({ env, home, readText }: AwsInput): readonly AwsProfile[] {
  const sections = new Map<string, Map<string, string>>();
  const config = readText(env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config')) ?? '';
  const credentials = readText(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials')) ?? '';
  // The config file spells a named profile `[profile NAME]`; its other sections, such as `[sso-session NAME]`, are no profiles.
  readSections(config, (header) => (header === 'default' ? header : /^profile\s+(.+)$/.exec(header)?.[1]), sections);
  readSections(credentials, (header) => header, sections);
  return [...sections]
    .map(([name, values]) => toProfile(name, values))
    .toSorted((a, b) => Number(b.name === 'default') - Number(a.name === 'default') || (a.name < b.name ? -1 : 1));
}

function toProfile(name: string, values: ReadonlyMap<string, string>): AwsProfile {
  const region = values.get('region');
  return { name, kind: kindOf(values), ...(region !== undefined && { region }) };
}

function kindOf(values: ReadonlyMap<string, string>): ProfileKind {
  if (values.has('role_arn')) {
    return 'role';
  }
  if (values.has('sso_session') || values.has('sso_start_url')) {
    return 'sso';
  }
  if (values.has('login_session')) {
    return 'login';
  }
  if (values.has('credential_process')) {
    return 'process';
  }
  return values.has('aws_access_key_id') ? 'keys' : 'other';
}

function readSections(
  text: string,
  profileOf: (header: string) => string | undefined,
  sections: Map<string, Map<string, string>>,
): void {
  let section: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      const name = profileOf(header)?.replaceAll(/^["']|["']$/g, '');
      section = name === undefined ? undefined : (sections.get(name) ?? new Map());
      if (name !== undefined && section !== undefined) {
        sections.set(name, section);
      }
      continue;
    }
    const [, key, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined && value !== '') {
      section?.set(key, value);
    }
  }
}

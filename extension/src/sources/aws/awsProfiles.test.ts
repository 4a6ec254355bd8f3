import { expect, test } from 'vitest';
import { listAwsProfiles } from './awsProfiles.ts';

function check(config: string, credentials: string, expected: readonly string[]): void {
  const files: Record<string, string> = { '/h/.aws/config': config, '/h/.aws/credentials': credentials };
  const env = { AWS_CONFIG_FILE: '/h/.aws/config', AWS_SHARED_CREDENTIALS_FILE: '/h/.aws/credentials' };
  const profiles = listAwsProfiles({ env, home: '/h', readText: (file) => files[file] });
  expect(profiles.map(({ name, kind, region }) => [name, kind, region ?? 'no region'].join(' '))).toEqual(expected);
}

test('profiles of both files are one list, the default one first, with what renews them', () => {
  check(
    `[profile work]
sso_session = corp
region=eu-west-1
[sso-session corp]
sso_start_url = https://x
[default]
login_session = arn:aws:iam::1:user/a
[profile "two words"]
role_arn = arn:aws:iam::1:role/r
source_profile = work
[profile script]
credential_process = /bin/creds
s3 =
  region = nowhere`,
    `[old]
aws_access_key_id = AKIA
aws_secret_access_key = x
[work]
aws_access_key_id = AKIA`,
    [
      'default login no region',
      'old keys no region',
      'script process no region',
      'two words role no region',
      'work sso eu-west-1',
    ],
  );
});

test('without files there are none', () => check('', '', []));

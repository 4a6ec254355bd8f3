import { expect, test } from 'vitest';
import { awsSurroundingsOf } from './awsSurroundings.ts';

/** What the chain would find, with these variables and files, as `region credentials`. */
function check(env: Record<string, string>, files: Record<string, string>, expected: string): void {
  const { region, hasCredentials } = awsSurroundingsOf({ env, home: '/home/me', readText: (file) => files[file] });
  const found = [region === undefined ? '' : 'region', hasCredentials ? 'credentials' : ''].filter(
    (word) => word !== '',
  );
  expect(found.join(' ')).toBe(expected);
}

const credentials = '/home/me/.aws/credentials';
const config = '/home/me/.aws/config';

test('a bare machine has neither', () => {
  check({}, {}, '');
});

test('variables name either', () => {
  check({ AWS_REGION: 'eu-north-1' }, {}, 'region');
  check({ AWS_DEFAULT_REGION: 'eu-north-1', AWS_ACCESS_KEY_ID: 'A' }, {}, 'region credentials');
  check({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/' }, {}, 'credentials');
});

test('the default profile is read from both files', () => {
  check(
    {},
    { [credentials]: '[default]\naws_access_key_id = A\n', [config]: '[default]\nregion=eu-west-1\n' },
    'region credentials',
  );
  check({}, { [config]: '[other]\nregion=eu-west-1\n[profile default]\nsso_session = me\n' }, 'credentials');
});

test('a profile that is named by a variable is read instead of the default', () => {
  check({ AWS_PROFILE: 'work' }, { [config]: '[default]\nregion = a\n[profile work]\noutput = json\n' }, 'credentials');
  check({ AWS_PROFILE: 'work' }, { [config]: '[profile work]\r\nregion = eu-west-1\r\n' }, 'region credentials');
});

test('an empty value and a nested one are none', () => {
  check({}, { [config]: '[default]\nregion =\ns3 =\n  region = x\n' }, '');
});

test('files may be elsewhere', () => {
  check({ AWS_CONFIG_FILE: '/c' }, { '/c': '[default]\nregion = x\n' }, 'region');
});

test('an EC2 machine has credentials from its metadata service, unless that is switched off', () => {
  const vendor = { '/sys/devices/virtual/dmi/id/board_vendor': 'Amazon EC2\n' };
  check({}, vendor, 'credentials');
  check({ AWS_EC2_METADATA_DISABLED: 'true' }, vendor, '');
});

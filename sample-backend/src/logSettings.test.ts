import { expect, test } from 'vitest';
import { readLogSettings } from './logSettings.ts';

const now = new Date('2026-11-23T02:50:00Z');

/** Reads the settings of the service `backend` and gives what they say about CloudWatch Logs as one line. */
function check(env: Record<string, string>): string {
  const { cloudWatch } = readLogSettings(env, 'backend', now);
  if (cloudWatch === undefined) {
    return 'off';
  }
  const { endpoint = 'AWS', region = 'configured', credentials, group, stream, retentionDays } = cloudWatch;
  const asWhom = credentials ? 'made-up credentials' : 'found credentials';
  return `${endpoint} (${region}, ${asWhom}): ${group} ${stream}, ${retentionDays} days`;
}

const endpoint = { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:4319' };

test('nothing leaves the machine unasked', () => {
  expect(check({ AWS_REGION: 'eu-north-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })).toBe('off');
});

test('an endpoint is enough, without region and credentials', () => {
  expect(check(endpoint)).toBe(
    'http://127.0.0.1:4319 (us-east-1, made-up credentials): cruddur backend/2026-11-23, 1 days',
  );
});

test('the region and the credentials of the environment go before made-up ones', () => {
  expect(check({ ...endpoint, AWS_REGION: 'eu-north-1', AWS_ACCESS_KEY_ID: 'a' })).toMatch(
    '(eu-north-1, found credentials)',
  );
  expect(check({ ...endpoint, AWS_DEFAULT_REGION: 'eu-north-1', AWS_PROFILE: 'me' })).toMatch(
    '(eu-north-1, found credentials)',
  );
});

test('the real AWS takes a switch, or an address of AWS, and never gets made-up credentials', () => {
  expect(check({ LOG_TO_AWS: '1' })).toBe('AWS (configured, found credentials): cruddur backend/2026-11-23, 1 days');
  expect(check({ AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'https://vpce-1.logs.eu-north-1.vpce.amazonaws.com' })).toMatch(
    '.vpce.amazonaws.com (configured, found credentials)',
  );
});

test('an endpoint goes before the switch', () => {
  expect(check({ ...endpoint, LOG_TO_AWS: '1' })).toMatch('http://127.0.0.1:4319 ');
});

test('group and retention can be chosen', () => {
  expect(check({ ...endpoint, LOG_GROUP: '/app/cruddur', LOG_RETENTION_DAYS: '0' })).toMatch(
    '/app/cruddur backend/2026-11-23, 0 days',
  );
});

test('a service name that no stream may have is made one', () => {
  expect(readLogSettings(endpoint, 'a:b*c', now).cloudWatch?.stream).toBe('a-b-c/2026-11-23');
});

test('the switches for request lines', () => {
  expect(readLogSettings({ LOG_ONLY_FAILURES: '1', LOG_HEALTH_CHECKS: '1' }, 'backend', now)).toEqual({
    onlyFailures: true,
    healthChecks: true,
  });
});

test.each([
  [{ LOG_GROUP: 'my group' }, 'LOG_GROUP must be 1 to 512 letters, digits or any of - _ . / #, not "my group".'],
  [
    { LOG_RETENTION_DAYS: 'a week' },
    'LOG_RETENTION_DAYS must be a number of days, or 0 to leave it as it is, not "a week".',
  ],
  [
    { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: '127.0.0.1:4319' },
    'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS must be an address such as http://127.0.0.1:4319, not "127.0.0.1:4319".',
  ],
])('%j is refused in words', (env, sentence) => {
  expect(() => check({ ...endpoint, ...env })).toThrow(sentence);
});

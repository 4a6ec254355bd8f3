import { expect, test } from 'vitest';
import { withEnvironment, type LaunchConfiguration } from './launchConfiguration.ts';

const variables = { OTEL_SERVICE_NAME: 'backend', AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000' };

function check(configuration: LaunchConfiguration, expected: object, envFile?: string): void {
  const once = withEnvironment(configuration, variables, envFile);
  expect(once).toEqual({ ...configuration, ...expected });
  expect(withEnvironment(once, variables, envFile)).toEqual(once);
}

test('every debugger that takes an env gets the variables', () => {
  check({ type: 'node', request: 'launch' }, { env: variables });
  check({ type: 'debugpy', request: 'launch', program: 'a.py' }, { env: variables });
});

test('what the configuration sets itself stays', () => {
  check(
    { type: 'go', request: 'launch', env: { OTEL_SERVICE_NAME: 'mine', A: '1' } },
    {
      env: { ...variables, OTEL_SERVICE_NAME: 'mine', A: '1' },
    },
  );
});

test('what its envFile sets stays', () => {
  check(
    { type: 'node', request: 'launch' },
    { env: { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000' } },
    '# mine\nexport OTEL_SERVICE_NAME=mine\n',
  );
});

test('debuggers with a list get a list', () => {
  check(
    { type: 'cppdbg', request: 'launch', environment: [{ name: 'OTEL_SERVICE_NAME', value: 'mine' }] },
    {
      environment: [
        { name: 'OTEL_SERVICE_NAME', value: 'mine' },
        { name: 'AWS_XRAY_DAEMON_ADDRESS', value: '127.0.0.1:2000' },
      ],
    },
  );
});

test('an attach, and a debugger that is not known to take variables, is left alone', () => {
  check({ type: 'node', request: 'attach' }, {});
  check({ type: 'chrome', request: 'launch' }, {});
});

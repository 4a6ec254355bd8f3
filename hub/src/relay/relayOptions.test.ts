import { expect, test } from 'vitest';
import { parseRelayChoice, settingsOf, withoutRedirection } from './relayOptions.ts';

function check(choice: string, env: Record<string, string>, expected: object | undefined): void {
  expect(settingsOf(parseRelayChoice(choice), env)).toEqual(expected);
}

test('headers of OTLP are spelled as OpenTelemetry spells them', () => {
  check(
    'otlp=https://api.honeycomb.io',
    { SIGHTLINE_RELAY_OTLP_HEADERS: 'X-Honeycomb-Team=a%2Cb==, x=1,bad' },
    {
      enabled: true,
      endpoint: 'https://api.honeycomb.io',
      headers: { 'x-honeycomb-team': 'a,b==', x: '1' },
    },
  );
});

test("endpoints are those of the relay's own variables, never those of AWS", () => {
  const env = { AWS_ENDPOINT_URL: 'http://hub', SIGHTLINE_RELAY_LOGS_ENDPOINT: 'http://cloud' };
  check('logs', env, { enabled: true, endpoint: 'http://cloud' });
  check('xray', env, { enabled: true });
});

test('without its token Rollbar waits', () => {
  check('rollbar', {}, undefined);
  check('rollbar', { SIGHTLINE_RELAY_ROLLBAR_TOKEN: 'token' }, { enabled: true, token: 'token' });
});

test('the thread sees neither the endpoints nor the made-up keys of a terminal that is pointed at the hub', () => {
  const redirected = { AWS_ENDPOINT_URL_STS: 'http://hub', AWS_SECRET_ACCESS_KEY: 'x', AWS_PROFILE: 'work' };
  const ignore = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  expect(withoutRedirection({ ...redirected, AWS_ACCESS_KEY_ID: 'sightline-local' })).toEqual({
    AWS_PROFILE: 'work',
    ...ignore,
  });
  expect(withoutRedirection({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x' })).toEqual({
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'x',
    ...ignore,
  });
});

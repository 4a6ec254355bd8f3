import { expect, test } from 'vitest';
import { readSettings, type Settings } from './settings.ts';

const now = new Date('2026-11-23T02:50:00Z');

function check(env: Record<string, string>, expected: Partial<Settings>): void {
  expect(readSettings(env, now)).toMatchObject(expected);
}

test('everything has a default', () => {
  const { dataDir, ...settings } = readSettings({}, now);
  expect(dataDir.replaceAll('\\', '/')).toMatch(/\/\.cache\/postgres$/);
  expect(settings).toEqual({
    host: '127.0.0.1',
    port: 4567,
    pagePort: 3000,
    allowedOrigins: [],
    serviceName: 'backend',
    otlpTracesUrl: 'http://127.0.0.1:4318/v1/traces',
    otlpHeaders: {},
    log: { onlyFailures: false, healthChecks: false },
  });
});

test('an empty variable is as good as none', () => {
  check({ PORT: '', DATABASE_URL: ' ', OTEL_SERVICE_NAME: '' }, { port: 4567, serviceName: 'backend' });
  expect(readSettings({ DATABASE_URL: ' ' }, now)).not.toHaveProperty('databaseUrl');
});

test('both protocols have one name, whichever of the two variables gives it', () => {
  check({ AWS_XRAY_TRACING_NAME: 'backend-flask' }, { serviceName: 'backend-flask' });
  check({ OTEL_SERVICE_NAME: 'orders' }, { serviceName: 'orders' });
});

test('the collector of the traces goes before the general one', () => {
  check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://hub:1/' }, { otlpTracesUrl: 'http://hub:1/v1/traces' });
  check(
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://hub:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other:2/traces' },
    { otlpTracesUrl: 'http://other:2/traces' },
  );
});

test('headers are decoded, and a value may hold an equals sign', () => {
  check(
    { OTEL_EXPORTER_OTLP_HEADERS: 'x-honeycomb-team=a%20b==, broken,x=100%' },
    { otlpHeaders: { 'x-honeycomb-team': 'a b==', x: '100%' } },
  );
});

test('segments are named by Host only when that is switched on', () => {
  expect(readSettings({ AWS_XRAY_URL: '*4567*' }, now)).not.toHaveProperty('xrayHostPattern');
  check({ AWS_XRAY_URL: '*4567*', AWS_XRAY_DYNAMIC_NAMING: '1' }, { xrayHostPattern: '*4567*' });
});

test('Rollbar needs a token', () => {
  expect(readSettings({ ROLLBAR_ENDPOINT: 'http://hub:1/api/1/item/' }, now)).not.toHaveProperty('rollbar');
  check({ ROLLBAR_ACCESS_TOKEN: 't' }, { rollbar: { accessToken: 't' } });
});

test.each(['70000', '-1', '1.5', 'http'])('a port of %s is refused in words', (port) => {
  expect(() => readSettings({ PAGE_PORT: port }, now)).toThrow(
    `PAGE_PORT must be a port between 0 and 65535, not "${port}".`,
  );
});

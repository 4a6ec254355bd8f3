import { expect, test } from 'vitest';
import { environmentOf, exportLines, servedInterfaces, staleNames, type EnvironmentInput } from './environment.ts';

const input: EnvironmentInput = {
  endpoints: {
    xrayUdp: '127.0.0.1:2000',
    xrayTcp: 'http://127.0.0.1:2000',
    otlpHttp: 'http://127.0.0.1:4318',
    api: 'http://127.0.0.1:4319',
  },
  served: servedInterfaces,
  serviceName: 'backend',
  hasAwsCredentials: true,
  forwarder: { kind: 'none' },
};

/** One line a variable: who gets it, its name and value, a star behind a secret. */
function textOf(changes: Partial<EnvironmentInput>): string {
  const lines = environmentOf({ ...input, ...changes }).map(
    ({ name, value, recipient, isSecret }) => `${recipient}  ${name}=${value}${isSecret ? ' *' : ''}`,
  );
  return lines.join('\n');
}

test('everyone is pointed at what the hub answers; names and addresses of its own go to the backend only', () => {
  expect(
    textOf({
      backendUrl: 'http://127.0.0.1:4567',
      frontendUrl: 'http://127.0.0.1:3000',
      databaseUrl: 'postgres://postgres@127.0.0.1:5432/postgres',
    }),
  ).toMatchInlineSnapshot(`
    "everyone  AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000
    everyone  AWS_XRAY_CONTEXT_MISSING=LOG_ERROR
    everyone  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
    everyone  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    everyone  OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=sightline-local *
    everyone  OTEL_BSP_SCHEDULE_DELAY=200
    everyone  OTEL_BLRP_SCHEDULE_DELAY=200
    everyone  HONEYCOMB_API_KEY=sightline-local *
    everyone  ROLLBAR_ACCESS_TOKEN=sightline-local *
    everyone  ROLLBAR_ENDPOINT=http://127.0.0.1:4319/api/1/item/
    everyone  AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:4319
    everyone  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http://127.0.0.1:4319
    everyone  AWS_DISABLE_HOST_PREFIX_INJECTION=true
    backend  OTEL_SERVICE_NAME=backend
    backend  AWS_XRAY_TRACING_NAME=backend
    backend  HONEYCOMB_SERVICE_NAME=backend
    backend  BACKEND_URL=http://127.0.0.1:4567
    backend  AWS_XRAY_URL=*127.0.0.1:4567*
    backend  FRONTEND_URL=http://127.0.0.1:3000
    backend  DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres"
  `);
});

test('an interface that the hub serves is pointed at it, with made-up credentials where the chain finds none', () => {
  expect(
    textOf({
      served: new Set(['xrayApi', 'logsApi', 'rollbar', 'honeycomb']),
      hasAwsCredentials: false,
      region: 'eu-north-1',
    }),
  ).toMatchInlineSnapshot(`
    "everyone  HONEYCOMB_API_KEY=sightline-local *
    everyone  ROLLBAR_ACCESS_TOKEN=sightline-local *
    everyone  ROLLBAR_ENDPOINT=http://127.0.0.1:4319/api/1/item/
    everyone  AWS_REGION=eu-north-1
    everyone  AWS_DEFAULT_REGION=eu-north-1
    everyone  AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:4319
    everyone  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http://127.0.0.1:4319
    everyone  AWS_DISABLE_HOST_PREFIX_INJECTION=true
    everyone  AWS_ACCESS_KEY_ID=sightline-local *
    everyone  AWS_SECRET_ACCESS_KEY=sightline-local *
    backend  OTEL_SERVICE_NAME=backend
    backend  AWS_XRAY_TRACING_NAME=backend
    backend  HONEYCOMB_SERVICE_NAME=backend"
  `);
});

test('real credentials are left alone', () => {
  expect(textOf({ served: new Set(['xrayApi']) })).not.toContain('AWS_ACCESS_KEY_ID');
});

test('a receiver that is switched off is pointed at by nothing', () => {
  expect(textOf({ endpoints: { api: 'http://127.0.0.1:4319' } })).not.toMatch(/OTLP|DAEMON/);
});

test('two ports of the X-Ray daemon are named one by one, without a scheme', () => {
  expect(textOf({ endpoints: { ...input.endpoints, xrayTcp: 'http://127.0.0.1:2001' } })).toContain(
    'AWS_XRAY_DAEMON_ADDRESS=tcp:127.0.0.1:2001 udp:127.0.0.1:2000',
  );
});

test('a connection string with a password is a secret', () => {
  expect(textOf({ databaseUrl: 'postgres://me:secret@db/app' })).toContain(
    'DATABASE_URL=postgres://me:secret@db/app *',
  );
});

test('a shell reads back what was exported', () => {
  const variable = { name: 'A', value: `it's "$HOME"`, recipient: 'everyone', origin: 'hub', isSecret: false } as const;
  expect(exportLines([variable])).toBe(`export A='it'\\''s "$HOME"'\n`);
});

test('an environment is stale where a value has changed or come, and not where one has gone', () => {
  expect(staleNames({ a: '1', b: '2', c: '3' }, { a: '1', b: '9', d: '4' })).toEqual(['b', 'd']);
});

test('segments go to the daemon in front of the hub, where there is one', () => {
  const { xrayUdp: _udp, xrayTcp: _tcp, ...endpoints } = input.endpoints;
  const [variable] = environmentOf({ ...input, endpoints, daemonAddress: '127.0.0.1:12000' });
  expect(variable).toEqual({
    name: 'AWS_XRAY_DAEMON_ADDRESS',
    value: '127.0.0.1:12000',
    recipient: 'everyone',
    origin: 'X-Ray daemon',
    isSecret: false,
  });
  expect(environmentOf({ ...input, endpoints }).map(({ name }) => name)).not.toContain('AWS_XRAY_DAEMON_ADDRESS');
});

/** The lines of AWS's key pair. */
function keyPairOf(changes: Partial<EnvironmentInput>): string[] {
  return textOf(changes)
    .split('\n')
    .filter((line) => /AWS_\w*KEY/.test(line));
}

test('a hub that made a key pair of its own is called with that, where the chain finds none', () => {
  expect(keyPairOf({ hubSecretKey: 'abc', hasAwsCredentials: false })).toEqual([
    'everyone  AWS_ACCESS_KEY_ID=sightline-hub *',
    'everyone  AWS_SECRET_ACCESS_KEY=abc *',
  ]);
  expect(keyPairOf({ hubSecretKey: 'abc', hasAwsCredentials: true })).toEqual([]);
});

test('where ports are forwarded the backend is told the addresses that a browser has, and a person where they come from', () => {
  const variables = environmentOf({
    ...input,
    backendUrl: 'http://127.0.0.1:4567',
    forwarder: { kind: 'codespaces', name: 'octo', domain: 'app.github.dev' },
  });
  expect(variables.find(({ name }) => name === 'BACKEND_URL')).toMatchObject({
    value: 'https://octo-4567.app.github.dev',
    recipient: 'backend',
    origin: 'forwarded by GitHub Codespaces',
  });
});

function names(givenNames: Record<string, string>): string[] {
  return environmentOf({ ...input, givenNames })
    .filter(({ name }) => name.endsWith('_NAME'))
    .map(({ name, value }) => `${name}=${value}`);
}

test('a name that a person set in the environment of the start wins over the setting, for all three', () => {
  expect(names({ AWS_XRAY_TRACING_NAME: 'backend-flask', OTEL_SERVICE_NAME: ' ' })).toEqual([
    'OTEL_SERVICE_NAME=backend-flask',
    'AWS_XRAY_TRACING_NAME=backend-flask',
    'HONEYCOMB_SERVICE_NAME=backend-flask',
  ]);
  expect(names({ AWS_XRAY_TRACING_NAME: 'flask', OTEL_SERVICE_NAME: 'otel' })).toEqual([
    'OTEL_SERVICE_NAME=otel',
    'AWS_XRAY_TRACING_NAME=flask',
    'HONEYCOMB_SERVICE_NAME=otel',
  ]);
});

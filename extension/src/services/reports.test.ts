import { expect, test } from 'vitest';
import { renderEnvironment, renderProblems } from './reports.ts';

test('a problem says when, where and what, with what came', () => {
  const time = String(BigInt(new Date(2026, 10, 23, 9, 5, 6).getTime()) * 1_000_000n);
  expect(
    renderProblems([{ id: 1, time, receiver: 'xrayUdp', place: 'header', message: 'No newline.', sample: 'abc\ndef' }]),
  ).toMatchInlineSnapshot(`
    "What was received and could not be read, or only in part. The hub keeps going; what was good is among the traces.

    2026-11-23 09:05:06  xrayUdp  header
        No newline.
        | abc
        | def
    "
  `);
});

test('without problems there is a sentence', () => {
  expect(renderProblems([])).toBe('Everything that was received could be read.\n');
});

test('the environment names values, origins and what is replaced, and no secret', () => {
  const variables = [
    {
      name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      value: 'http://127.0.0.1:4318',
      recipient: 'everyone',
      origin: 'hub',
      isSecret: false,
    },
    { name: 'HONEYCOMB_API_KEY', value: 'sightline-local', recipient: 'everyone', origin: 'hub', isSecret: true },
    { name: 'OTEL_SERVICE_NAME', value: 'backend', recipient: 'backend', origin: 'setting', isSecret: false },
  ] as const;
  const ambient = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://api.honeycomb.io', HONEYCOMB_API_KEY: 'real' };
  expect(renderEnvironment(variables, 'launches only', ambient)).toMatchInlineSnapshot(`
    "# Given to launches only (setting sightline.environment), and to the backend that Sightline starts
    # from: hub; replaces another value of the editor's own environment
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
    # from: hub; replaces another value of the editor's own environment
    HONEYCOMB_API_KEY=••••••••

    # Given to the backend that Sightline starts, and to nothing else
    # from: setting
    OTEL_SERVICE_NAME=backend

    # A terminal that was opened earlier keeps what it had; the editor marks it and offers to relaunch it.

    # Where AWS_ENDPOINT_URL_CLOUDWATCH_LOGS and AWS_ENDPOINT_URL_XRAY are set, the command line of AWS talks to the hub for these two services, and to AWS for every other.
    "
  `);
});

import { expect, test } from 'vitest';
import { startHubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';
import { keyKindOf } from './keyKind.ts';

/** `GET /1/auth` with a key: the status and what the answer says of the key, or its sentence. */
async function check(key: string | undefined, expected: string | RegExp): Promise<void> {
  const { endpoints } = await startHubUnderTest();
  const headers = key === undefined ? {} : { 'x-honeycomb-team': key };
  const { status, body } = await send(`${endpoints.api}/1/auth`, { headers });
  const { type, team, environment, error } = JSON.parse(body) as {
    type?: string;
    team?: { slug: string };
    environment?: { slug: string };
    error?: string;
  };
  expect(`${status} ${error ?? `${type} of ${team?.slug}/${environment?.slug}`}`).toMatch(expected);
}

const secret = '0123456789'.repeat(6).slice(0, 58);

test('a key of each shape is of the team and environment `local`', async () => {
  await check(`hcaik_${secret}`, '200 ingest of local/local');
  await check(`hcalk_${secret}`, '200 configuration of local/local');
  await check('abcdefghijABCDEFGHIJ12', '200 configuration of local/local');
});

test('a classic key knows no environment', async () => {
  await check('0123456789abcdef'.repeat(2), '200 configuration of local/');
  expect(keyKindOf(`hcaic_${secret}`)).toBe('classic');
});

test('what stands for a key in a Sightline environment passes', async () => {
  await check('sightline-local', '200 ingest of local/local');
});

test('no key, a malformed one and one that sends nothing are refused with a sentence', async () => {
  await check(undefined, /^401 missing 'x-honeycomb-team' header$/);
  await check('', /^401 missing/);
  await check('secret', /^401 unknown API key: a key is/);
  await check(`hcaik_${secret}0`, /^401 unknown API key/);
  await check(`hcamk_${secret}`, /^401 This is a management key/);
});

test.each(['POST /1/events/backend', 'POST /1/batch/backend'])(
  '%s is told that OTLP is what the hub takes',
  async (call) => {
    const { endpoints, token } = await startHubUnderTest();
    const [method = '', path = ''] = call.split(' ');
    const { status, body } = await send(`${endpoints.api}${path}`, { method, body: '{"a":1}' });
    expect(`${status} ${body}`).toBe(
      `404 {"error":"Sightline's local hub does not take Honeycomb's events: send OpenTelemetry (OTLP) to OTEL_EXPORTER_OTLP_ENDPOINT instead."}`,
    );
    const headers = { authorization: `Bearer ${token}` };
    const stats = await send(`${endpoints.api}/sightline/v1/stats`, { headers });
    expect(JSON.parse(stats.body)).toMatchObject({ unservedCalls: 1 });
  },
);

test('a web page is not told whether a key is good', async () => {
  const { endpoints } = await startHubUnderTest();
  const headers = { 'x-honeycomb-team': 'sightline-local', origin: 'http://evil.example' };
  expect((await send(`${endpoints.api}/1/auth`, { headers })).status).toBe(403);
});

import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderErrorItems } from '../../test/renderErrorItem.ts';
import { renderLogs, renderSpans } from '../../test/renderSpan.ts';
import { epochNanos } from '../model/units.ts';
import { decodeOtlpLogs } from './otlpLogs.ts';
import { decodeOtlpTraces } from './otlpTraces.ts';
import { decodeRollbarItem } from './rollbarItem.ts';
import { decodeXRayDatagram } from './xrayDatagram.ts';
import { decodeXRaySegment } from './xraySegment.ts';

const fixtures = new URL('../../test/fixtures/', import.meta.url);

async function check(name: string): Promise<void> {
  const body = readFileSync(new URL(name, fixtures));
  await expect(`${render(name, body)}\n`).toMatchFileSnapshot(`../../test/fixtures/${name}.golden`);
}

function render(name: string, body: Buffer): string {
  if (name.endsWith('.txt')) {
    return renderSpans(decodeXRaySegment(decodeXRayDatagram(body).document ?? ''));
  }
  if (name.includes('rollbar')) {
    return renderErrorItems(decodeRollbarItem(body.toString(), { time: epochNanos(0n), uuid: 'none sent' }));
  }
  const encoding = name.endsWith('.json') ? 'json' : 'protobuf';
  return name.includes('logs')
    ? renderLogs(decodeOtlpLogs(body, encoding))
    : renderSpans(decodeOtlpTraces(body, encoding));
}

const captured = readdirSync(fixtures).filter((name) => !name.endsWith('.golden'));

test.each(captured)('%s, as its SDK sent it, decodes whole', async (name) => {
  await check(name);
});

import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderLogs, renderSpans } from '../../test/renderSpan.ts';
import { decodeOtlpLogs } from './otlpLogs.ts';
import { decodeOtlpTraces } from './otlpTraces.ts';
import { decodeXRayDatagram } from './xrayDatagram.ts';
import { decodeXRaySegment } from './xraySegment.ts';

const fixtures = new URL('../../test/fixtures/', import.meta.url);

async function check(name: string): Promise<void> {
  const body = readFileSync(new URL(name, fixtures));
  await expect(`${render(name, body)}\n`).toMatchFileSnapshot(`../../test/fixtures/${name}.golden`);
}

function render(name: string, body: Uint8Array): string {
  if (name.endsWith('.txt')) {
    return renderSpans(decodeXRaySegment(decodeXRayDatagram(body).document ?? ''));
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

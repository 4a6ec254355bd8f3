import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hubAccessKeyId } from '../client/dataDirectory.ts';

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;
/** AWS: a signature is good for five minutes. */
const lifeMillis = 5 * 60_000;

/** The parts of a request that its signature covers; every call of the JSON protocols is a POST without a query. */
export interface SignedRequest {
  /** `/` where the call is named by `X-Amz-Target`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Whether a request was signed with the hub's own key pair (Signature Version 4, AWS IAM user guide, "Create a signed AWS API
 * request"), not long ago, and is as it was signed.
 */
export function isSigned({ path, headers, body }: SignedRequest, secretKey: string, now: number): boolean {
  const [, keyId, day = '', region = '', service = '', signedHeaders = '', signature = ''] =
    authorizationForm.exec(headers.authorization ?? '') ?? [];
  const time = headers['x-amz-date'];
  if (keyId !== hubAccessKeyId || typeof time !== 'string' || !time.startsWith(day) || !isRecent(time, now)) {
    return false;
  }
  const names = signedHeaders.split(';');
  const needed = ['host', 'x-amz-date', ...(path === '/' ? ['x-amz-target'] : [])];
  if (!needed.every((name) => names.includes(name))) {
    return false;
  }
  const canonical = [
    'POST',
    path,
    '',
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replaceAll(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, digest].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isRecent(time: string, now: number): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)?.map(Number) ?? [];
  const signedAt = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return Math.abs(now - signedAt) <= lifeMillis;
}

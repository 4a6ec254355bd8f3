import { createHash, timingSafeEqual } from 'node:crypto';

/** Makes the check of an `Authorization` header against the hub's token; it takes the same time for every wrong one. */
export function bearerCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    // Digests rather than the texts: they have one length, which the comparison demands.
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

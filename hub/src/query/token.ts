import { createHash, timingSafeEqual } from 'node:crypto';

/** Makes the check of an `Authorization` header against the hub's token; it takes the same time for every wrong one. */
export function bearerCheck(token: string): (authorization: string | undefined) => boolean {
  const isToken = tokenCheck(token);
  return (authorization) => isToken(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]);
}

/** Makes the check of a token on its own; it takes the same time for every wrong one. */
export function tokenCheck(token: string): (given: string | undefined) => boolean {
  const expected = digest(token);
  // Digests rather than the texts: they have one length, which the comparison demands.
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

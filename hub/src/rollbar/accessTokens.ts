/** Shorter ones are placeholders, and a short text may stand anywhere. Rollbar's have 32 digits or more. */
const leastLength = 16;
/** In JSON, in the form, and in JSON within the form. */
const spelled =
  /"access_token"\s*:\s*"([^"\\]{16,200})"|(?:^|&)access_token=([^&]{16,200})|%22access_token%22(?:%3A|:)(?:%20|\+)*%22([^%&]{16,200})%22/gi;

/**
 * The body of an item without the access tokens in it, stars in their place: SDKs send the token along, and the store is no place for
 * a secret. `header` is the token that came beside the body.
 */
export function withoutAccessTokens(body: string, header: string | undefined): string {
  const tokens = new Set(header === undefined || header.length < leastLength ? [] : [header]);
  for (const [, json, form, jsonInForm] of body.matchAll(spelled)) {
    tokens.add(json ?? form ?? jsonInForm ?? '');
  }
  return [...tokens].reduce((text, token) => text.replaceAll(token, '*'.repeat(token.length)), body);
}

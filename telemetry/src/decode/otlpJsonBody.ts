import { noteMalformed, type OtlpOutcome } from './decodedOtlp.ts';
import { parseFields, parseJson, type JsonFields } from './json.ts';
import { parseUtf8, toUtf8 } from './utf8.ts';

/** Twice what 16 MiB of the smallest attributes hold. */
const maxContainers = 1_500_000;

/** The request that a body is; empty, and the outcome malformed, where it is no JSON object. */
export function parseJsonBody(body: Uint8Array, outcome: OtlpOutcome<unknown>): JsonFields {
  const text = parseUtf8(body);
  if (text === undefined) {
    outcome.problems.push({ place: 'body', message: 'not UTF-8; what cannot be read is shown as U+FFFD' });
  }
  const json = parseJson(text ?? toUtf8(body), maxContainers);
  if ('message' in json) {
    noteMalformed(outcome, 'body', json.message);
    return {};
  }
  const request = parseFields(json.value);
  if (request === undefined) {
    noteMalformed(outcome, 'body', 'not a JSON object');
  }
  return request ?? {};
}

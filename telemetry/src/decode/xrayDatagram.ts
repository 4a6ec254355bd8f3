import type { Problem } from './decoded.ts';
import { parseFields, parseJson } from './json.ts';
import { parseUtf8, toUtf8 } from './utf8.ts';

const newline = 0x0a;

/**
 * Splits what an X-Ray SDK sends to UDP 2000, `{"format":"json","version":1}`, a newline, a document, as the daemon does: only the
 * header is looked into (aws-xray-daemon, cmd/tracing/daemon.go). A document that is not UTF-8 comes with U+FFFD in it and a problem.
 */
export function decodeXRayDatagram(
  datagram: Uint8Array,
):
  | { readonly document: string; readonly problem?: Problem }
  | { readonly document?: undefined; readonly problem: Problem } {
  const headerEnd = datagram.indexOf(newline);
  if (headerEnd === -1) {
    return failed('no line with {"format":"json","version":1} before the document');
  }
  const trouble = headerTrouble(toUtf8(datagram.subarray(0, headerEnd)));
  if (trouble !== undefined) {
    return failed(trouble);
  }
  const body = datagram.subarray(headerEnd + 1);
  const document = parseUtf8(body);
  if (document === undefined) {
    const problem = { place: 'document', message: 'not UTF-8; what cannot be read is shown as U+FFFD' };
    return { document: toUtf8(body), problem };
  }
  return document.trim() === '' ? failed('nothing after the header', 'document') : { document };
}

function headerTrouble(header: string): string | undefined {
  const json = parseJson(header);
  if ('message' in json) {
    return json.message;
  }
  const { format, version } = parseFields(json.value) ?? {};
  if (typeof format !== 'string' || format.toLowerCase() !== 'json') {
    return `the format is ${JSON.stringify(format) ?? 'missing'}, and only "json" is known`;
  }
  return version === 1 ? undefined : `the version is ${JSON.stringify(version) ?? 'missing'}, and only 1 is known`;
}

function failed(message: string, place = 'header'): { readonly problem: Problem } {
  return { problem: { place, message } };
}

import { expect, test } from 'vitest';
import { decodeXRayDatagram } from './xrayDatagram.ts';

function check(datagram: string | Uint8Array, expected: string): void {
  const bytes = typeof datagram === 'string' ? new TextEncoder().encode(datagram) : datagram;
  const { document, problem } = decodeXRayDatagram(bytes);
  const told = problem === undefined ? '' : `! ${problem.place}: ${problem.message}`;
  expect([document, told].filter(Boolean).join(' ')).toBe(expected);
}

test('the document is what follows the header line, as it came', () => {
  check('{"format":"json","version":1}\n{"id":1}', '{"id":1}');
  check('{"version": 1, "format": "JSON"}\r\n{"id":1}\n', '{"id":1}\n');
});

test('a header that the daemon would reject is told', () => {
  check('{"id":1}', '! header: no line with {"format":"json","version":1} before the document');
  check('', '! header: no line with {"format":"json","version":1} before the document');
  check('{"format":"xml","version":1}\n{}', '! header: the format is "xml", and only "json" is known');
  check('{"format":"json"}\n{}', '! header: the version is missing, and only 1 is known');
  check('{"format":"json","version":2}\n{}', '! header: the version is 2, and only 1 is known');
  check('[]\n{}', '! header: the format is missing, and only "json" is known');
  check('{"format":"json","version":1}\n', '! document: nothing after the header');
});

test('a document that is not UTF-8 comes with a problem', () => {
  const header = new TextEncoder().encode('{"format":"json","version":1}\n');
  check(
    Uint8Array.of(...header, 0x22, 0xff, 0x22),
    '"\uFFFD" ! document: not UTF-8; what cannot be read is shown as U+FFFD',
  );
});

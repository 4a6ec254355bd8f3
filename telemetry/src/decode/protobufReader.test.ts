import { expect, test } from 'vitest';
import { hexBytes, ProtobufWriter } from '../../test/protobufWriter.ts';
import { ProtobufReader } from './protobufReader.ts';

/** Reads a message of hex bytes: each field as `number:value` by its wire type, length-delimited ones as text, then the failure. */
function check(hex: string, expected: string): void {
  const reader = new ProtobufReader(hexBytes(hex.replaceAll(' ', '')));
  const fields: string[] = [];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    fields.push(`${tag >>> 3}:${readValue(reader, tag & 7, tag)}`);
  }
  expect([...fields, ...failureOf(reader)].join(' ')).toBe(expected);
}

function readValue(reader: ProtobufReader, wireType: number, tag: number): string {
  switch (wireType) {
    case 0:
      return String(reader.int64());
    case 1:
      return String(reader.fixed64());
    case 2:
      return JSON.stringify(reader.text());
    case 5:
      return String(reader.fixed32());
    default:
      reader.skip(tag);
      return 'skipped';
  }
}

function failureOf(reader: ProtobufReader): string[] {
  const failure = reader.takeFailure();
  return failure === undefined ? [] : [`! ${failure}`];
}

test('every wire type is read', () => {
  check('08 96 01', '1:150');
  check('11 01 00 00 00 00 00 00 80', '2:9223372036854775809');
  check('1a 02 6869', '3:"hi"');
  check('85 01 ff ff ff ff', '16:4294967295');
});

test('a 64-bit integer is exact to its last digit', () => {
  check('08 ff ff ff ff ff ff ff ff ff 01', '1:-1');
  check('08 ff ff ff ff ff ff ff ff 7f', '1:9223372036854775807');
  check('08 80 80 80 80 80 80 80 80 80 01', '1:-9223372036854775808');
  check('08 ff ff ff ff ff ff ff 0f', '1:9007199254740991');
  check('08 80 80 80 80 10', '1:4294967296');
});

test('groups are passed over with all that they hold, however deep', () => {
  check('0b 08 01 13 1a 01 61 14 0c 10 07', '1:skipped 2:7');
  check(`${'0b'.repeat(100_000)}${'0c'.repeat(100_000)} 10 07`, '1:skipped 2:7');
  check('0b 08 01', '1:skipped ! a group has no end');
});

test('what does not scan fails in words, and nothing is read beyond it', () => {
  check('08', '1:0 ! a number is cut off');
  check('08 80 80', '1:0 ! a number is cut off');
  check('08 80 80 80 80 80 80 80 80 80 80 01', '1:0 ! a number has more than ten bytes');
  check('0a 05 61', '1:"" ! a length reaches beyond the end of its message');
  check('0a ff ff ff ff 0f 61', '1:"" ! a length reaches beyond the end of its message');
  check('11 01 02', '2:0 ! a number is cut off');
  check('00 01', '! a field has the number 0');
  check('0c', '1:skipped ! field 1 has the wire type 4, which does not belong there');
  check('0f', '1:skipped ! field 1 has the wire type 7, which does not belong there');
});

test('text that is not UTF-8 is shown with U+FFFD, and said once', () => {
  const reader = new ProtobufReader(hexBytes('0361ff62'));
  expect([reader.text(), reader.hasBadText]).toEqual(['a\uFFFDb', true]);
});

test('text of every length and script comes back as it was', () => {
  const texts = [
    '',
    'a',
    'x'.repeat(40),
    'x'.repeat(41),
    'x'.repeat(9999),
    'grüße',
    '日本語',
    '🙂'.repeat(30),
    'a\0b',
    '\uFEFFbom',
  ];
  const writer = new ProtobufWriter();
  for (const text of [...texts, ...texts]) {
    writer.text(1, text);
  }
  const reader = new ProtobufReader(writer.finish());
  const read: string[] = [];
  for (let at = 0; reader.nextTag() !== 0; at++) {
    read.push(at % 2 === 0 ? reader.text() : reader.repeatedText());
  }
  expect(read).toEqual([...texts, ...texts]);
});

test('a repeated text is not mistaken for another with the same bytes to begin with', () => {
  const writer = new ProtobufWriter();
  const texts = Array.from({ length: 2000 }, (_, at) => `key.${at % 1000}`);
  for (const text of texts) {
    writer.text(1, text);
  }
  const reader = new ProtobufReader(writer.finish());
  expect(texts.filter((text) => reader.nextTag() === 0 || reader.repeatedText() !== text)).toEqual([]);
});

test('a broken message inside costs nothing of the one around it', () => {
  const reader = new ProtobufReader(hexBytes('0a 02 0a 7f 10 07'.replaceAll(' ', '')));
  reader.nextTag();
  const outerEnd = reader.enter();
  reader.nextTag();
  reader.text();
  expect([reader.takeFailure(), reader.nextTag()]).toEqual(['a length reaches beyond the end of its message', 0]);
  reader.leave(outerEnd);
  expect([reader.nextTag(), reader.uint32(), reader.nextTag()]).toEqual([0x10, 7, 0]);
});

test('a message longer than the one around it is empty, and the failure is that of the one around it', () => {
  const reader = new ProtobufReader(hexBytes('0a0301'));
  reader.nextTag();
  const outerEnd = reader.enter();
  expect([reader.isCutOff, reader.takeFailure(), reader.nextTag()]).toEqual([true, undefined, 0]);
  reader.leave(outerEnd);
  expect([reader.isCutOff, reader.nextTag()]).toEqual([false, 0]);
  expect(reader.takeFailure()).toBe('a length reaches beyond the end of its message');
});

test('a reader over a part of a buffer keeps to it', () => {
  const reader = new ProtobufReader(hexBytes('ffff09020000000000000008').subarray(2, 11));
  expect([reader.nextTag(), reader.fixed64(), reader.nextTag()]).toEqual([9, 2n, 0]);
});

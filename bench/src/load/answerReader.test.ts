import { expect, test } from 'vitest';
import { AnswerReader } from './answerReader.ts';

/** Cuts the stream into pieces of every size, which must not matter. */
function check(stream: string, expected: readonly number[]): void {
  for (let size = 1; size <= stream.length; size += 1) {
    const statuses: number[] = [];
    const reader = new AnswerReader((status) => statuses.push(status));
    for (let at = 0; at < stream.length; at += size) {
      reader.push(Buffer.from(stream.slice(at, at + size)));
    }
    expect(statuses, `pieces of ${size}`).toEqual(expected);
  }
}

test('an answer with a length ends after its body', () => {
  check('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', [200]);
});

test('a chunked answer ends with the empty chunk', () => {
  check('HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', [503]);
});

test('answers may follow each other', () => {
  const empty = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
  check(`${empty}HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}${empty}`, [200, 400, 200]);
});

test('an answer that is not complete is none', () => {
  check('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', []);
});

import { expect, test } from 'vitest';
import { ServerSentEventReader } from './serverSentEvents.ts';

/** Reads a stream in pieces of every size and compares what came out of each. */
function check(stream: string, expected: string): void {
  const bytes = Buffer.from(stream);
  for (let size = 1; size <= bytes.length; size += 1) {
    const events: string[] = [];
    const reader = new ServerSentEventReader(({ event, data, id }) => events.push(`${event} ${id ?? '-'} ${data}`));
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
    }
    expect(events.join('; '), `pieces of ${size}`).toBe(expected);
  }
}

test('events come with their name, data and id', () => {
  check('event: change\nid: 7\ndata: {"a":1}\n\nevent: change\ndata: 2\n\n', 'change 7 {"a":1}; change 7 2');
});

test('an event without a name is a message, one without data is none', () => {
  check('data: x\n\nevent: empty\n\ndata:y\n\n', 'message - x; message - y');
});

test('comments are heartbeats, and lines may end with CR LF', () => {
  check(': still here\r\n\r\nevent: change\r\ndata: 1\r\n\r\n', 'change - 1');
});

test('data may have several lines and characters of several bytes', () => {
  check('data: ä€\ndata: 😀\n\n', 'message - ä€\n😀');
});

test('an event that is cut off is not told', () => {
  check('data: 1\n\ndata: 2', 'message - 1');
});

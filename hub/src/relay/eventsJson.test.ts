import { array, assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { EventsJson } from './eventsJson.ts';

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

function jsonOf(json: EventsJson, events: readonly Event[]): string {
  const messages = events.map(({ message }) => Buffer.from(message));
  const text = Buffer.concat(messages);
  let at = 0;
  json.begin(0);
  for (const [index, { timestamp }] of events.entries()) {
    const to = at + (messages[index]?.length ?? 0);
    json.add(timestamp, text, at, to);
    at = to;
  }
  return json.finish().toString();
}

const timestamp = 1_700_000_000_000;

test('quotation marks, backslashes and controls are escaped, anything else stays as it is', () => {
  const message = '{"path":"C:\\temp","said":"Grüße 👋\n\u0000\u001b[31m"}';
  const text = jsonOf(new EventsJson(), [{ timestamp, message }]);
  expect(text).toMatchInlineSnapshot(
    `"[{"timestamp":1700000000000,"message":"{\\"path\\":\\"C:\\\\temp\\",\\"said\\":\\"Grüße 👋\\u000a\\u0000\\u001b[31m\\"}"}]"`,
  );
  expect(JSON.parse(text)).toEqual([{ timestamp, message }]);
});

test('no events are an empty array', () => {
  expect(jsonOf(new EventsJson(), [])).toBe('[]');
});

test('a message of nothing but controls, which takes six times its room, fits', () => {
  const message = '\u0001'.repeat(1_048_550);
  expect(JSON.parse(jsonOf(new EventsJson(), [{ timestamp, message }]))).toEqual([{ timestamp, message }]);
});

test('whatever the messages and times are, JSON reads the same, batch after batch', () => {
  const json = new EventsJson();
  const message = string({ unit: 'binary', maxLength: 60 }).map((each) => each.toWellFormed());
  const events = array(array(message, { maxLength: 3 }), { maxLength: 20 });
  assert(
    property(events, integer({ min: 0, max: 2 ** 48 }), (parts, first) => {
      const batch = parts.map((each, at) => ({ timestamp: first + at, message: each.join('"\\') }));
      expect(JSON.parse(jsonOf(json, batch))).toEqual(batch);
    }),
  );
});

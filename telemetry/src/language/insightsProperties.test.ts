import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInsights } from './insights.ts';
import type { InsightsEvent } from './insightsRow.ts';
import { InsightsRun, runInsights } from './insightsRun.ts';

/** What the grammar is made of, so that random texts come near to it. */
const pieces = fc.constantFrom(
  ...'fields filter stats sort limit parse dedup display as by and or not like in asc desc'.split(' '),
  ...'@message @timestamp status `a b` a.b count(*) avg(ms) bin(5m) pct(ms,90) abs( ( ) [ ] , | = != < >= =~'.split(
    ' ',
  ),
  ...'+ - * / % ^ "x" \'y\' "*" " ` /a(?<n>b)+/ /(/ 5 1.5e3 5m 3parsecs # \n'.split(' '),
);
const query = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(' ')),
  fc.array(pieces, { maxLength: 10 }).map((parts) => `fields a | ${parts.join(' ')}`),
);

const event: InsightsEvent = {
  timestamp: 1000,
  ingestionTime: 2000,
  logStream: 's',
  log: 'l',
  ptr: 'p',
  message: '{"status":500,"ms":1.5,"a":{"b":"x"}}',
};

test('no text makes the parser throw, an error is inside its line, and what is read can run', () => {
  fc.assert(
    fc.property(query, (text) => {
      const parsed = parseInsights(text);
      const lines = text.split('\n');
      const { line, column, length } = parsed.ok ? { line: 1, column: 1, length: 0 } : parsed.error;
      expect(line >= 1 && line <= lines.length && column >= 1 && length >= 0).toBe(true);
      expect(column - 1).toBeLessThanOrEqual(lines[line - 1]?.length ?? 0);
      const result = parsed.ok ? runInsights(parsed.query, [event], { now: 0 }) : { rows: [] };
      expect(result.rows.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 3000 },
  );
});

const events = fc.array(
  fc.record({ timestamp: fc.integer({ min: 0, max: 300_000 }), ms: fc.integer({ min: -5, max: 5 }) }),
  { maxLength: 60 },
);

function eventsOf(generated: readonly { readonly timestamp: number; readonly ms: number }[]): readonly InsightsEvent[] {
  return generated.map(({ timestamp, ms }, index) => ({
    timestamp,
    ingestionTime: timestamp,
    logStream: 's',
    log: 'l',
    ptr: String(index),
    message: JSON.stringify({ ms }),
  }));
}

function valuesOf(text: string, given: readonly InsightsEvent[]): readonly string[] {
  const parsed = parseInsights(text);
  if (!parsed.ok) {
    throw new Error(parsed.error.message);
  }
  const run = new InsightsRun(parsed.query, { now: 0 });
  given.forEach((one) => run.add(one));
  return run.result().rows.map((row) => row.map(({ value }) => value).join(' '));
}

test('sort with a limit gives what sorting everything gives', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 20 }), (generated, limit) => {
      const expected = generated
        .map(({ ms, timestamp }, index) => ({ ms, timestamp, index }))
        .toSorted((a, b) => b.ms - a.ms || a.timestamp - b.timestamp || a.index - b.index)
        .slice(0, limit)
        .map(({ index }) => String(index));
      expect(valuesOf(`fields @ptr | sort ms desc, @timestamp | limit ${limit}`, eventsOf(generated))).toEqual(
        expected,
      );
    }),
  );
});

test('stats by bin gives what grouping by hand gives', () => {
  fc.assert(
    fc.property(events, (generated) => {
      const groups = Map.groupBy(generated, ({ timestamp }) => Math.floor(timestamp / 60_000));
      const expected = [...groups]
        .toSorted(([a], [b]) => b - a)
        .map(([minute, members]) => {
          const sum = members.reduce((total, { ms }) => total + ms, 0);
          return `1970-01-01 00:0${minute}:00.000 ${members.length} ${sum} ${Math.min(...members.map(({ ms }) => ms))}`;
        });
      expect(valuesOf('stats count(*), sum(ms), min(ms) by bin(1m)', eventsOf(generated))).toEqual(expected);
    }),
  );
});

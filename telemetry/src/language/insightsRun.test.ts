import { expect, test } from 'vitest';
import { parseInsights } from './insights.ts';
import type { InsightsEvent } from './insightsRow.ts';
import { runInsights } from './insightsRun.ts';

const start = Date.UTC(2026, 10, 23, 1, 2, 3, 4);

/** One event for each line, half a minute after the other. */
function eventsOf(lines: string): readonly InsightsEvent[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((message, index) => ({
      timestamp: start + index * 30_000,
      ingestionTime: start + index * 30_000 + 5,
      message,
      logStream: index % 2 === 0 ? 'even' : 'odd',
      log: '000000000000:cruddur',
      ptr: `ptr-${index}`,
    }));
}

const requests = `
  {"method":"GET","path":"/a","status":200,"ms":12.5,"user":{"name":"ann"}}
  {"method":"POST","path":"/b","status":500,"ms":80,"user":{"name":"bob"},"failed":true}
  {"method":"GET","path":"/a","status":"404","ms":7}
  plain text with ERROR code=17 by bob`;

/** The same without what is no JSON. */
const jsonRequests = requests.slice(0, requests.indexOf('plain'));

/** Each row as its values, with the field's name where the row lacks others; without `@ptr`. */
function check(query: string, expected: string, lines = requests): void {
  const parsed = parseInsights(query);
  if (!parsed.ok) {
    throw new Error(`${query}: ${parsed.error.message}`);
  }
  const { rows } = runInsights(parsed.query, eventsOf(lines), { now: start });
  const shown = rows.map((fields) =>
    fields
      .filter(({ field }) => field !== '@ptr')
      .map(({ field, value }) => `${field}=${value}`)
      .join(' '),
  );
  expect(shown.join('\n')).toBe(
    expected
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n'),
  );
}

test('without a command for it, rows have the time and the message, the newest first', () => {
  check(
    'filter status = 200 or status = 500 | limit 1',
    `
    @timestamp=2026-11-23 01:02:33.004 @message={"method":"POST","path":"/b","status":500,"ms":80,"user":{"name":"bob"},"failed":true}`,
  );
});

test('fields gives what an event has of them, under their aliases', () => {
  check(
    'fields @logStream, user.name as who, ms * 2 + 1, @ingestionTime | sort @timestamp',
    `
    @logStream=even who=ann ms * 2 + 1=26 @ingestionTime=2026-11-23 01:02:03.009
    @logStream=odd who=bob ms * 2 + 1=161 @ingestionTime=2026-11-23 01:02:33.009
    @logStream=even ms * 2 + 1=15 @ingestionTime=2026-11-23 01:03:03.009
    @logStream=odd @ingestionTime=2026-11-23 01:03:33.009`,
  );
});

test('display shows only its fields, the last one of several', () => {
  check(
    'fields @timestamp, method | display status | filter ispresent(path) | display path',
    `
    path=/a
    path=/b
    path=/a`,
  );
});

/** The paths or texts of the events that a condition lets through, in order. */
function checkFilter(condition: string, expected: string): void {
  check(
    `fields coalesce(path, 'text') as p | filter ${condition} | sort @timestamp`,
    expected
      .split(' ')
      .filter((path) => path !== '')
      .map((path) => `p=${path}`)
      .join('\n'),
  );
}

test('each comparison holds and does not', () => {
  for (const [condition, paths] of [
    ['status = 200', '/a'],
    ['status = "200"', '/a'],
    ['status != 200', '/b /a text'],
    ['status < 404', '/a'],
    ['status <= 404', '/a /a'],
    ['status > 404', '/b'],
    ['status >= 404', '/b /a'],
    ['path > "/a"', '/b'],
    ['404 = status', '/a'],
    ['failed = 1', '/b'],
    ['failed = true', '/b'],
    ['failed', '/b'],
    ['not ispresent(status)', 'text'],
    ['status = 200 or status = 500 and path = "/a"', '/a'],
    ['(status = 200 or status = 500) and path = "/b"', '/b'],
    ['not status = 200 and not path = "/b"', '/a text'],
    ['status in [200, "500"]', '/a /b'],
    ['status not in [200, "500"]', '/a text'],
    ['path in []', ''],
    ['@message like "ERROR"', 'text'],
    ["@message like 'error'", ''],
    ['@message like /code=\\d+/', 'text'],
    ['@message like /(?i)error/', 'text'],
    ['@message =~ /(GET|POST).*\\b500\\b/', '/b'],
    ['@message not like /status/', 'text'],
    ['status like /^[45]/', '/b /a'],
    ['ms % 2 = 0 and ms / 8 = 10 and ms - 1 = 79 and -ms < 0 and ms ^ 2 = 6400', '/b'],
    ['ms / 0 > 1', ''],
    ['user.name = "ann"', '/a'],
    ['`user`.`name` = "ann"', '/a'],
    ['@logStream = "odd" and @log like "cruddur"', '/b text'],
    ['@ptr = "ptr-2"', '/a'],
    ['@timestamp < now() + 1', '/a'],
  ] as const) {
    checkFilter(condition, paths);
  }
});

test('sort puts what is missing first, then texts, then numbers; digits in texts are numbers', () => {
  const values = `
    {"v":"10"}
    {"v":9}
    {"v":"b2"}
    {"v":"b10"}
    {"v":"a"}`;
  check(
    'fields coalesce(v, "none") as c | sort v asc',
    `
    c=none
    c=a
    c=b2
    c=b10
    c=9
    c=10`,
    `${values}\n{}`,
  );
  check(
    'fields v | sort v desc | limit 2',
    `
    v=10
    v=9`,
    values,
  );
  check(
    'fields method, path | filter ispresent(path) | sort method desc, path asc, @timestamp desc',
    `
    method=POST path=/b
    method=GET path=/a
    method=GET path=/a`,
  );
});

test('stats aggregates what there is', () => {
  check(
    'stats count(*), count(status), count_distinct(path), sum(ms), avg(ms), min(ms), max(ms), stddev(ms), pct(ms, 50)',
    `
    count(*)=4 count(status)=3 count_distinct(path)=2 sum(ms)=99.5 avg(ms)=33.1667 min(ms)=7 max(ms)=80 stddev(ms)=33.1922 pct(ms, 50)=12.5`,
  );
  check(
    'stats earliest(path) as e, latest(path) as l, sortsFirst(path) as f, sortsLast(path) as s, max(@timestamp) as t, count() as n',
    `
    e=/a l=/a f=/a s=/b t=2026-11-23 01:03:33.004 n=4`,
  );
  check(
    'stats sum(ms) / count(ms) as mean, ceil(avg(ms)) by method | sort mean',
    `
    method=GET mean=9.75 ceil(avg(ms))=10
    method=POST mean=80 ceil(avg(ms))=80
    `,
    jsonRequests,
  );
});

test('stats of nothing is one row, but by a field it is none', () => {
  check('filter path = "/c" | stats count(*), avg(ms)', 'count(*)=0');
  check('filter path = "/c" | stats count(*) by path', '');
});

test('a bin is written as the time it begins, the newest first', () => {
  check(
    'stats count(*) by bin(1m)',
    `
    bin(1m)=2026-11-23 01:03:00.000 count(*)=2
    bin(1m)=2026-11-23 01:02:00.000 count(*)=2`,
  );
  check(
    'stats count(*) as n by bin(1h) as hour, @logStream | sort @logStream',
    `
    hour=2026-11-23 01:00:00.000 @logStream=even n=2
    hour=2026-11-23 01:00:00.000 @logStream=odd n=2`,
  );
  check(
    'stats count(*) by bin(1m) as t | stats max(`count(*)`) as most, earliest(t)',
    `
    most=2 earliest(t)=2026-11-23 01:02:00.000`,
  );
});

test('what stats computed can be sorted, filtered and shown by its name', () => {
  check('stats count(*) by path | sort count(*) desc | limit 1', 'path=/a count(*)=2');
  check('stats count(*) as n by path | filter n > 1 | display n', 'n=2');
});

test('parse takes parts between stars, or named groups', () => {
  check(
    'parse @message "ERROR code=* by *" as code, who | filter ispresent(code) | display code, who',
    'code=17 who=bob',
  );
  check(
    "parse @message '* text with *' as a, b | filter ispresent(a) | display a, b",
    'a=plain b=ERROR code=17 by bob',
  );
  check(
    'parse @message /code=(?<code>\\d+).*?(?<who>\\w+)$/ | filter code = 17 | display code, who',
    'code=17 who=bob',
    'x code=17 bob',
  );
  check(
    'parse @message /(\\w+)=(\\d+)/ as k, v | stats sum(v) by k | sort k',
    `
    k=code sum(v)=17`,
    'code=17',
  );
  check('parse path "/*" as p | filter p = "a" | stats count(*)', 'count(*)=2');
});

test('dedup keeps the first row of the order for each value, and all that lack one', () => {
  check(
    'fields path, status | dedup path',
    `
    path=/a status=404
    path=/b status=500`,
    jsonRequests,
  );
  check(
    'fields path, status | sort ms desc | dedup path | display status',
    `
    status=500
    status=200`,
    jsonRequests,
  );
  check(
    'fields @logStream | filter @logStream = "odd" | dedup missing',
    `
    @logStream=odd
    @logStream=odd`,
  );
});

test('comments are left out, and keywords come in any case', () => {
  check(
    `# the slow ones
    FIELDS path # by path
    # | limit 1
    | Filter ms > 7 AND NOT path = '/b' | SORT ms DESC`,
    'path=/a',
  );
});

/** Evaluates one expression over one event with these fields. */
function checkValue(expression: string, expected: string): void {
  check(
    `fields ${expression} as v | display v`,
    expected === '' ? '\n' : `v=${expected}`,
    '{"s":" a😀b ","n":-2.5,"e":"","b":"  ","ip":"10.1.2.3"}',
  );
}

test('functions of numbers, texts, addresses and times', () => {
  for (const [expression, value] of [
    ['abs(n)', '2.5'],
    ['ceil(n)', '-2'],
    ['floor(n)', '-3'],
    ['greatest(n, 1, 3)', '3'],
    ['least(n, 1, 3)', '-2.5'],
    ['log(1)', '0'],
    ['sqrt(9)', '3'],
    ['ispresent(n)', '1'],
    ['ispresent(x)', '0'],
    ['coalesce(x, n)', '-2.5'],
    ['if(n < 0, "neg", "pos")', 'neg'],
    ['isempty(e)', '1'],
    ['isempty(b)', '0'],
    ['isblank(b)', '1'],
    ['concat(n, "-", x, "y")', '-2.5-y'],
    ['concat("[", trim(s), "]")', '[a😀b]'],
    ['concat("[", ltrim(s), "]")', '[a😀b ]'],
    ['concat("[", rtrim(s), "]")', '[ a😀b]'],
    ['trim("xyZfooxyZ", "xyZ")', 'foo'],
    ['ltrim("xyZfooxyZ", "xyZ")', 'fooxyZ'],
    ['rtrim("xyZfooxyZ", "xyZ")', 'xyZfoo'],
    ['strlen(s)', '5'],
    ['toupper("ab")', 'AB'],
    ['tolower("AB")', 'ab'],
    ['substr("xyZfooxyZ", 3, 3)', 'foo'],
    ['substr("xyZfooxyZ", 6)', 'xyZ'],
    ['replace("foo", "o", "0")', 'f00'],
    ['strcontains("foo", "oo")', '1'],
    ['strcontains("foo", "x")', '0'],
    ['isValidIp(ip)', '1'],
    ['isValidIpV4("256.1.1.1")', '0'],
    ['isValidIpV6("2001:db8::1")', '1'],
    ['isValidIpV6("::ffff:10.0.0.1")', '1'],
    ['isValidIpV6("1::2::3")', '0'],
    ['isIpInSubnet(ip, "10.1.0.0/16")', '1'],
    ['isIpv4InSubnet(ip, "10.2.0.0/16")', '0'],
    ['isIpv6InSubnet("2001:db8::1", "2001:db8::/32")', '1'],
    ['now()', '2026-11-23 01:02:03.004'],
    ['bin(1d)', '2026-11-23 00:00:00.000'],
    ['bin(30s)', '2026-11-23 01:02:00.000'],
    ['bin(500ms)', '2026-11-23 01:02:03.000'],
    ['bin(1w)', '2026-11-23 00:00:00.000'],
    ['bin(1mo)', '2026-11-01 00:00:00.000'],
    ['bin(1q)', '2026-10-01 00:00:00.000'],
    ['bin(1y)', '2026-01-01 00:00:00.000'],
    ['datefloor(@timestamp, 1h)', '2026-11-23 01:00:00.000'],
    ['dateceil(@timestamp, 1h)', '2026-11-23 02:00:00.000'],
    ['dateceil(@timestamp, 1q)', '2027-01-01 00:00:00.000'],
    ['toMillis(@timestamp)', String(start)],
    ['fromMillis(1000)', '1970-01-01 00:00:01.000'],
    ['@timestamp - 4', String(start - 4)],
  ] as const) {
    checkValue(expression, value);
  }
});

test('only events of the time range are scanned, and those that pass the filters match', () => {
  const parsed = parseInsights('filter @message like "a" | limit 1');
  const events = eventsOf('a\nb\nab\naé');
  const options = { now: start, startTime: start + 30_000, endTime: start + 90_000 };
  expect(parsed.ok && runInsights(parsed.query, events, options)).toEqual({
    rows: [
      [
        { field: '@timestamp', value: '2026-11-23 01:03:33.004' },
        { field: '@message', value: 'aé' },
        { field: '@ptr', value: 'ptr-3' },
      ],
    ],
    statistics: { recordsMatched: 2, recordsScanned: 3, bytesScanned: 5 },
  });
});

test('the limit of the call holds beside that of the query', () => {
  const parsed = parseInsights('fields @message | sort @timestamp asc | limit 3');
  const result = parsed.ok ? runInsights(parsed.query, eventsOf('a\nb\nc\nd'), { now: start, limit: 2 }) : undefined;
  expect(result?.rows.map(([message]) => message?.value)).toEqual(['a', 'b']);
});

test('percentiles of many are within a thousandth', () => {
  const parsed = parseInsights('stats pct(@message, 99) as high, pct(@message, 1) as low, pct(@message, 100) as most');
  const events = eventsOf(Array.from({ length: 30_000 }, (_, index) => String(index - 10_000)).join('\n'));
  const [fields] = parsed.ok ? runInsights(parsed.query, events, { now: start }).rows : [];
  const expected = { high: 19_699, low: -9701, most: 19_999 };
  for (const { field, value } of fields ?? []) {
    const wanted = expected[field as keyof typeof expected];
    expect(Math.abs(Number(value) - wanted) / Math.abs(wanted)).toBeLessThan(0.001);
  }
});

test('a message is not read unless the query needs it', () => {
  const parsed = parseInsights('stats count(*) by bin(1m)');
  const event = {
    timestamp: start,
    ingestionTime: start,
    logStream: '',
    log: '',
    ptr: '',
    bytes: 3,
    get message(): string {
      throw new Error('The message was read.');
    },
  };
  expect(parsed.ok && runInsights(parsed.query, [event], { now: start }).statistics.bytesScanned).toBe(3);
});

import { expect, test } from 'vitest';
import { longestInsightsQuery, parseInsights } from './insights.ts';

/** Queries, each with the place of its error underlined in the line below it (`$`: the end of the line) and the words. */
function check(golden: string): void {
  const cases = golden.trim().split('\n\n');
  const shown = cases.map((text) => {
    const lines = text.split('\n').filter((line) => !/^ *(?:\^+|\$) [A-Z"\w]/.test(line));
    const parsed = parseInsights(lines.join('\n'));
    if (!parsed.ok) {
      const { line, column, length, message } = parsed.error;
      lines.splice(line, 0, `${' '.repeat(column - 1)}${'^'.repeat(length) || '$'} ${message}`);
    }
    return lines.join('\n');
  });
  expect(shown.join('\n\n')).toBe(cases.join('\n\n'));
}

test('commands', () => {
  check(`
count(*)
^^^^^ A command has to come here: fields, filter, stats, sort, limit, parse, dedup, display.

fields
      $ A field or a value has to come here.

fields a,
         $ A field or a value has to come here.

fields a b
         ^ A | has to come before the next command.

fields a |
          $ A command has to come here: fields, filter, stats, sort, limit, parse, dedup, display.

| fields a
^ A command has to come here: fields, filter, stats, sort, limit, parse, dedup, display.

pattern @message
^^^^^^^ The command "pattern" is not served here; these are: fields, filter, stats, sort, limit, parse, dedup, display.

fields a.
         $ The name of a field has to come after the dot.
`);
});

test('conditions and functions', () => {
  check(`
filter
      $ A field or a value has to come here.

filter a =
          $ A field or a value has to come here.

filter a = = 1
           ^ A field or a value has to come here.

filter (a = 1
             $ This parenthesis has to be closed here.

filter a like b
              ^ A text in quotation marks or a regular expression between slashes has to come here.

filter a like /(/
               ^ This parenthesis is not closed.

filter a like /x
              ^^ This regular expression has no closing slash.

filter a like /(?=x)/
               ^^ Only (…), (?:…), (?<name>…) and (?i) are supported.

filter a =~ "x
            ^^ This quotation mark is not closed.

filter a in 1
            ^ A list in square brackets has to come after "in".

filter a in [1
              $ A comma or the closing bracket has to come here.

filter a not b
         ^^^ Only "like" or "in" can come after "not" here.

filter and b
       ^^^ A field or a value has to come before "and".

filter \`a
       ^^ This backtick is not closed.

filter foo(a)
       ^^^ There is no function named "foo".

filter abs(a, b)
       ^^^^^^^^^ abs takes 1 argument.

filter abs(a
            $ A comma or the closing parenthesis has to come here.

filter bin(a)
       ^^^^^^ bin needs a period such as 5m.

filter bin(0m)
       ^^^^^^^ bin needs a period above zero.

filter bin(5parsecs)
            ^^^^^^^ "parsecs" is no unit of time; they are ms, s, m, h, d, w, mo, q, y.

filter abs(5m)
       ^^^^^^^ abs takes no period here.

filter count(*) > 1
       ^^^^^^^^ count aggregates, which only "stats" does.
`);
});

test('stats', () => {
  check(`
stats a
      ^ An aggregate such as count(*) or avg(field) has to be in what "stats" computes.

stats count(*) by
                 $ A field or a value has to come here.

stats avg()
      ^^^^^ avg takes one field.

stats pct(a)
      ^^^^^^ pct takes a field and a percentage.

stats pct(a, 101)
      ^^^^^^^^^^^ The percentage has to be a number from 0 to 100.

stats sum(avg(a))
      ^^^^^^^^^^^ sum cannot aggregate an aggregate.

stats count(*) as
                 $ A name has to come after "as".
`);
});

test('sort and limit', () => {
  check(`
sort
    $ A field or a value has to come here.

sort a upwards
       ^^^^^^^ A | has to come before the next command.

limit
     $ A number has to come after "limit".

limit 0
      ^ The limit is a whole number from 1 to 100000.

limit 1.5
      ^^^ The limit is a whole number from 1 to 100000.

limit ten
      ^^^ A number has to come after "limit".
`);
});

test('parse', () => {
  check(`
parse
     $ The field to parse has to come here, such as @message.

parse @message
              $ A text with stars, or a regular expression between slashes, has to come here.

parse @message "abc" as a
               ^^^^^ A star has to stand for each part that gets a name.

parse @message "* *" as a
               ^^^^^ Each star needs a name after "as": stars 2, names 1.

parse @message /a/
               ^^^ A part in parentheses needs a name, such as (?<user>\\S+).

parse @message /(a)/ as a, b
               ^^^^^ Each group needs a name after "as": groups 1, names 2.
`);
});

test('the line counts', () => {
  check(`
fields a
  | filter b = "c
               ^^^^^^^^^^^^^^ This quotation mark is not closed.
  | limit 5

fields a # comment
| limit x
        ^ A number has to come after "limit".
`);
});

test('an empty query has its error at its beginning, one that is too long after the last character it may have', () => {
  const errors = ['', `fields ${'a'.repeat(longestInsightsQuery)}`].map((text) => {
    const parsed = parseInsights(text);
    return parsed.ok ? undefined : [parsed.error.line, parsed.error.column, parsed.error.length];
  });
  expect(errors).toEqual([
    [1, 1, 0],
    [1, 10_001, 7],
  ]);
});

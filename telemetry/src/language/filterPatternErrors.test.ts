import { expect, test } from 'vitest';
import { parseFilterPattern } from './filterPattern.ts';

/** Patterns, each with the place of its error underlined (`$`: the end of the text) and the words below it. */
function check(golden: string): void {
  const cases = golden.trim().split(/\n\n/);
  const shown = cases.map((text) => {
    const pattern = text.slice(0, text.indexOf('\n'));
    const parsed = parseFilterPattern(pattern);
    if (parsed.ok) {
      return `${pattern}\nno error`;
    }
    const { column, length, message } = parsed.error;
    return `${pattern}\n${' '.repeat(column - 1)}${'^'.repeat(length) || '$'} ${message}`;
  });
  expect(shown.join('\n\n')).toBe(cases.join('\n\n'));
}

test('a term', () => {
  check(`
a user@host.name
      ^ Invalid character(s) in term 'user@host.name': put it in double quotation marks.

"INTERNAL
^^^^^^^^^ This quotation mark is not closed.

a ""
  ^^ Invalid character(s) in term '""': the phrase is empty.

"a"b
   ^ Invalid character(s) in term '"a"b': a space has to follow.

ERROR -
      ^ There is no term after the -.

?
^ There is no term after the ?.
`);
});

test('a regular expression', () => {
  check(`
%abc
^^^^ This regular expression has no closing %.

%%
^^ There is no regular expression between the percent signs.

%something!%
          ^ "!" is not supported in %regex%; write \\x21 for it.

%(ab)+%
 ^ Parentheses are not supported in %regex%; write \\x28 or \\x29 for the character.

%café%
    ^ "é" is not supported in %regex%.

%\\p%
 ^^ "\\p" is not supported.

%a{3,%
  ^ A count is written {3}, {3,} or {3,5}.

%a**%
   ^ This repeats what is repeated already.

%[a%
 ^ This bracket is not closed.

%[b-a]%
  ^^^ A range goes from a lower character to a higher one.

%+a%
 ^ "+" has nothing before it to repeat; write \\+ for the character.

%a|%
   ^ There is nothing to match here.

%\\x4%
 ^^ 2 hexadecimal digits have to follow.

%a% %b% %c%
        ^^^ A filter pattern may have 2 regular expressions at most.

%a%b
   ^ Invalid character(s) in term '%a%b': a space has to follow.
`);
});

test('a JSON selector', () => {
  check(`
{ $.a = 1
^ If a filter pattern starts with '{' it must end with '}'.

{ $.a = }
        ^ There is nothing to compare with.

{ $.a }
      ^ The property has to be compared with something.

{ a = 1 }
  ^ A property selector has to begin with $.

{ $.a == 1 }
      ^^ "==" is no operator.

{ $.a = 1 && }
             ^ A property selector has to begin with $.

{ ($.a = 1 }
           ^ Only && or || can come after a comparison, and the parenthesis is not closed.

{ $.a IS MAYBE }
         ^ Only NULL, TRUE or FALSE can come after IS.

{ $.a IS NOT NULL }
            ^ IS NOT is not supported.

{ $.a EXISTS }
      ^^^^^^ EXISTS is not supported without NOT; compare with "*" instead.

{ $.a NOT }
          ^ Only EXISTS can come after NOT.

{ $.a[x] = 1 }
     ^^^ An index or a quoted property has to stand in these brackets.

{ $.a = "x }
        ^^^^ This quotation mark is not closed.

{ $.a > many }
        ^^^^ ">" compares numbers, and "many" is none.

{ $.a = b c }
          ^ Only && or || can come after a comparison.

{ $. = 1 }
    ^ A property has letters, digits, - and _; write others as ['name'].

{ $ = 1 }
   ^ A property has to be named after $.

{ $.*.* = 1 }
  ^^^^^ A property selector may have one wildcard at most.

{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }
                                            ^^^^^^ A filter pattern may have 3 wildcard selectors at most.

{ $.a = a/b }
         ^ Invalid character(s) in term 'a/b': put it in double quotation marks.

{ $.a = 1 } }
            ^ Nothing can come after the closing brace.
`);
});

test('a space-delimited pattern', () => {
  check(`
[a, b
^ If a filter pattern starts with '[' it must end with ']'.

[a, a]
    ^ There is a field named "a" already.

[a = ]
     ^ There is nothing to compare with.

[1a]
 ^ The name of a field begins with a letter.

[a b]
   ^ Only a comparison can come after the name of a field.

[a, ..., b, ...]
            ^^^ There can be one ellipsis at most.

[a = 1 ||]
         ^ The comparisons of one field have to name the same field, here "a".

[a = 1 || b = 2]
          ^ The comparisons of one field have to name the same field, here "a".

[a] ]
    ^ Nothing can come after the closing bracket.

[a > x]
     ^ ">" compares numbers, and "x" is none.
`);
});

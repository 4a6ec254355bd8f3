import { assert, constant, jsonValue, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { parseRuleFile, renderRuleFile } from './ruleFile.ts';
import { parseSamplingRule } from './samplingRuleProblems.ts';

const rule = {
  RuleName: 'Cruddur',
  Priority: 9000,
  FixedRate: 0.1,
  ReservoirSize: 5,
  ServiceName: 'backend-flask',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
};

/** What is wrong with the rule above when some of its members are others. */
function check(change: Readonly<Record<string, unknown>>, expected: string): void {
  const parsed = parseSamplingRule({ ...rule, ...change });
  expect(parsed.ok ? 'ok' : parsed.problems.map(({ message }) => message).join(' ')).toBe(expected);
}

test('each constraint holds at its bound and is broken one beyond', () => {
  check({ RuleName: 'x'.repeat(32) }, 'ok');
  check({ RuleName: 'x'.repeat(33) }, 'RuleName must be a text of 1 to 32 characters.');
  check({ RuleName: '' }, 'RuleName must be a text of 1 to 32 characters.');
  check({ Priority: 1 }, 'ok');
  check({ Priority: 9999 }, 'ok');
  check({ Priority: 0 }, 'Priority must be a whole number from 1 to 9999.');
  check({ Priority: 10_000 }, 'Priority must be a whole number from 1 to 9999.');
  check({ Priority: 1.5 }, 'Priority must be a whole number from 1 to 9999.');
  check({ FixedRate: 0 }, 'ok');
  check({ FixedRate: 1 }, 'ok');
  check({ FixedRate: -0.01 }, 'FixedRate must be a number from 0 to 1.');
  check({ FixedRate: 1.01 }, 'FixedRate must be a number from 0 to 1.');
  check({ FixedRate: '0.1' }, 'FixedRate must be a number from 0 to 1.');
  check({ ReservoirSize: 0 }, 'ok');
  check({ ReservoirSize: -1 }, 'ReservoirSize must be a whole number of at least 0.');
  check({ Version: 1 }, 'ok');
  check({ Version: 0 }, 'Version must be a whole number of at least 1.');
  for (const [member, longest] of [
    ['Host', 64],
    ['ServiceName', 64],
    ['ServiceType', 64],
    ['HTTPMethod', 10],
    ['URLPath', 128],
    ['ResourceARN', 500],
  ] as const) {
    check({ [member]: 'x'.repeat(longest) }, 'ok');
    check({ [member]: 'x'.repeat(longest + 1) }, `${member} must be a text of at most ${longest} characters.`);
    check({ [member]: undefined }, `${member} is missing; "*" means any.`);
    check({ [member]: 5 }, `${member} must be a text of at most ${longest} characters.`);
  }
  const five = { a: '1', b: '1', c: '1', d: '1', ['x'.repeat(32)]: 'x'.repeat(32) };
  check({ Attributes: five }, 'ok');
  check({ Attributes: { ...five, e: '1' } }, 'Attributes must be at most 5.');
  const tooLong = 'Attributes must have names and values of 1 to 32 characters.';
  check({ Attributes: { ['x'.repeat(33)]: '1' } }, tooLong);
  check({ Attributes: { a: 'x'.repeat(33) } }, tooLong);
  check({ Attributes: { a: '' } }, tooLong);
  check({ Attributes: 'x' }, 'Attributes must be an object of texts.');
  check({ SamplingRateBoost: { MaxRate: 1, CooldownWindowMinutes: 1 } }, 'ok');
  check({ SamplingRateBoost: { MaxRate: 2, CooldownWindowMinutes: 1 } }, 'MaxRate must be a number from 0 to 1.');
});

test('a member that is misspelt would do nothing, so it is a problem', () => {
  check({ UrlPath: '/x' }, 'UrlPath is no member of a sampling rule.');
});

test('the default rule stands behind all others, whatever its priority says', () => {
  const parsed = parseSamplingRule({ ...rule, RuleName: 'Default', Priority: 5 });
  expect(parsed.ok && parsed.rule.Priority).toBe(10_000);
});

function checkFile(text: string, expected: string): void {
  const parsed = parseRuleFile(text);
  expect(parsed.ok ? parsed.rules.map(({ RuleName }) => RuleName).join(', ') : parsed.problems.join('\n')).toBe(
    expected,
  );
}

test('a file may be what the AWS CLI takes, what it prints, a bare rule or a list of these', () => {
  const health = { ...rule, RuleName: 'Health' };
  checkFile(JSON.stringify({ SamplingRule: rule }), 'Cruddur');
  checkFile(JSON.stringify(rule), 'Cruddur');
  checkFile(JSON.stringify([{ SamplingRule: rule }, health]), 'Cruddur, Health');
  const printed = { SamplingRule: { ...rule, RuleARN: 'arn:x' }, CreatedAt: 1, ModifiedAt: 1 };
  checkFile(JSON.stringify({ SamplingRuleRecords: [printed] }), 'Cruddur');
  const parsed = parseSamplingRule(rule);
  checkFile(parsed.ok ? renderRuleFile(parsed.rule) : '', 'Cruddur');
});

test('a file with anything wrong gives no rule, and says all that is wrong', () => {
  checkFile('{', "This is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)");
  checkFile('[]', 'There is no sampling rule in it.');
  checkFile('5', 'Rule 1: SamplingRule must be a JSON object.');
  checkFile(
    JSON.stringify([rule, { ...rule, FixedRate: 2 }, { ...rule, RuleName: '', Host: 1 }]),
    'Cruddur: FixedRate must be a number from 0 to 1.\n' +
      'Rule 3: RuleName must be a text of 1 to 32 characters.\n' +
      'Rule 3: Host must be a text of at most 64 characters.',
  );
  checkFile(JSON.stringify([rule, rule]), 'Cruddur: the file has two rules of this name.');
});

test('whatever JSON comes, it is a rule or problems, and a rule is one again', () => {
  const nearly = record(
    {
      ...Object.fromEntries(
        Object.entries(rule).map(([member, value]) => [member, oneof(constant(value), jsonValue())]),
      ),
      Attributes: jsonValue(),
      SamplingRateBoost: jsonValue(),
    },
    { requiredKeys: [] },
  );
  assert(
    property(oneof(jsonValue(), nearly), (value) => {
      const parsed = parseSamplingRule(value);
      expect(parsed.ok ? parseSamplingRule(parsed.rule) : parsed.problems.length > 0).toEqual(
        parsed.ok ? parsed : true,
      );
      parseRuleFile(JSON.stringify(value));
    }),
    { numRuns: 1_000 },
  );
});

test('a name that no text can be made of is a problem', () => {
  check({ RuleName: { toString: 1 } }, 'RuleName must be a text of 1 to 32 characters.');
});

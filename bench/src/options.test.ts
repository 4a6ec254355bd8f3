import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

function check(args: string, expected: string): void {
  const { runs, only, isQuick, profileFolder } = parseOptions(args.split(' ').filter((part) => part !== ''));
  expect(`${runs} ${only.join('+') || 'all'}${isQuick ? ' quick' : ''} ${profileFolder ?? ''}`.trim()).toBe(expected);
}

test('a figure counts as the median of five runs, unless told otherwise', () => {
  check('', '5 all');
  check('--runs 3 --only udp,kill --profile out', '3 udp+kill out');
});

test('a quick look is one run, unless more are asked for', () => {
  check('--quick', '1 all quick');
  check('--quick --runs 2', '2 all quick');
});

test('a number of runs that is none is refused in words', () => {
  expect(() => parseOptions(['--runs', 'many'])).toThrow('--runs takes a number from 1, not "many".');
  expect(() => parseOptions(['--runs', '0'])).toThrow('--runs takes a number from 1');
});

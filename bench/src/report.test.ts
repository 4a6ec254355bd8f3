import { expect, test } from 'vitest';
import { FigureSet, verdictOf, type FigureDefinition } from './figures.ts';
import { renderTable } from './report.ts';

const definition: FigureDefinition = { name: 'rate', what: 'ingest', unit: 'spans/s', target: { atLeast: 100_000 } };

/** Each sample with a ceiling of twice 100,000. */
function check(given: Partial<FigureDefinition>, samples: readonly number[], expected: string): void {
  const set = new FigureSet([{ ...definition, ...given }]);
  for (const sample of samples) {
    set.add('rate', sample, 200_000);
  }
  const lines = renderTable(set.figures()).split('\n');
  expect(lines[1]?.replaceAll(/ {2,}/g, ' | ')).toBe(expected);
}

test('a median that reaches the target holds, whatever the worst run did', () => {
  check(
    {},
    [120_000, 40_000, 100_000],
    'ingest | 100,000 spans/s | >= 100,000 spans/s | 200,000 spans/s | 50 % | +-60 % | holds',
  );
});

test('a median below the target is missed', () => {
  check({}, [99_999], 'ingest | 99,999 spans/s | >= 100,000 spans/s | 200,000 spans/s | 50 % | - | missed');
});

test('of a time less is better', () => {
  const target = { atMost: 30 };
  check({ unit: 'ms', target }, [12.34], 'ingest | 12.3 ms | <= 30 ms | 200,000 ms | 0 % | - | holds');
});

test('a share just under the whole is not rounded up to it', () => {
  const target = { atLeast: 100 };
  check({ unit: '%', target }, [99.9996], 'ingest | 99.999 % | >= 100 % | 200,000 % | 0 % | - | missed');
});

test('without a run there is no verdict', () => {
  check({}, [], 'ingest | - | >= 100,000 spans/s | - | - | - | not measured');
});

test('the same note of several runs is printed once', () => {
  const set = new FigureSet([definition]);
  set.note('rate', 'two cores');
  set.note('rate', 'two cores');
  expect(set.figures().map((figure) => [verdictOf(figure), ...figure.notes])).toEqual([['not measured', 'two cores']]);
});

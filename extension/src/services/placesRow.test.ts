import { expect, test } from 'vitest';
import { placesRow, type ShownPlaces } from './placesRow.ts';
import { renderServices } from './servicesTree.ts';

function check(places: ShownPlaces | undefined, expected: string): void {
  const row = placesRow(places, 'Local');
  expect(row === undefined ? '' : renderServices([row])).toBe(expected);
}

test('while everything shown is of this machine, nothing is said of it', () => {
  check(undefined, '');
  check({ traces: 'Local', errors: 'Local' }, '');
});

test('a view that looks elsewhere says where, and leads back', () => {
  check(
    { traces: 'Local', errors: 'Rollbar' },
    'Read from  Rollbar\n  Traces, logs, sampling  Local\n  Errors  Rollbar\n',
  );
  check(
    { traces: 'AWS dev eu-central-1', errors: 'Rollbar' },
    'Read from  AWS dev eu-central-1, Rollbar\n  Traces, logs, sampling  AWS dev eu-central-1\n  Errors  Rollbar\n',
  );
  const commands = placesRow({ traces: 'Local', errors: 'Rollbar' }, 'Local')?.children.map(
    ({ command }) => command?.id,
  );
  expect(commands).toEqual(['sightline.chooseSource', 'sightline.chooseErrorSource']);
});

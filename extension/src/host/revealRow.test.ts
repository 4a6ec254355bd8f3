import { expect, test } from 'vitest';
import { revealRow } from './revealRow.ts';

/** A tree of the editor that draws a row only after so many questions. */
async function check(drawnAfter: number, expected: string): Promise<void> {
  let asked = 0;
  const tree = {
    reveal: (row: string) => {
      asked += 1;
      return asked > drawnAfter ? Promise.resolve() : Promise.reject(new Error(`not found: ${row}`));
    },
  };
  const outcome = await revealRow(tree, 'a').then(
    () => 'revealed',
    (error: unknown) => String(error),
  );
  expect(outcome).toBe(expected);
}

test('a row is revealed once the editor has drawn it', async () => {
  await check(0, 'revealed');
  await check(3, 'revealed');
});

test('a row that never comes is told as the editor tells it', async () => {
  await check(Infinity, 'Error: not found: a');
});

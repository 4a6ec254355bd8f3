import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { documentTable, DocumentWriter, readDocuments, type DocumentChange } from './documentTable.ts';

/** Changes documents one after the other, where a key `full` finds the disk full, and compares what is there. */
function check(changes: readonly (readonly DocumentChange[])[], expected: readonly string[]): void {
  const database = new DatabaseSync(':memory:');
  database.exec(documentTable);
  database.exec(
    `create trigger disk before insert on document when new.key = 'full' begin select raise(abort, 'full'); end`,
  );
  const writer = new DocumentWriter(database);
  const outcomes = changes.map((each) => {
    try {
      writer.change(each);
      return 'stored';
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
  });
  const documents = readDocuments(database, 'rule').map(([key, value]) => `${key} ${value}`);
  expect([...outcomes, ...documents]).toEqual(expected);
  database.close();
}

const one: DocumentChange = { of: 'rule', key: 'one', value: '1' };

test('documents that are changed at once are changed all or none', () => {
  check(
    [
      [one, { of: 'rule', key: 'two', value: '2' }],
      [
        { ...one, value: '3' },
        { of: 'rule', key: 'two' },
        { of: 'rule', key: 'full', value: '4' },
      ],
    ],
    ['stored', 'refused: full', 'one 1', 'two 2'],
  );
});

test('a change after one that was refused is stored', () => {
  check([[{ of: 'rule', key: 'full', value: '1' }], [one]], ['refused: full', 'stored', 'one 1']);
});

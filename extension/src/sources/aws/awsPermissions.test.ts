import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { permissionsText } from './awsPermissions.ts';

const root = path.resolve(import.meta.dirname, '../../../..');

test('the document has what the command prints', () => {
  // The document is laid out by the formatter.
  const written = readFileSync(path.join(root, 'docs/aws-permissions.md'), 'utf8');
  expect(written.replaceAll(/\s+/g, '')).toBe(permissionsText().replaceAll(/\s+/g, ''));
});

test('every call that is made has its permission in the policy', () => {
  const sources = globSync('*.ts', { cwd: import.meta.dirname }).filter((name) => !/test|awsPermissions/.test(name));
  const texts = sources.map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8'));
  const called = texts.flatMap((text) => text.match(/(?<=')(?:xray|logs):[A-Z]\w+(?=')/g) ?? []);
  const allowed = permissionsText().match(/(?:xray|logs):[A-Z]\w+/g) ?? [];
  expect([...new Set(called)].toSorted()).toEqual(allowed.toSorted());
});

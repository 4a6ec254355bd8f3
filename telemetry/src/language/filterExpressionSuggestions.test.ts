import { expect, test } from 'vitest';
import { applySuggestion, suggestionsAt, type FilterVocabulary } from './filterExpressionSuggestions.ts';

const vocabulary: FilterVocabulary = {
  services: [
    { name: 'backend-flask', type: 'AWS::ECS::Container' },
    { name: 'DynamoDB', type: 'AWS::DynamoDB::Table' },
    { name: 'backend-flask' },
  ],
  annotations: [
    { key: 'user', values: ['juno', 'andrew "a" brown', 'x', 'y'] },
    { key: 'aws.kind', values: [2, true] },
  ],
  metadataKeys: ['payload'],
  groups: [{ name: 'slow', arn: 'arn:slow' }],
};

/** The cursor is `|`; shows the first suggestions, and the text after the first of them was taken. */
function check(marked: string, expected: readonly string[], taken: string): void {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { items, ...place } = suggestionsAt(text, offset, vocabulary);
  expect(items.slice(0, expected.length).map(({ label }) => label)).toEqual(expected);
  const [first] = items;
  const after = first === undefined ? undefined : applySuggestion(text, place, first);
  expect(after === undefined ? '' : `${after.text.slice(0, after.offset)}|${after.text.slice(after.offset)}`).toBe(
    taken,
  );
}

test('keywords by what was typed of them, the ones that begin so first', () => {
  check('fau|', ['fault', 'rootcause.fault.service'], 'fault |');
  check('status|', ['http.status'], 'http.status |');
  check('HTTP.S|', ['http.status'], 'http.status |');
  check('ok AND ser|', ['service', 'http.useragent', 'user'].slice(0, 1), 'ok AND service(|');
  check('zzz|', [], '');
});

test('services that were seen, each once', () => {
  check('service(|', ['"backend-flask"', '"DynamoDB"'], 'service("backend-flask"|');
  check('service("dyn|', ['"DynamoDB"'], 'service("DynamoDB"|');
  check('service("flask|', ['"backend-flask"'], 'service("backend-flask"|');
  check(
    'service(id(type: |',
    ['"AWS::ECS::Container"', '"AWS::DynamoDB::Table"'],
    'service(id(type: "AWS::ECS::Container"|',
  );
  check('edge("backend-flask", |', ['"backend-flask"'], 'edge("backend-flask", "backend-flask"|');
});

test('annotations that were seen, keys and values', () => {
  check('annotation.|', ['annotation.user'], 'annotation.user |');
  check('annotation[|', ['annotation[aws.kind]'], 'annotation[aws.kind] |');
  check('annotation.user = |', ['"juno"', String.raw`"andrew \"a\" brown"`], 'annotation.user = "juno"|');
  check('annotation[aws.kind] = |', ['2', 'true', 'false'], 'annotation[aws.kind] = 2|');
});

test('metadata is not offered, for it cannot be filtered', () => {
  check('annotation.pay|', [], '');
});

test('operators and values of a keyword; a space behind is not doubled', () => {
  check('http.status |', ['=', '!=', '<'], 'http.status = |');
  check('http.method = |', ['"GET"', '"POST"'], 'http.method = "GET"|');
  check('fau| AND ok', ['fault'], 'fault |AND ok');
  check('group.name = |', ['"slow"'], 'group.name = "slow"|');
});

test('what is there in full is not offered again', () => {
  check('fault|', ['rootcause.fault.service'], 'rootcause.fault.service |');
});

test('an annotation is explained by some of its values', () => {
  const { items } = suggestionsAt('annotation.', 11, vocabulary);
  expect(items.map(({ about }) => about)).toEqual(['juno, andrew "a" brown, x …']);
});

import { expect, test } from 'vitest';
import { guideExamples } from '../../test/filterExpressions.ts';
import { completionsAt, type FilterCompletion } from './filterExpressionCompletions.ts';

/** The cursor is `|`; what a completion would replace is shown first, where it is anything. */
function check(marked: string, expected: string): void {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { start, end, items } = completionsAt(text, offset);
  const replaced = text.slice(start, end);
  expect(`${replaced === '' ? '' : `[${replaced}] `}${spoken(items)}`).toBe(expected);
}

/** Keywords are counted, for there are many and the keyword table is their list. */
function spoken(items: readonly FilterCompletion[]): string {
  const keywords = items.filter(({ kind }) => kind === 'keyword').length;
  const others = items.flatMap((item) => {
    switch (item.kind) {
      case 'keyword':
        return [];
      case 'annotationKey':
        return ['‹annotation›'];
      case 'value':
        return [`‹${Object.values(item.of).join(' ')}›`];
      case 'operator':
      case 'sign':
      case 'word':
        return [item.text];
    }
  });
  return [...(keywords === 0 ? [] : [`${keywords} keywords`]), ...others].join(' ');
}

function keywordsAt(text: string): string {
  const { items } = completionsAt(text, text.length);
  return items.flatMap((item) => (item.kind === 'keyword' ? item.text : [])).join(' ');
}

test('at the start stands a condition', () => {
  check('|', '36 keywords ‹annotation› ! (');
  check('  |', '36 keywords ‹annotation› ! (');
  check('!|', '36 keywords ‹annotation› ! (');
  check('(|', '36 keywords ‹annotation› ! (');
  check('ok AND |', '36 keywords ‹annotation› ! (');
  check('ok OR fault |', '36 keywords = != AND OR ‹annotation› ! (');
});

test('a word that has been begun is replaced whole', () => {
  check('fau|', '[fau] 36 keywords ‹annotation› ! (');
  check('ok AND htt|p.url = "x"', '[http.url] 36 keywords ‹annotation› ! (');
  check('ok AN|', '[AN] 36 keywords = != AND OR ‹annotation› ! (');
  check('user CONT|', '[CONT] 36 keywords = != CONTAINS BEGINSWITH ENDSWITH AND OR ‹annotation› ! (');
});

test('behind a keyword stand the operators of its type, or what follows a condition', () => {
  check('fault |', '36 keywords = != AND OR ‹annotation› ! (');
  check('duration |', '36 keywords = != < <= > >= AND OR ‹annotation› ! (');
  check('user |', '36 keywords = != CONTAINS BEGINSWITH ENDSWITH AND OR ‹annotation› ! (');
  check('annotation.a |', '36 keywords = != < <= > >= CONTAINS BEGINSWITH ENDSWITH AND OR ‹annotation› ! (');
  check('group.name |', '= !=');
  check('(ok |', '36 keywords = != AND OR ‹annotation› ! ( )');
});

test('behind an operator stand the values of the keyword', () => {
  check('fault = |', 'true false');
  check('fault = tr|', '[tr] true false');
  check('http.status >= |', '‹number http.status›');
  check('user = |', '‹string user›');
  check('annotation.user = |', '‹annotationValue user› true false');
  check('annotation.user > |', '‹annotationValue user›');
  check('annotation[a.b] CONTAINS |', '‹annotationValue a.b›');
  check('group.name = |', '‹group name›');
  check('group.arn != |', '‹group arn›');
  check('json = |', '‹rootCauseJson›');
});

test('inside a text its whole is replaced; an unfinished one up to the cursor', () => {
  check('user = "al|ice" AND ok', '["alice"] ‹string user›');
  check('user = "al| AND ok', '["al] ‹string user›');
  check('service("|', '["] ‹service› id )');
  check('user = "alice"|', '36 keywords AND OR ‹annotation› ! (');
});

test('a key of an annotation is completed where annotations may stand', () => {
  check('annotation.|', '[annotation.] ‹annotation›');
  check('ok AND annotation.us|er = 1', '[annotation.user] ‹annotation›');
  check('annotation[aws.|', '[annotation[aws.] ‹annotation›');
  check('service() { annotation.|', '[annotation.] ');
});

test('the parts of service() and edge()', () => {
  check('service|', '[service] 36 keywords ‹annotation› ! (');
  check('service |', '(');
  check('service(|', '‹service› id )');
  check('service("a"|', ')');
  check('service("a") |', '36 keywords AND OR ‹annotation› ! ( {');
  check('edge("a", |', '‹service› id');
  check('edge("a"|', ',');
  check('service(id(|', 'name type account.id');
  check('service(id(type|', '[type] name type account.id');
  check('service(id(type |', ':');
  check('service(id(type: |', '‹serviceType›');
  check('service(id(account.id: |', '‹accountId›');
  check('service(id(type: "t", |', 'name account.id');
  check('service(id(type: "t" |', ') ,');
});

test('between braces stand the keywords that describe what the braces filter', () => {
  check('service("a") { |', '21 keywords ! ( }');
  check('service("a") { fault |', '21 keywords = != AND OR ! ( }');
  check('rootcause.fault.service { |', '7 keywords ! ( }');
  check('rootcause.fault.entity { |', '7 keywords ! ( }');
  check('rootcause.fault.exception { |', '5 keywords ! ( }');
  check('service("a") { fault } AND |', '36 keywords ‹annotation› ! (');
});

test('the keywords of each place by name', () => {
  const request =
    'ok error throttle fault partial inferred root responsetime duration http.status http.url http.method http.useragent ' +
    'http.clientip user name type message availabilityzone instance.id resource.arn';
  const rootCauses = ['fault', 'error', 'responsetime'].flatMap((cause) =>
    ['service', 'entity', 'exception'].map((element) => `rootcause.${cause}.${element}`),
  );
  expect(keywordsAt('')).toBe(
    `${request} service edge group.name group.arn ${rootCauses.join(' ')} rootcause.json json`,
  );
  expect(keywordsAt('service() {')).toBe(request);
  expect(keywordsAt('edge("a", "b") {')).toBe(request);
  expect(keywordsAt('rootcause.fault.service {')).toBe('inferred root first last index name type');
  expect(keywordsAt('rootcause.error.entity {')).toBe('first last remote index coverage name message');
  expect(keywordsAt('rootcause.responsetime.exception {')).toBe('first last index name message');
});

test('behind an error nothing is known', () => {
  check('nonsense AND |', '');
  check('user = alice AND |', '');
});

test('at each place of each example something can be completed', () => {
  for (const text of guideExamples.filter((example) => !example.includes('#['))) {
    for (let offset = 0; offset <= text.length; offset++) {
      const { start, end, items } = completionsAt(text, offset);
      expect(items, `${text.slice(0, offset)}|`).not.toEqual([]);
      expect([start <= offset, end >= offset]).toEqual([true, true]);
    }
  }
});

import type { ComparedWith } from './filterExpressionComparisons.ts';
import { completionsAt, type FilterCompletion } from './filterExpressionCompletions.ts';
import { quoteFilterText, renderAnnotationKey } from './filterExpressionText.ts';

/** What has been seen in some store, and so may be worth asking for; each list in the order in which it is to be offered. */
export interface FilterVocabulary {
  readonly services: readonly { readonly name: string; readonly type?: string }[];
  readonly annotations: readonly { readonly key: string; readonly values: readonly (string | number | boolean)[] }[];
  /** Keys that were seen, but that no filter can ask for. */
  readonly metadataKeys: readonly string[];
  readonly groups: readonly { readonly name: string; readonly arn: string }[];
}

export const emptyVocabulary: FilterVocabulary = { services: [], annotations: [], metadataKeys: [], groups: [] };

export interface FilterSuggestions {
  /** Offsets of what a chosen suggestion replaces. */
  readonly start: number;
  readonly end: number;
  /** Those that fit what was typed so far, what begins like it first. */
  readonly items: readonly FilterSuggestion[];
}

export interface FilterSuggestion {
  readonly kind: 'keyword' | 'operator' | 'sign' | 'word' | 'annotation' | 'value';
  /** As it is shown. */
  readonly label: string;
  /** As it is written, with what always follows it. */
  readonly insert: string;
  /** One sentence or less, where there is something to say. */
  readonly about: string;
}

/** What could be typed at the cursor: what the grammar takes there, with the values and keys that were seen. */
export function suggestionsAt(text: string, offset: number, vocabulary: FilterVocabulary): FilterSuggestions {
  const { start, end, items } = completionsAt(text, offset);
  const typed = text.slice(start, offset).toLowerCase();
  const suggestions = items.flatMap((item) => suggestionsOf(item, vocabulary));
  return { start, end, items: narrowed(suggestions, typed) };
}

/** The text with a suggestion put in, and where the cursor is then. */
export function applySuggestion(
  text: string,
  { start, end }: Pick<FilterSuggestions, 'start' | 'end'>,
  { insert }: FilterSuggestion,
): { readonly text: string; readonly offset: number } {
  const behind = text.slice(end);
  // A space that is there already is stepped over instead of doubled.
  const written = insert.endsWith(' ') && behind.startsWith(' ') ? insert.slice(0, -1) : insert;
  const before = text.slice(0, start) + written;
  return { text: before + behind, offset: before.length + (written === insert ? 0 : 1) };
}

/** Letters anywhere in a label may be what somebody remembers of it; the first ones most often are. */
function narrowed(suggestions: readonly FilterSuggestion[], typed: string): readonly FilterSuggestion[] {
  const begins = suggestions.filter(({ label }) => label.toLowerCase().startsWith(typed));
  const contains = suggestions.filter(({ label }) => {
    const lowerCase = label.toLowerCase();
    return !lowerCase.startsWith(typed) && lowerCase.includes(typed.replace(/^"/u, ''));
  });
  // What is there in full needs no suggestion of itself.
  return [...begins, ...contains].filter(({ label }) => label.toLowerCase() !== typed || typed === '');
}

function suggestionsOf(item: FilterCompletion, vocabulary: FilterVocabulary): FilterSuggestion[] {
  switch (item.kind) {
    case 'keyword': {
      const { text, about } = item;
      const takesBrackets = text === 'service' || text === 'edge';
      return [{ kind: 'keyword', label: text, insert: takesBrackets ? `${text}(` : `${text} `, about }];
    }
    case 'operator':
    case 'word':
      return [{ kind: item.kind, label: item.text, insert: insertOf(item), about: aboutWord(item.text) }];
    case 'sign':
      return [{ kind: 'sign', label: item.text, insert: item.text === '{' ? '{ ' : item.text, about: '' }];
    case 'annotationKey':
      return vocabulary.annotations.map(({ key, values }) => {
        const label = renderAnnotationKey(key);
        return { kind: 'annotation', label, insert: `${label} `, about: examplesOf(values) };
      });
    case 'value':
      return valuesOf(item.of, vocabulary).map(({ value, about = '' }) => {
        const text = typeof value === 'string' ? quoteFilterText(value) : String(value);
        return { kind: 'value', label: text, insert: text, about };
      });
  }
}

function insertOf({ kind, text }: { readonly kind: string; readonly text: string }): string {
  if (text === 'id') {
    return 'id(';
  }
  return kind === 'operator' ? `${text} ` : text;
}

const aboutWords: Readonly<Record<string, string>> = {
  CONTAINS: 'The text is somewhere in it.',
  BEGINSWITH: 'It begins with the text.',
  ENDSWITH: 'It ends with the text.',
  AND: 'Both are true.',
  OR: 'At least one is true.',
  id: 'A service by its name, type or account.',
};

function aboutWord(text: string): string {
  return aboutWords[text] ?? '';
}

function examplesOf(values: readonly (string | number | boolean)[]): string {
  const some = values.slice(0, 3).map((value) => String(value).slice(0, 30));
  return some.length === 0 ? '' : `${some.join(', ')}${values.length > some.length ? ' …' : ''}`;
}

interface SeenValue {
  readonly value: string | number | boolean;
  readonly about?: string;
}

function valuesOf(of: ComparedWith, { services, annotations, groups }: FilterVocabulary): readonly SeenValue[] {
  switch (of.kind) {
    case 'service':
      return named(services);
    case 'serviceType':
      return typesOf(services);
    case 'group':
      return groups.map(({ name, arn }) => (of.by === 'name' ? { value: name } : { value: arn, about: name }));
    case 'annotationValue':
      return (
        (annotations.find(({ key }) => key === of.key)?.values ?? [])
          // The grammar offers these two by itself.
          .filter((value) => typeof value !== 'boolean')
          .map((value) => ({ value }))
      );
    case 'string':
      return of.keyword === 'name' ? named(services) : of.keyword === 'type' ? typesOf(services) : usual(of.keyword);
    case 'number':
      return usual(of.keyword);
    case 'boolean':
    case 'accountId':
    case 'rootCauseJson':
      return [];
  }
}

function named(services: FilterVocabulary['services']): SeenValue[] {
  const names = new Map(services.map(({ name, type }) => [name, type]));
  return [...names].map(([value, about]) => (about === undefined ? { value } : { value, about }));
}

function typesOf(services: FilterVocabulary['services']): SeenValue[] {
  return [...new Set(services.flatMap(({ type }) => type ?? []))].map((value) => ({ value }));
}

const usualValues: Readonly<Record<string, readonly (string | number)[]>> = {
  'http.method': ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  'http.status': [200, 400, 401, 403, 404, 429, 500, 502, 503],
};

/** What is the same in every store. */
function usual(keyword: string): readonly SeenValue[] {
  return (usualValues[keyword] ?? []).map((value) => ({ value }));
}

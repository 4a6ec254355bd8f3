import { joinWords } from './filterExpressionExpected.ts';
import { findKeyword, keywordEntries, type FilterScope, type KeywordEntry } from './filterExpressionKeywords.ts';

/** One sentence on why a word, as it was written, is no keyword in this scope. */
export function keywordProblem(written: string, scope: FilterScope): string {
  const lowerCase = written.toLowerCase();
  const entry = findKeyword(lowerCase);
  if (entry !== undefined) {
    return wrongPlace(entry, scope);
  }
  switch (lowerCase) {
    case 'not':
      return 'Negation is written as !.';
    case 'and':
    case 'or':
    case 'contains':
    case 'beginswith':
    case 'endswith':
      return `A condition is missing before ${lowerCase.toUpperCase()}.`;
    case 'annotation':
      return 'The key of the annotation is missing: write annotation.key or annotation[key].';
    default: {
      const nearest = nearestKeyword(lowerCase, scope);
      return `${written} is no keyword${nearest === undefined ? ', and text stands in quotation marks' : `; ${nearest} is one`}.`;
    }
  }
}

function wrongPlace({ text, use, scopes }: KeywordEntry, scope: FilterScope): string {
  if (use.type === 'service' || use.type === 'edge') {
    return `${text}() cannot stand between braces: combine it with AND outside of them.`;
  }
  const forms = bracedForms(scopes);
  const says =
    scope === 'trace'
      ? `${text} describes an element of a root cause`
      : `${text} says nothing of ${spokenScopes[scope]}`;
  return `${says}${forms === '' ? '' : `: it stands in the braces of ${forms}`}.`;
}

const spokenScopes: Record<Exclude<FilterScope, 'trace'>, string> = {
  service: 'a service',
  edge: 'an edge',
  'rootCause.service': 'a service of a root cause',
  'rootCause.entity': 'an entity of a root cause',
  'rootCause.exception': 'an exception of a root cause',
};

function bracedForms(scopes: readonly FilterScope[]): string {
  const forms = scopes.filter((scope) => scope.startsWith('rootCause.'));
  return joinWords(forms.map((scope) => scope.replace('rootCause.', 'rootcause.fault.')));
}

/** The keyword that a mistyped one was meant to be: at most two letters away, and the nearest. */
function nearestKeyword(lowerCase: string, scope: FilterScope): string | undefined {
  let nearest: { readonly text: string; readonly distance: number } | undefined;
  for (const { text, scopes } of keywordEntries) {
    const distance = scopes.includes(scope) && lowerCase.length <= 40 ? editDistance(lowerCase, text) : Infinity;
    if (distance < (nearest?.distance ?? 3) && distance < text.length / 2) {
      nearest = { text, distance };
    }
  }
  return nearest?.text;
}

function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}

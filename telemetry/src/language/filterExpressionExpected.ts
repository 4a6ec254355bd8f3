/** What the grammar can take at one place; a parser adds them up as it asks for each, so the sum is complete by construction. */
export const Expected = {
  keyword: 1 << 0,
  not: 1 << 1,
  openParenthesis: 1 << 2,
  closeParenthesis: 1 << 3,
  and: 1 << 4,
  or: 1 << 5,
  openBrace: 1 << 6,
  closeBrace: 1 << 7,
  comma: 1 << 8,
  colon: 1 << 9,
  /** `=` and `!=`. */
  equality: 1 << 10,
  /** `<`, `<=`, `>`, `>=`. */
  order: 1 << 11,
  /** `CONTAINS`, `BEGINSWITH`, `ENDSWITH`. */
  part: 1 << 12,
  boolean: 1 << 13,
  number: 1 << 14,
  string: 1 << 15,
  id: 1 << 16,
  idName: 1 << 17,
  idType: 1 << 18,
  idAccount: 1 << 19,
  json: 1 << 20,
  end: 1 << 21,
} as const;

/** In the order in which a message and a list of completions name them. */
const words: readonly (readonly [bit: number, words: readonly string[]])[] = [
  [Expected.equality, ['=', '!=']],
  [Expected.order, ['<', '<=', '>', '>=']],
  [Expected.part, ['CONTAINS', 'BEGINSWITH', 'ENDSWITH']],
  [Expected.boolean, ['true', 'false']],
  [Expected.number, ['a number']],
  [Expected.string, ['text in quotation marks']],
  [Expected.json, ['#[…]']],
  [Expected.id, ['id(…)']],
  [Expected.idName, ['name']],
  [Expected.idType, ['type']],
  [Expected.idAccount, ['account.id']],
  [Expected.keyword, ['a keyword']],
  [Expected.not, ['!']],
  [Expected.openParenthesis, ['(']],
  [Expected.closeParenthesis, [')']],
  [Expected.openBrace, ['{']],
  [Expected.closeBrace, ['}']],
  [Expected.comma, [',']],
  [Expected.colon, [':']],
  [Expected.and, ['AND']],
  [Expected.or, ['OR']],
  [Expected.end, ['the end']],
];

/** The members of a sum of `Expected`, as words. */
export function expectedWords(sum: number): string[] {
  return words.filter(([bit]) => (sum & bit) !== 0).flatMap(([, written]) => written);
}

/** `=, != or AND`. */
export function joinWords(list: readonly string[]): string {
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
}

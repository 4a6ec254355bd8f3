/** What columns say about a question: sometimes only that what was sent must be asked. */
export const verdict = { no: 0, yes: 1, maybe: 2 } as const;

export type Verdict = (typeof verdict)[keyof typeof verdict];

export function verdictOf(isSo: boolean): Verdict {
  return isSo ? verdict.yes : verdict.no;
}

/** Sure of the opposite, or as unsure as before. */
export function notVerdict(value: Verdict): Verdict {
  return value === verdict.maybe ? value : value === verdict.yes ? verdict.no : verdict.yes;
}

/** A run of rows from where the selection began to where it is now. */
export interface Selection {
  readonly anchor: number;
  readonly current: number;
}

/** The selection with another end, or a new one of that row alone; the row is brought into the list. */
export function selectTo(
  selection: Selection | undefined,
  index: number,
  { rows, extends: isExtending }: { readonly rows: number; readonly extends: boolean },
): Selection | undefined {
  if (rows === 0) {
    return undefined;
  }
  const current = Math.max(0, Math.min(index, rows - 1));
  return { anchor: isExtending && selection !== undefined ? selection.anchor : current, current };
}

export function isSelected(selection: Selection | undefined, index: number): boolean {
  return selection !== undefined && index >= startOf(selection) && index < startOf(selection) + countOf(selection);
}

export function startOf({ anchor, current }: Selection): number {
  return Math.min(anchor, current);
}

export function countOf({ anchor, current }: Selection): number {
  return Math.abs(anchor - current) + 1;
}

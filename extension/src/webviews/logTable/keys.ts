/** What a key does in the table. */
export type KeyAction =
  | { readonly kind: 'move'; readonly by: number; readonly extends: boolean }
  | { readonly kind: 'moveTo'; readonly end: 'newest' | 'oldest'; readonly extends: boolean }
  | { readonly kind: 'page'; readonly direction: -1 | 1; readonly extends: boolean }
  | { readonly kind: 'expand' | 'collapse' | 'toggle' | 'copy' | 'openTrace' | 'clear' | 'selectAll' }
  /** Goes to the search box. */
  | { readonly kind: 'find' };

/** The parts of a `KeyboardEvent` that tell. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What a key means in the table, as in the editor's own lists; `undefined` for keys that are not for it. */
export function keyActionOf({ key, shiftKey, ctrlKey, metaKey }: Key): KeyAction | undefined {
  if (ctrlKey || metaKey) {
    const withControl: Readonly<Record<string, KeyAction>> = {
      c: { kind: 'copy' },
      f: { kind: 'find' },
      a: { kind: 'selectAll' },
      Enter: { kind: 'openTrace' },
    };
    return withControl[key];
  }
  const plain: Readonly<Record<string, KeyAction>> = {
    ArrowDown: { kind: 'move', by: 1, extends: shiftKey },
    ArrowUp: { kind: 'move', by: -1, extends: shiftKey },
    PageDown: { kind: 'page', direction: 1, extends: shiftKey },
    PageUp: { kind: 'page', direction: -1, extends: shiftKey },
    Home: { kind: 'moveTo', end: 'newest', extends: shiftKey },
    End: { kind: 'moveTo', end: 'oldest', extends: shiftKey },
    ArrowRight: { kind: 'expand' },
    ArrowLeft: { kind: 'collapse' },
    Enter: { kind: 'toggle' },
    ' ': { kind: 'toggle' },
    Escape: { kind: 'clear' },
  };
  return plain[key];
}

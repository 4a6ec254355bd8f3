/** What a key does in the filter box. */
export type FilterKey = 'enter' | 'escape' | 'take' | 'suggest' | 'up' | 'down';

interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
}

/** `undefined` for a key that is left to the browser, and for all while an input method composes a letter. */
export function filterKeyOf(pressed: PressedKey): FilterKey | undefined {
  const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing } = pressed;
  if (isComposing) {
    return undefined;
  }
  if (key === ' ' && (ctrlKey || metaKey)) {
    return 'suggest';
  }
  return ctrlKey || metaKey || altKey || shiftKey ? undefined : plainKeys[key];
}

const plainKeys: Readonly<Record<string, FilterKey>> = {
  Enter: 'enter',
  Escape: 'escape',
  Tab: 'take',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

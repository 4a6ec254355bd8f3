import type { RegexNode } from './linearRegexTree.ts';

/** The longest text that every match has in it; empty where none is known. */
export function requiredText(root: RegexNode): string {
  return runsOf(root).reduce((kept, run) => (run.length > kept.length ? run : kept), '');
}

/** Runs of single characters outside alternatives and optional parts. */
function runsOf(node: RegexNode): readonly string[] {
  const items = itemsOf(node);
  const runs: string[] = [];
  let run = '';
  for (const item of items) {
    const repeated = item.kind === 'repeat' ? item : undefined;
    const character = singleCharacter(repeated?.item ?? item);
    if (character !== undefined) {
      run += character.repeat(repeated?.min ?? 1);
    }
    const isFixed = character !== undefined && repeated?.min === repeated?.max;
    if (!isFixed && item.kind !== 'edge') {
      runs.push(run);
      run = character !== undefined && repeated !== undefined ? character.repeat(repeated.min) : '';
    }
  }
  return [...runs, run];
}

function itemsOf(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items.flatMap(itemsOf);
    case 'group':
      return itemsOf(node.item);
    default:
      return [node];
  }
}

function singleCharacter(node: RegexNode): string | undefined {
  if (node.kind !== 'set' || node.set.length !== 1) {
    return undefined;
  }
  const [[from, to] = [0, 1]] = node.set;
  return from === to ? String.fromCodePoint(from) : undefined;
}

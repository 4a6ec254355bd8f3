/** Compares `major.minor.patch` by number; a pre-release suffix is not looked at. */
export function isNewerVersion(own: string, other: string): boolean {
  const left = partsOf(own);
  const right = partsOf(other);
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0));
  return index !== -1 && (left[index] ?? 0) > (right[index] ?? 0);
}

function partsOf(version: string): number[] {
  return version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
}

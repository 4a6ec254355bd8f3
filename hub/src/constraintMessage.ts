/** AWS's words for a value that breaks a constraint of its model. */
export function constraintMessage(value: unknown, path: string, constraint: string): string {
  const shown = value === undefined || value === null ? 'null' : `'${shownValue(value)}'`;
  return `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: Member must ${constraint}`;
}

/** Long values are cut: an error is read by a person. */
function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}

import { vendorSecrets, type VendorSecret } from './vendorSecrets.ts';

/** Why a typed text can be no such secret, as a sentence that never repeats it; `undefined` where the vendor has to be asked. */
export function secretFormProblem(kind: VendorSecret, typed: string): string | undefined {
  const value = typed.trim();
  const { name, variable } = vendorSecrets[kind];
  if (value === '') {
    return undefined;
  }
  if (/\s/.test(value)) {
    return `A ${name} has no space in it.`;
  }
  if (value.startsWith(`${variable}=`)) {
    return `Only the value, without ${variable}=.`;
  }
  return /^[\w-]+$/.test(value) ? undefined : `A ${name} has only letters, digits, "_" and "-".`;
}

/** Whether a text in a list's search box is searched by: one that is in no label is a secret that somebody takes the box to ask for. */
export function isSearchFor(typed: string, labels: readonly string[]): boolean {
  const words = typed.trim().toLowerCase();
  return labels.some((label) => label.toLowerCase().includes(words));
}

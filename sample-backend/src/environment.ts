export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's text without surrounding blanks. Undefined where it is not set, or empty. */
export function textOf(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === undefined || text === '' ? undefined : text;
}

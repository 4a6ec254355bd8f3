/** A launch configuration as the editor hands it over: any keys beside these. */
export interface LaunchConfiguration {
  readonly type: string;
  readonly request: string;
  readonly [key: string]: unknown;
}

/** How a debugger takes variables: as an object under `env`, or as a list of names and values under `environment`. */
const envObject = new Set([
  'node',
  'pwa-node',
  'python',
  'debugpy',
  'go',
  'java',
  'coreclr',
  'clr',
  'lldb',
  'lldb-dap',
  'php',
  'ruby_lsp',
  'dart',
  'kotlin',
  'bun',
]);
const envList = new Set(['cppdbg', 'cppvsdbg']);

/**
 * The configuration with our variables added where it does not set them itself, in `env` or in its `envFile`; the same object where its debugger takes none. Adding twice is adding once, since a
 * debugger may hand over its configuration again for the sessions that it begins itself.
 */
export function withEnvironment<T extends LaunchConfiguration>(
  configuration: T,
  variables: Readonly<Record<string, string>>,
  envFileText: string | undefined,
): T {
  if (configuration.request !== 'launch') {
    return configuration;
  }
  const inFile = namesInEnvFile(envFileText ?? '');
  const entries = Object.entries(variables).filter(([name]) => !inFile.has(name));
  if (envObject.has(configuration.type)) {
    return { ...configuration, env: { ...Object.fromEntries(entries), ...asObject(configuration['env']) } };
  }
  return envList.has(configuration.type) ? withList(configuration, entries) : configuration;
}

function withList<T extends LaunchConfiguration>(configuration: T, entries: readonly [string, string][]): T {
  const own = Array.isArray(configuration['environment']) ? (configuration['environment'] as { name?: unknown }[]) : [];
  const taken = new Set(own.map(({ name }) => name));
  const added = entries.filter(([name]) => !taken.has(name)).map(([name, value]) => ({ name, value }));
  return { ...configuration, environment: [...own, ...added] };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function namesInEnvFile(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*=/gm)].map(([, name = '']) => name);
  return new Set(names);
}

import type { ComposeModel } from './composeFile.ts';

export interface ComposeOverride {
  readonly model: ComposeModel;
  /** What each service gets, by its name. What its own file sets is left as it is. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A name of this machine that containers are to know, such as `host.docker.internal`; absent where they know it already. */
  readonly hostName?: string;
  /** The Python compose refuses files of different versions, so it is told the one of the file. */
  readonly isVersionNeeded: boolean;
}

/** A compose file that goes behind the folder's own: it adds variables and changes nothing that the folder says. JSON strings are YAML strings too, whatever is in them. */
export function renderComposeOverride({ model, environment, hostName, isVersionNeeded }: ComposeOverride): string {
  const services = model.services.flatMap(({ name, variables, networkMode }) => {
    const own = new Set(variables);
    const added = Object.entries(environment[name] ?? {}).filter(([variable]) => !own.has(variable));
    if (added.length === 0) {
      return [];
    }
    // A container without a network of its own cannot be given hosts.
    const isNamed = hostName !== undefined && networkMode === undefined;
    return [
      `  ${JSON.stringify(name)}:`,
      '    environment:',
      ...added.map(([variable, value]) => `      ${variable}: ${JSON.stringify(value.replaceAll('$', '$$$$'))}`),
      ...(isNamed ? ['    extra_hosts:', `      - ${JSON.stringify(`${hostName}:host-gateway`)}`] : []),
    ];
  });
  return [
    '# Made by Sightline at each start: points the services of this project at the hub. Changes here are lost.',
    ...(isVersionNeeded && model.version !== undefined ? [`version: ${JSON.stringify(model.version)}`] : []),
    services.length === 0 ? 'services: {}' : 'services:',
    ...services,
    '',
  ].join('\n');
}

/** The services that get the environment: those that a person named, else those that are built here, the backend and the daemon. */
export function servicesToInstrument(
  { services }: ComposeModel,
  named: readonly string[] | undefined,
  also: readonly string[],
): readonly string[] {
  return services
    .filter(({ name, isBuilt }) => (named === undefined ? isBuilt || also.includes(name) : named.includes(name)))
    .map(({ name }) => name);
}

import type { ComposeContainer } from './composeContainers.ts';
import type { ComposeModel } from './composeFile.ts';

/** Whether services are up, from what the engine says of their containers at one moment. */
export type ComposeVerdict =
  /** `isProven` where each has a health check that says so. */
  | { readonly kind: 'up'; readonly isProven: boolean }
  | { readonly kind: 'waiting' | 'failed'; readonly service: string; readonly message: string };

export interface WantedServices {
  readonly model: ComposeModel;
  /** With what they depend on. */
  readonly names: readonly string[];
  /** Named by a person: of these, an end without an error is one too soon. Others may do some work and end. */
  readonly asked: readonly string[];
  readonly isPodman?: boolean;
}

export function verdictOn(containers: readonly ComposeContainer[], wanted: WantedServices): ComposeVerdict {
  const verdicts = wanted.names.map((name) => verdictOnService(name, containers, wanted));
  return (
    verdicts.find(({ kind }) => kind === 'failed') ??
    verdicts.find(({ kind }) => kind === 'waiting') ?? {
      kind: 'up',
      isProven: verdicts.every((verdict) => verdict.kind === 'up' && verdict.isProven),
    }
  );
}

function verdictOnService(
  name: string,
  containers: readonly ComposeContainer[],
  wanted: WantedServices,
): ComposeVerdict {
  const own = containers.filter(({ service }) => service === name);
  const verdicts = own.map((container) => verdictOnContainer(container, wanted));
  return (
    verdicts.find(({ kind }) => kind === 'failed') ??
    verdicts.find(({ kind }) => kind === 'waiting') ??
    verdicts[0] ?? { kind: 'waiting', service: name, message: `The service ${name} has no container` }
  );
}

function verdictOnContainer(
  { service, state, health, exitCode }: ComposeContainer,
  { model, asked }: WantedServices,
): ComposeVerdict {
  switch (state) {
    case 'running':
      return verdictOnHealth(service, health, model);
    case 'exited':
    case 'dead':
      return exitCode === 0 && !asked.includes(service)
        ? { kind: 'up', isProven: true }
        : { kind: 'failed', service, message: `The service ${service} ended with exit code ${exitCode} at once` };
    case 'restarting':
      return {
        kind: 'failed',
        service,
        message: `The service ${service} ends and is started over and over, the last time with exit code ${exitCode}`,
      };
    case 'created':
    case 'paused':
    case 'removing':
      return { kind: 'waiting', service, message: `The service ${service} is ${state} and did not start` };
  }
}

function verdictOnHealth(service: string, health: ComposeContainer['health'], model: ComposeModel): ComposeVerdict {
  const check = model.services.find(({ name }) => name === service)?.healthCheck;
  const named = check === undefined ? 'its health check' : `its health check \`${check}\``;
  switch (health) {
    case 'none':
      return { kind: 'up', isProven: false };
    case 'healthy':
      return { kind: 'up', isProven: true };
    case 'starting':
      return { kind: 'waiting', service, message: `The service ${service} did not become healthy (${named})` };
    case 'unhealthy':
      return { kind: 'failed', service, message: `The service ${service} is unhealthy: ${named} fails` };
  }
}

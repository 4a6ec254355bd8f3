import { UserError, type ErrorAction } from '../userError.ts';
import type { ComposeCli } from './composeCli.ts';
import type { ComposeContainer } from './composeContainers.ts';
import { diagnoseDaemonLog } from './composeDiagnosis.ts';
import { verdictOn, type WantedServices } from './composeReadiness.ts';

/** What waiting needs: the containers as the engine has them, its events, and time. */
export interface StartSurroundings {
  containers(): Promise<readonly ComposeContainer[]>;
  /** Settles when the engine has told of a change, or after so many milliseconds. */
  changeOr(millis: number): Promise<void>;
  now(): number;
}

/** A service without a health check counts as up once it has run for this long: a program that ends at once is seen running first. */
const steadyMillis = 500;
/** Where the engine tells nothing by itself. */
const tickMillis = 250;
/** How long a service may take from its container's start to its health check's first success. */
const healthyMillis = 90_000;

const podmanHint =
  'Podman has systemd run health checks: without systemd, as in a container, they never run. What was started was taken down again.';

/** Settles with the containers once all that is wanted is up. Throws a `ServiceFailure`, or the signal's reason. */
export async function untilUp(
  wanted: WantedServices,
  around: StartSurroundings,
  signal?: AbortSignal,
): Promise<readonly ComposeContainer[]> {
  const started = around.now();
  for (let upSince: number | undefined; ;) {
    signal?.throwIfAborted();
    const containers = await around.containers();
    const verdict = verdictOn(containers, wanted);
    const now = around.now();
    if (verdict.kind === 'failed') {
      throw composeFailure(verdict.message, { service: verdict.service });
    }
    if (verdict.kind === 'waiting' && now - started > healthyMillis) {
      const hint = wanted.isPodman === true ? `. ${podmanHint}` : '';
      throw composeFailure(`${verdict.message} within ${healthyMillis / 1000} seconds${hint}`, {
        service: verdict.service,
      });
    }
    upSince = verdict.kind === 'up' ? (upSince ?? now) : undefined;
    const rest = upSince === undefined ? tickMillis : upSince + steadyMillis - now;
    if (verdict.kind === 'up' && (verdict.isProven || rest <= 0)) {
      return containers;
    }
    await around.changeOr(rest);
  }
}

/** The last lines of what failed go into the output before its container does. Answers why each service failed that says so. */
export async function failuresOf(
  cli: ComposeCli,
  names: readonly string[],
  error: unknown,
): Promise<ReadonlyMap<string, string>> {
  const containers = await cli.containers().catch(() => []);
  const bad = containers.filter(
    ({ service, state, health }) => names.includes(service) && (state !== 'running' || health === 'unhealthy'),
  );
  const reasons = new Map<string, string>();
  for (const service of new Set(bad.map((each) => each.service))) {
    const { output } = await cli.attempt({ verb: 'logs', service, tail: 100, isFollowed: false });
    const told = diagnoseDaemonLog(output);
    if (told !== undefined) {
      reasons.set(service, told);
    }
  }
  const named = bad.length === 1 ? bad[0]?.service : undefined;
  const service = (error instanceof ServiceFailure ? error.service : undefined) ?? named;
  if (service === undefined || !(error instanceof Error)) {
    return new Map();
  }
  const reason = reasons.get(service);
  return new Map([[service, reason === undefined ? error.message : `${error.message} ${reason}`]]);
}

/** Nothing half-started is left behind: what ran before goes on, what there was is stopped, what there was not is taken away. */
export async function undo(
  cli: ComposeCli,
  before: readonly ComposeContainer[],
  names: readonly string[],
): Promise<void> {
  const running = new Set(before.filter(({ state }) => state === 'running').map(({ service }) => service));
  const existing = new Set(before.map(({ service }) => service));
  const toStop = names.filter((name) => existing.has(name) && !running.has(name));
  const toRemove = names.filter((name) => !existing.has(name));
  if (existing.size === 0) {
    // With the network, which nothing uses any more. Volumes stay.
    await cli.attempt({ verb: 'down' });
    return;
  }
  if (toStop.length > 0) {
    await cli.attempt({ verb: 'stop', services: toStop });
  }
  if (toRemove.length > 0) {
    await cli.attempt({ verb: 'remove', services: toRemove });
  }
}

const showOutput = { label: 'Show Output', command: 'sightline.showComposeOutput' } as const;

/** A failure that is one service's. */
class ServiceFailure extends UserError {
  readonly service: string | undefined;

  constructor(message: string, service: string | undefined, actions: readonly ErrorAction[]) {
    super(message, { actions: [...actions, showOutput] });
    this.service = service;
  }
}

/** `actions` are offered before the output is. */
export function composeFailure(
  message: string,
  { service, actions = [] }: { readonly service?: string | undefined; readonly actions?: readonly ErrorAction[] } = {},
): UserError {
  const sentence = message.endsWith('.') ? message : `${message}. What it started was taken down again.`;
  return new ServiceFailure(sentence, service, actions);
}

import type { HubClient } from '@sightline/hub/client/hubClient';
import { Disposable } from '../lifetime.ts';
import type { CloudPace } from '../sources/aws/cloudSource.ts';
import type { AwsAccount } from '../sources/aws/awsAccount.ts';
import { XRayTraceSource } from '../sources/aws/xrayTraceSource.ts';
import type { HubPresence } from '../sources/hubSource.ts';
import { HubTraceSource } from '../sources/hubTraceSource.ts';
import { SwitchedTraceSource } from '../sources/switchedTraceSource.ts';
import { getSetting } from './settings.ts';
import type { Chosen, SourceChoice } from './sourceChoice.ts';
import { traceWindowMillis } from './traceWindow.ts';
import { systemClock } from './tracesView.ts';

/** What the views of one window look at: the hub, or the AWS account that was chosen. */
export class WindowSources extends Disposable {
  readonly traces: SwitchedTraceSource;
  readonly #hubTraces: HubTraceSource;
  #cloud: CloudSources | undefined;

  constructor(choice: SourceChoice, presence: HubPresence, client: HubClient) {
    super();
    this.#hubTraces = this.register(new HubTraceSource(presence, client));
    this.traces = this.register(new SwitchedTraceSource(this.#hubTraces));
    this.#follow(choice.chosen);
    this.register(choice.onDidChange((chosen) => this.#follow(chosen)));
    this.register({ dispose: () => this.#cloud?.dispose() });
  }

  #follow(chosen: Chosen): void {
    const before = this.#cloud;
    this.#cloud = chosen.kind === 'aws' ? new CloudSources(chosen.account) : undefined;
    this.traces.choose(this.#cloud?.traces ?? this.#hubTraces);
    before?.dispose();
  }
}

/** The sources of one AWS account. */
class CloudSources extends Disposable {
  readonly traces: XRayTraceSource;

  constructor(account: AwsAccount) {
    super();
    const pace: CloudPace = { clock: systemClock, pollMillis: getSetting('sightline.aws.refreshSeconds') * 1000 };
    this.traces = this.register(
      new XRayTraceSource(account, { ...pace, now: () => Date.now(), windowMillis: traceWindowMillis }),
    );
  }
}

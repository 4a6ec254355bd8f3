import type { HubClient } from '@sightline/hub/client/hubClient';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { AwsAccount } from '../sources/aws/awsAccount.ts';
import { AwsBesideSource } from '../sources/aws/awsBesideSource.ts';
import type { PollPace } from '../sources/polledSource.ts';
import { CloudWatchLogSource } from '../sources/aws/cloudWatchLogSource.ts';
import { XRayFilterSource } from '../sources/aws/xrayFilterSource.ts';
import { XRayMapSource } from '../sources/aws/xrayMapSource.ts';
import { XRaySamplingSource } from '../sources/aws/xraySamplingSource.ts';
import { XRayRules } from '../sources/aws/xrayRules.ts';
import { XRayTraceSource } from '../sources/aws/xrayTraceSource.ts';
import type { BesideSource } from '../sources/besideSource.ts';
import type { FilterSource } from '../sources/filterSource.ts';
import { HubBesideSource } from '../sources/hubBesideSource.ts';
import { HubFilterSource } from '../sources/hubFilterSource.ts';
import { HubLogSource } from '../sources/hubLogSource.ts';
import { HubMapSource } from '../sources/hubMapSource.ts';
import { HubSamplingSource } from '../sources/hubSamplingSource.ts';
import type { HubPresence } from '../sources/hubSource.ts';
import { HubTraceSource } from '../sources/hubTraceSource.ts';
import { SwitchedLogSource } from '../sources/switchedLogSource.ts';
import { SwitchedMapSource } from '../sources/switchedMapSource.ts';
import { SwitchedSamplingSource } from '../sources/switchedSamplingSource.ts';
import { SwitchedTraceSource } from '../sources/switchedTraceSource.ts';
import type { SamplingSource } from '../sources/samplingSource.ts';
import { getSetting } from './settings.ts';
import type { Chosen, SourceChoice } from './sourceChoice.ts';
import { traceWindowMillis } from './traceWindow.ts';
import { systemClock } from './tracesView.ts';

/** What the views of one window look at: the hub, or the AWS account that was chosen. */
export class WindowSources extends Disposable {
  readonly traces: SwitchedTraceSource;
  readonly logs: SwitchedLogSource;
  readonly map: SwitchedMapSource;
  readonly sampling: SwitchedSamplingSource;
  readonly beside: BesideSource;
  readonly filters: FilterSource;
  /** What is saved here, whatever is looked at. */
  readonly ownFilters: FilterSource;
  readonly ownSampling: SamplingSource;
  readonly #hub: HubSources;
  #cloud: CloudSources | undefined;

  constructor(choice: SourceChoice, presence: HubPresence, client: HubClient) {
    super();
    this.#hub = this.register(new HubSources(presence, client));
    this.traces = this.register(new SwitchedTraceSource(this.#hub.traces));
    this.logs = this.register(new SwitchedLogSource(this.#hub.logs));
    this.map = this.register(new SwitchedMapSource(this.#hub.map));
    this.sampling = this.register(new SwitchedSamplingSource(this.#hub.sampling));
    this.ownFilters = this.#hub.filters;
    this.ownSampling = this.#hub.sampling;
    this.beside = this.#besideOfChosen();
    this.filters = this.#filtersOfChosen();
    this.#follow(choice.chosen);
    this.register(choice.onDidChange((chosen) => this.#follow(chosen)));
    this.register({ dispose: () => this.#cloud?.dispose() });
  }

  /** Of the AWS account that is looked at; `undefined` while that is none. */
  get rules(): XRayRules | undefined {
    return this.#cloud?.rules;
  }

  #follow(chosen: Chosen): void {
    const before = this.#cloud;
    this.#cloud = chosen.kind === 'aws' ? new CloudSources(chosen.account) : undefined;
    this.traces.choose(this.#cloud?.traces ?? this.#hub.traces);
    this.logs.choose(this.#cloud?.logs ?? this.#hub.logs);
    this.map.choose(this.#cloud?.map ?? this.#hub.map);
    this.sampling.choose(this.#cloud?.sampling ?? this.#hub.sampling);
    before?.dispose();
  }

  #besideOfChosen(): BesideSource {
    const chosen = (): BesideSource => this.#cloud?.beside ?? this.#hub.beside;
    return {
      listLogLines: (extent, signal) => chosen().listLogLines(extent, signal),
      guessTraces: (line, signal) => chosen().guessTraces(line, signal),
      listErrors: (traceId, signal) => chosen().listErrors(traceId, signal),
    };
  }

  #filtersOfChosen(): FilterSource {
    const chosen = (): FilterSource => this.#cloud?.filters ?? this.#hub.filters;
    return {
      loadVocabulary: (signal) => chosen().loadVocabulary(signal),
      listSavedFilters: (signal) => chosen().listSavedFilters(signal),
      saveFilter: (saved) => chosen().saveFilter(saved),
      renameFilter: (name, newName) => chosen().renameFilter(name, newName),
      deleteFilter: (name) => chosen().deleteFilter(name),
    };
  }
}

/** The sources of the hub on this machine. */
class HubSources extends Disposable {
  readonly traces: HubTraceSource;
  readonly logs: HubLogSource;
  readonly map: HubMapSource;
  readonly sampling: HubSamplingSource;
  readonly beside: HubBesideSource;
  readonly filters: HubFilterSource;

  constructor(presence: HubPresence, client: HubClient) {
    super();
    this.traces = this.register(new HubTraceSource(presence, client));
    this.logs = this.register(new HubLogSource(presence, client));
    this.map = this.register(new HubMapSource(presence, client));
    this.sampling = this.register(new HubSamplingSource(presence, client));
    this.beside = this.register(new HubBesideSource(presence, client));
    this.filters = this.register(new HubFilterSource(presence, client));
  }
}

/** The sources of one AWS account. */
class CloudSources extends Disposable {
  readonly traces: XRayTraceSource;
  readonly logs: CloudWatchLogSource;
  readonly map: XRayMapSource;
  readonly beside: BesideSource;
  readonly rules: XRayRules;
  readonly sampling: XRaySamplingSource;
  readonly filters: FilterSource;

  constructor(account: AwsAccount) {
    super();
    const pace: PollPace = { clock: systemClock, pollMillis: getSetting('sightline.aws.refreshSeconds') * 1000 };
    const options = { ...pace, now: () => Date.now() };
    this.traces = this.register(new XRayTraceSource(account, { ...options, windowMillis: traceWindowMillis }));
    this.logs = this.register(new CloudWatchLogSource(account, options));
    this.map = this.register(new XRayMapSource(account, options));
    this.beside = new AwsBesideSource(this.logs);
    this.rules = new XRayRules(account);
    this.sampling = this.register(
      new XRaySamplingSource(this.rules, this.traces, { ...options, confirm: confirmWrite }),
    );
    this.filters = new XRayFilterSource(this.rules, confirmWrite);
  }
}

async function confirmWrite(question: string, detail: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Write')) === 'Write';
}

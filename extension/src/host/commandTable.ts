import type { CostDestination } from '@sightline/telemetry/cost/usage';
import type { RelayDestination } from '@sightline/hub/client/relayApi';
import type { LogScope } from '../sources/logSource.ts';
import type { PlacedLine } from '../sources/besideSource.ts';
import type { ServiceRow } from '../services/serviceRow.ts';
import type { ServiceId } from '../services/serviceState.ts';
import type { ErrorsNode } from './errorsNodes.ts';
import type { LogsNode } from './logsNodes.ts';
import type { SamplingNode } from './samplingRows.ts';
import type { TracesNode } from './tracesNodes.ts';

/**
 * Every command of the Services view and of starting things, with what it takes. From the palette a command comes without arguments, from a row with
 * the row. `manifest.test.ts` holds this against package.json.
 */
export interface ServicesCommands {
  'sightline.start': () => Promise<void>;
  'sightline.stop': () => Promise<void>;
  'sightline.restart': () => Promise<void>;
  'sightline.startService': (service?: ServiceArgument) => Promise<void>;
  'sightline.stopService': (service?: ServiceArgument) => Promise<void>;
  'sightline.restartService': (service?: ServiceArgument) => Promise<void>;
  'sightline.chooseService': (service?: ServiceArgument) => Promise<void>;
  'sightline.startComposeService': (service?: ComposeArgument) => Promise<void>;
  'sightline.stopComposeService': (service?: ComposeArgument) => Promise<void>;
  'sightline.restartComposeService': (service?: ComposeArgument) => Promise<void>;
  'sightline.rebuildComposeService': (service?: ComposeArgument) => Promise<void>;
  'sightline.showComposeLogs': (service?: ComposeArgument) => Promise<void>;
  'sightline.showComposeOutput': () => void;
  'sightline.addToRepository': () => Promise<void>;
  'sightline.openBackend': () => Promise<void>;
  'sightline.showOutput': (service?: ServiceArgument) => Promise<void>;
  'sightline.showLog': () => void;
  'sightline.toggleAutostart': () => Promise<void>;
  'sightline.copyEnvironment': () => Promise<void>;
  'sightline.showEnvironment': () => Promise<void>;
  'sightline.showProblems': () => Promise<void>;
  'sightline.clearProblems': () => Promise<void>;
  'sightline.clearData': () => Promise<void>;
  'sightline.getStarted': () => Promise<void>;
  'sightline.openSettings': () => Promise<void>;
}

/** Every command of the Traces view; those with a row take the selected one, or ask, when they come without. */
export interface TracesCommands {
  'sightline.refreshTraces': () => Promise<void>;
  'sightline.pauseTraces': () => void;
  'sightline.resumeTraces': () => void;
  'sightline.findTrace': (traceId?: string) => Promise<void>;
  /** Shows only the traces that an X-Ray filter expression finds; without one, all of them. */
  'sightline.setTraceFilter': (expression?: string) => Promise<void>;
  'sightline.groupTraces': () => Promise<void>;
  'sightline.showHealthChecks': () => Promise<void>;
  'sightline.hideHealthChecks': () => Promise<void>;
  'sightline.loadOlderTraces': () => Promise<void>;
  'sightline.clearTraces': () => Promise<void>;
  'sightline.pinTrace': (row?: TracesNode) => Promise<void>;
  'sightline.unpinTrace': (row?: TracesNode) => Promise<void>;
  'sightline.copyTraceId': (row?: TracesNode) => Promise<void>;
  'sightline.copyXRayTraceId': (row?: TracesNode) => Promise<void>;
  'sightline.openRawTrace': (row?: TracesNode) => Promise<void>;
  'sightline.openSpan': (row?: TracesNode) => Promise<void>;
  'sightline.goToException': (row?: TracesNode) => Promise<void>;
  'sightline.showTraceOnMap': (row?: TracesNode) => Promise<void>;
  'sightline.showMoreSpans': (row?: TracesNode) => void;
  'sightline.openLineOfTrace': (row?: TracesNode) => Promise<void>;
  'sightline.copyLineOfTrace': (row?: TracesNode) => Promise<void>;
  /** For a log line that names no trace. */
  'sightline.guessTrace': (line?: PlacedLine) => Promise<void>;
}

/** Every command of the service map. */
export interface MapCommands {
  'sightline.openServiceMap': (target?: ServiceMapTarget) => Promise<void>;
}

/** The map of one trace alone, or that of the traces which a filter expression finds; else as the map was left. */
export interface ServiceMapTarget {
  readonly traceId?: string;
  readonly filter?: string;
}

/** Every command of the filter of the Traces view; those with a row take the selected one when they come without. */
export interface TraceFilterCommands {
  /** Takes a filter expression; asks for one when it comes without. */
  'sightline.filterTraces': (filter?: string) => Promise<void>;
  /** Opens the view with the box. */
  'sightline.openTraceFilter': () => Promise<void>;
  'sightline.clearTraceFilter': () => void;
  'sightline.stopTraceSearch': () => void;
  'sightline.saveTraceFilter': () => Promise<void>;
  'sightline.savedTraceFilters': () => Promise<void>;
  'sightline.filterByService': (row?: TracesNode) => void;
  'sightline.filterByRoute': (row?: TracesNode) => void;
  'sightline.filterByStatus': (row?: TracesNode) => void;
  'sightline.filterByAnnotation': (row?: TracesNode) => void;
}

/** Every command of the Errors view; those with a row take the selected one, or ask, when they come without. */
export interface ErrorsCommands {
  'sightline.refreshErrors': () => Promise<void>;
  'sightline.filterErrors': () => Promise<void>;
  'sightline.groupErrors': () => Promise<void>;
  'sightline.loadOlderErrors': (row?: ErrorsNode) => Promise<void>;
  'sightline.resolveError': (error?: ErrorTarget) => Promise<void>;
  'sightline.reopenError': (error?: ErrorTarget) => Promise<void>;
  'sightline.muteError': (error?: ErrorTarget) => Promise<void>;
  'sightline.showError': (error?: ErrorTarget) => Promise<void>;
  'sightline.openError': (error?: ErrorTarget) => Promise<void>;
  'sightline.goToError': (error?: ErrorTarget) => Promise<void>;
  'sightline.openTraceOfError': (error?: ErrorTarget) => Promise<void>;
  'sightline.copyError': (error?: ErrorTarget) => Promise<void>;
}

/** An error by its number, a row of the Errors view, or an error below a trace. */
export type ErrorTarget = number | ErrorsNode | Extract<TracesNode, { kind: 'error' }>;

/** Every command of the Logs view; those with a row take the selected one, or ask for a group, when they come without. */
export interface LogsCommands {
  'sightline.refreshLogs': () => Promise<void>;
  'sightline.filterLogs': () => Promise<void>;
  'sightline.clearLogFilter': () => void;
  'sightline.createLogGroup': () => Promise<void>;
  'sightline.deleteLogGroup': (row?: LogsNode) => Promise<void>;
  'sightline.setLogRetention': (row?: LogsNode) => Promise<void>;
  'sightline.showLogWriters': (row?: LogsNode) => Promise<void>;
  'sightline.openLogTable': (target?: LogTarget) => Promise<void>;
  'sightline.openLogDocument': (target?: LogTarget) => Promise<void>;
  'sightline.copyLogLine': (row?: LogsNode) => Promise<void>;
  'sightline.openLogTrace': (row?: LogsNode) => Promise<void>;
  'sightline.loadOlderLogLines': (row?: LogsNode) => Promise<void>;
}

/** Every command of the Sampling view; those with a row take the selected one, or ask for a rule, when they come without. */
export interface SamplingCommands {
  'sightline.refreshSampling': () => Promise<void>;
  'sightline.createSamplingRule': () => Promise<void>;
  'sightline.editSamplingRule': (row?: SamplingNode) => Promise<void>;
  'sightline.openSamplingRule': (row?: SamplingNode) => Promise<void>;
  'sightline.deleteSamplingRule': (row?: SamplingNode) => Promise<void>;
  'sightline.importSamplingRules': () => Promise<void>;
  'sightline.dryRunSampling': () => Promise<void>;
  'sightline.explainSampling': () => Promise<void>;
}

/** Every command of what the hub hands on; without a row they ask for a destination. */
export interface DestinationCommands {
  'sightline.switchDestinationOn': (row?: DestinationArgument) => Promise<void>;
  'sightline.switchDestinationOff': (row?: DestinationArgument) => Promise<void>;
  'sightline.testDestination': (row?: DestinationArgument) => Promise<void>;
  'sightline.resendRefused': (row?: DestinationArgument) => Promise<void>;
}

/** A row of the Services view. */
export interface DestinationArgument {
  readonly destination?: RelayDestination;
}

/** Every command that says where the views look. */
export interface SourceCommands {
  /** Local, or an AWS profile and region; asks for it. */
  'sightline.chooseSource': () => Promise<void>;
  /** Of the Errors view: Local, or Rollbar; asks for it. */
  'sightline.chooseErrorSource': () => Promise<void>;
  'sightline.chooseAwsProfile': () => Promise<void>;
  'sightline.chooseTraceWindow': () => Promise<void>;
  'sightline.showAwsPermissions': () => Promise<void>;
  /** Local ones to the AWS account that is looked at, after the difference was shown. */
  'sightline.copySamplingRules': () => Promise<void>;
  'sightline.copySavedFilters': () => Promise<void>;
  'sightline.tailCloudLogs': () => Promise<void>;
  'sightline.queryCloudLogs': () => Promise<void>;
  'sightline.setHoneycombKey': () => Promise<void>;
  'sightline.setRollbarToken': () => Promise<void>;
}

/** Every command about what destinations cost. */
export interface CostCommands {
  'sightline.showCost': () => Promise<void>;
  /** Asks for the destination where it comes without. */
  'sightline.setCostCap': (destination?: CostDestination | ServiceRow) => Promise<void>;
}

/** A row of the Logs view, or a group, some of its streams or the lines of one trace in it. */
export type LogTarget = LogsNode | LogScope;

/** A service by name, or a row of the Services view. */
export type ServiceArgument = ServiceId | { readonly service?: ServiceId };

/** A service of the compose file by name, or a row of the Services view. */
export type ComposeArgument = string | { readonly composeService?: string };

/** The ids once more, where they can be counted; the compiler misses none. */
export const commandIds: Record<
  | keyof ServicesCommands
  | keyof TracesCommands
  | keyof MapCommands
  | keyof TraceFilterCommands
  | keyof ErrorsCommands
  | keyof LogsCommands
  | keyof SamplingCommands
  | keyof SourceCommands
  | keyof CostCommands
  | keyof DestinationCommands,
  true
> = {
  'sightline.start': true,
  'sightline.stop': true,
  'sightline.restart': true,
  'sightline.startService': true,
  'sightline.stopService': true,
  'sightline.restartService': true,
  'sightline.chooseService': true,
  'sightline.startComposeService': true,
  'sightline.stopComposeService': true,
  'sightline.restartComposeService': true,
  'sightline.rebuildComposeService': true,
  'sightline.showComposeLogs': true,
  'sightline.showComposeOutput': true,
  'sightline.addToRepository': true,
  'sightline.openBackend': true,
  'sightline.showOutput': true,
  'sightline.showLog': true,
  'sightline.toggleAutostart': true,
  'sightline.copyEnvironment': true,
  'sightline.showEnvironment': true,
  'sightline.showProblems': true,
  'sightline.clearProblems': true,
  'sightline.clearData': true,
  'sightline.getStarted': true,
  'sightline.openSettings': true,
  'sightline.filterTraces': true,
  'sightline.openTraceFilter': true,
  'sightline.clearTraceFilter': true,
  'sightline.stopTraceSearch': true,
  'sightline.saveTraceFilter': true,
  'sightline.savedTraceFilters': true,
  'sightline.filterByService': true,
  'sightline.filterByRoute': true,
  'sightline.filterByStatus': true,
  'sightline.filterByAnnotation': true,
  'sightline.refreshTraces': true,
  'sightline.pauseTraces': true,
  'sightline.resumeTraces': true,
  'sightline.findTrace': true,
  'sightline.setTraceFilter': true,
  'sightline.groupTraces': true,
  'sightline.showHealthChecks': true,
  'sightline.hideHealthChecks': true,
  'sightline.loadOlderTraces': true,
  'sightline.clearTraces': true,
  'sightline.pinTrace': true,
  'sightline.unpinTrace': true,
  'sightline.copyTraceId': true,
  'sightline.copyXRayTraceId': true,
  'sightline.openRawTrace': true,
  'sightline.openSpan': true,
  'sightline.goToException': true,
  'sightline.showTraceOnMap': true,
  'sightline.showMoreSpans': true,
  'sightline.openLineOfTrace': true,
  'sightline.copyLineOfTrace': true,
  'sightline.guessTrace': true,
  'sightline.openServiceMap': true,
  'sightline.refreshErrors': true,
  'sightline.filterErrors': true,
  'sightline.groupErrors': true,
  'sightline.loadOlderErrors': true,
  'sightline.resolveError': true,
  'sightline.reopenError': true,
  'sightline.muteError': true,
  'sightline.showError': true,
  'sightline.openError': true,
  'sightline.goToError': true,
  'sightline.openTraceOfError': true,
  'sightline.copyError': true,
  'sightline.refreshLogs': true,
  'sightline.filterLogs': true,
  'sightline.clearLogFilter': true,
  'sightline.createLogGroup': true,
  'sightline.deleteLogGroup': true,
  'sightline.setLogRetention': true,
  'sightline.showLogWriters': true,
  'sightline.openLogTable': true,
  'sightline.openLogDocument': true,
  'sightline.copyLogLine': true,
  'sightline.openLogTrace': true,
  'sightline.loadOlderLogLines': true,
  'sightline.refreshSampling': true,
  'sightline.createSamplingRule': true,
  'sightline.editSamplingRule': true,
  'sightline.openSamplingRule': true,
  'sightline.deleteSamplingRule': true,
  'sightline.importSamplingRules': true,
  'sightline.dryRunSampling': true,
  'sightline.explainSampling': true,
  'sightline.switchDestinationOn': true,
  'sightline.switchDestinationOff': true,
  'sightline.testDestination': true,
  'sightline.resendRefused': true,
  'sightline.chooseSource': true,
  'sightline.chooseErrorSource': true,
  'sightline.chooseAwsProfile': true,
  'sightline.chooseTraceWindow': true,
  'sightline.showAwsPermissions': true,
  'sightline.showCost': true,
  'sightline.setCostCap': true,
  'sightline.copySamplingRules': true,
  'sightline.copySavedFilters': true,
  'sightline.tailCloudLogs': true,
  'sightline.queryCloudLogs': true,
  'sightline.setHoneycombKey': true,
  'sightline.setRollbarToken': true,
};

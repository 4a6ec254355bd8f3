import type { RelayDestination } from '@sightline/hub/client/relayApi';
import type { ComposeCommandName } from '../services/composeTool.ts';
import type { PriceOverrides } from '@sightline/telemetry/cost/costOf';
import type { ErrorFilter, ErrorGrouping } from './errorsModel.ts';
import type { TraceGrouping } from './tracesModel.ts';

/** Every setting we contribute, with the type of its value. `manifest.test.ts` holds the keys and defaults against package.json. */
export interface Settings {
  'sightline.autostart': boolean;
  'sightline.revealOnStart': boolean;
  /** As written by the person; `parseServiceSetting` reads it. */
  'sightline.backend': unknown;
  'sightline.database': unknown;
  'sightline.environment': EnvironmentRecipients;
  'sightline.serviceName': string;
  'sightline.aws.region': string;
  'sightline.aws.xrayEndpoint': string | null;
  'sightline.aws.logsEndpoint': string | null;
  'sightline.aws.traceWindow': string;
  'sightline.aws.refreshSeconds': number;
  'sightline.honeycomb.endpoint': string | null;
  'sightline.rollbar.endpoint': string | null;
  'sightline.rollbar.readEndpoint': string | null;
  'sightline.rollbar.refreshSeconds': number;
  'sightline.relay.destinations': readonly RelayDestination[];
  'sightline.relay.otlpEndpoint': string;
  'sightline.relay.awsProfile': string | null;
  'sightline.relay.awsRegion': string | null;
  'sightline.relay.xrayEndpoint': string | null;
  'sightline.relay.logsEndpoint': string | null;
  'sightline.traces.groupBy': TraceGrouping;
  'sightline.traces.showHealthChecks': boolean;
  'sightline.errors.show': ErrorFilter;
  'sightline.errors.groupBy': ErrorGrouping;
  'sightline.notifications.errors': boolean;
  'sightline.nodePath': string | null;
  'sightline.hub.dataDirectory': string | null;
  'sightline.hub.port': number | null;
  'sightline.hub.otlpHttpPort': number | null;
  'sightline.hub.otlpGrpcPort': number | null;
  'sightline.hub.xrayPort': number | null;
  'sightline.xray.daemon': 'auto' | 'embedded';
  'sightline.xray.daemonPath': string | null;
  'sightline.hub.maxSize': string;
  'sightline.hub.maxAge': string;
  'sightline.hub.rollbarRate': number | null;
  'sightline.startWith': 'auto' | 'process' | 'compose';
  'sightline.compose.file': string | null;
  'sightline.compose.command': ComposeCommandName | null;
  'sightline.compose.services': readonly string[] | null;
  /** As written by the person; the hub says what is wrong with it. */
  'sightline.cost.prices': PriceOverrides;
}

/** What is pointed at the hub: terminals, tasks and launches; launches only; or neither. */
export type EnvironmentRecipients = 'terminals' | 'launches' | 'off';

export const settingDefaults: Settings = {
  'sightline.autostart': false,
  'sightline.revealOnStart': false,
  'sightline.backend': null,
  'sightline.database': null,
  'sightline.environment': 'terminals',
  'sightline.serviceName': 'backend',
  'sightline.aws.region': 'us-east-1',
  'sightline.aws.xrayEndpoint': null,
  'sightline.aws.logsEndpoint': null,
  'sightline.aws.traceWindow': '1h',
  'sightline.aws.refreshSeconds': 15,
  'sightline.honeycomb.endpoint': null,
  'sightline.rollbar.endpoint': null,
  'sightline.rollbar.readEndpoint': null,
  'sightline.rollbar.refreshSeconds': 30,
  'sightline.relay.destinations': [],
  'sightline.relay.otlpEndpoint': 'https://api.honeycomb.io',
  'sightline.relay.awsProfile': null,
  'sightline.relay.awsRegion': null,
  'sightline.relay.xrayEndpoint': null,
  'sightline.relay.logsEndpoint': null,
  'sightline.traces.groupBy': 'none',
  'sightline.traces.showHealthChecks': false,
  'sightline.errors.show': 'active',
  'sightline.errors.groupBy': 'none',
  'sightline.notifications.errors': true,
  'sightline.nodePath': null,
  'sightline.hub.dataDirectory': null,
  'sightline.hub.port': null,
  'sightline.hub.otlpHttpPort': null,
  'sightline.hub.otlpGrpcPort': null,
  'sightline.hub.xrayPort': null,
  'sightline.xray.daemon': 'auto',
  'sightline.xray.daemonPath': null,
  'sightline.hub.maxSize': '2G',
  'sightline.hub.maxAge': '7d',
  'sightline.hub.rollbarRate': null,
  'sightline.startWith': 'auto',
  'sightline.compose.file': null,
  'sightline.compose.command': null,
  'sightline.compose.services': null,
  'sightline.cost.prices': {},
};

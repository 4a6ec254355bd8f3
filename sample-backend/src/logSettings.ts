import { textOf, type Environment } from './environment.ts';
import { StartError } from './startError.ts';

export interface LogSettings {
  /** Lines of requests that were answered with 200 stay on the console. */
  readonly onlyFailures: boolean;
  /** A line for each health check too, which monitors make every few seconds. */
  readonly healthChecks: boolean;
  /** Absent: nothing is sent to CloudWatch Logs. */
  readonly cloudWatch?: CloudWatchSettings;
}

export interface CloudWatchSettings {
  /** Absent: AWS itself. */
  readonly endpoint?: string;
  /** Absent: what the SDK finds in the person's AWS configuration. */
  readonly region?: string;
  /** Absent: what the SDK finds in the environment or the person's AWS configuration. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly group: string;
  readonly stream: string;
  /** One of the numbers that CloudWatch Logs knows; 0 leaves the group's retention as it is. */
  readonly retentionDays: number;
}

/** Throws a `StartError` that names the variable when one holds what it cannot. */
export function readLogSettings(env: Environment, serviceName: string, now: Date): LogSettings {
  const endpoint = endpointOf(env);
  // An address is enough of a wish. Without one the lines would leave the machine and cost money, so that takes a switch of its own.
  const isOn = endpoint !== undefined || textOf(env, 'LOG_TO_AWS') === '1';
  return {
    onlyFailures: textOf(env, 'LOG_ONLY_FAILURES') === '1',
    healthChecks: textOf(env, 'LOG_HEALTH_CHECKS') === '1',
    ...(isOn && {
      cloudWatch: {
        ...destinationOf(env, endpoint),
        group: groupOf(env),
        // A stream for each process would leave one behind at every restart. The service refuses colons and asterisks.
        stream: `${serviceName.replaceAll(/[:*]/g, '-')}/${now.toISOString().slice(0, 10)}`,
        retentionDays: retentionDaysOf(env),
      },
    }),
  };
}

function endpointOf(env: Environment): string | undefined {
  const name = 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS';
  const endpoint = textOf(env, name);
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new StartError(`${name} must be an address such as http://127.0.0.1:4319, not "${endpoint}".`);
  }
  return endpoint;
}

/** Variables by which the SDK finds credentials without asking a file or the network. */
const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** The SDK sends nothing without a region and credentials, whoever answers at the endpoint: what is missing there is made up. */
function destinationOf(
  env: Environment,
  endpoint: string | undefined,
): Pick<CloudWatchSettings, 'endpoint' | 'region' | 'credentials'> {
  const region = textOf(env, 'AWS_REGION') ?? textOf(env, 'AWS_DEFAULT_REGION');
  if (endpoint === undefined || isAws(endpoint)) {
    return { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
  }
  const hasCredentials = credentialVariables.some((name) => textOf(env, name) !== undefined);
  return {
    endpoint,
    region: region ?? 'us-east-1',
    ...(!hasCredentials && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}

function isAws(endpoint: string): boolean {
  return /\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(new URL(endpoint).hostname);
}

/** As the API reference of CreateLogGroup has it. */
function groupOf(env: Environment): string {
  const group = textOf(env, 'LOG_GROUP') ?? 'cruddur';
  if (!/^[-._/#A-Za-z0-9]{1,512}$/.test(group)) {
    throw new StartError(`LOG_GROUP must be 1 to 512 letters, digits or any of - _ . / #, not "${group}".`);
  }
  return group;
}

function retentionDaysOf(env: Environment): number {
  const text = textOf(env, 'LOG_RETENTION_DAYS') ?? '1';
  if (!/^\d{1,4}$/.test(text)) {
    throw new StartError(`LOG_RETENTION_DAYS must be a number of days, or 0 to leave it as it is, not "${text}".`);
  }
  return Number(text);
}

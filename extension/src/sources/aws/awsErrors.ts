import { UserError, type ErrorAction } from '../../userError.ts';
import type { ProfileKind } from './awsProfiles.ts';

/** What was being done when a call failed. */
export interface AwsCall {
  /** As IAM spells it: `xray:GetTraceSummaries`. */
  readonly permission: string;
  readonly profile: string | undefined;
  readonly profileKind: ProfileKind;
  readonly region: string;
  /** Another than AWS's. */
  readonly endpoint: string | undefined;
}

/** What an error of the SDK or of Node says of itself. */
interface AwsFailure {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly body: string;
}

const chooseSource: ErrorAction = { label: 'Choose Source', command: 'sightline.chooseSource' };
const showPermissions: ErrorAction = { label: 'Show AWS Permissions', command: 'sightline.showAwsPermissions' };

/** A failed call in words that say what happened and what to do. */
export function toUserError(error: unknown, call: AwsCall): UserError {
  if (error instanceof UserError) {
    return error;
  }
  const failure = failureOf(error);
  for (const explain of explanations) {
    const explained = explain(failure, call);
    if (explained !== undefined) {
      return new UserError(explained.message, { actions: explained.actions ?? [], cause: error });
    }
  }
  const said = failure.message === '' ? failure.name : failure.message;
  return new UserError(`AWS answered ${call.permission} with ${failure.name}: ${said}`, { cause: error });
}

/** Whether AWS, or what stands in for it, does not know the call or refuses it to this identity: then there may be another way to the same. */
export function isRefusedOrUnknown(error: unknown): boolean {
  const failure = failureOf(error instanceof UserError ? error.cause : error);
  return (
    isDenied(failure) ||
    failure.name === 'UnknownOperationException' ||
    isHtml(failure) ||
    [404, 405, 501].includes(failure.httpStatus ?? 0)
  );
}

interface Explanation {
  readonly message: string;
  readonly actions?: readonly ErrorAction[];
}

type Explain = (failure: AwsFailure, call: AwsCall) => Explanation | undefined;

/** The first that fits is told. */
const explanations: readonly Explain[] = [expired, noCredentials, denied, clock, throttled, network, certificate, html];

function expired({ name, message, code }: AwsFailure, call: AwsCall): Explanation | undefined {
  const isExpired =
    ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'ExpiredLoginSession'].includes(name) ||
    (isOfChain(name) &&
      /expired|sso session|sso login|aws login|re-?authenticate|token.*(?:invalid|not found)/i.test(message));
  return isExpired || code === 'ExpiredToken'
    ? {
        message: `The AWS session${ofProfile(call)} has expired, or was never begun. ${renewal(call)}`,
        actions: [chooseSource],
      }
    : undefined;
}

function noCredentials({ name, message }: AwsFailure, call: AwsCall): Explanation | undefined {
  if (isOfChain(name)) {
    return {
      message: `No AWS credentials were found${ofProfile(call)} (${sentenceOf(message)}) Choose a profile, or make one with "aws configure sso", "aws login" or "aws configure".`,
      actions: [chooseSource],
    };
  }
  return ['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidSignatureException', 'AuthFailure'].includes(
    name,
  ) && !/signature (?:expired|not yet)/i.test(message)
    ? { message: `AWS does not know the keys${ofProfile(call)}. ${renewal(call)}`, actions: [chooseSource] }
    : undefined;
}

function denied(failure: AwsFailure, { permission, ...call }: AwsCall): Explanation | undefined {
  return isDenied(failure)
    ? {
        message: `The permission ${permission} is missing${ofProfile({ permission, ...call })} in ${call.region}. "Show AWS Permissions" has the smallest policy that is enough.`,
        actions: [showPermissions],
      }
    : undefined;
}

function isDenied({ name, httpStatus, message }: AwsFailure): boolean {
  return (
    ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized'].includes(name) ||
    (httpStatus === 403 && /not authorized|access ?denied|explicit deny/i.test(message))
  );
}

function clock({ name, message }: AwsFailure): Explanation | undefined {
  return ['RequestTimeTooSkewed', 'RequestInTheFuture'].includes(name) || /signature (?:expired|not yet)/i.test(message)
    ? {
        message:
          "AWS refuses the call since this machine's clock is wrong by more than five minutes. Set it right and try again.",
      }
    : undefined;
}

function throttled({ name, httpStatus }: AwsFailure, { permission }: AwsCall): Explanation | undefined {
  return httpStatus === 429 || /^(?:Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown)/.test(name)
    ? {
        message: `AWS throttles ${permission} in this account, after several tries. Wait a minute, or look at a shorter time.`,
      }
    : undefined;
}

const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT']);

function network(
  { code, name, message }: AwsFailure,
  { region, endpoint, permission }: AwsCall,
): Explanation | undefined {
  const where = endpoint ?? `AWS in ${region}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      message: `The address of ${where} cannot be found: ${endpoint === undefined ? 'there is no such region, or' : 'the setting is wrong, or'} there is no network.`,
      actions: [chooseSource],
    };
  }
  return unreachable.has(code) || name === 'TimeoutError' || /socket hang up|timed? ?out/i.test(message)
    ? {
        message: `${where} cannot be reached for ${permission} (${code === '' ? sentenceOf(message) : code}). Look at the network and the proxy (setting http.proxy).`,
      }
    : undefined;
}

function certificate({ code, message }: AwsFailure, { endpoint, region }: AwsCall): Explanation | undefined {
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(code)
    ? {
        message: `The connection to ${endpoint ?? `AWS in ${region}`} is not trusted (${message}). Where a proxy opens TLS, give its certificate to the system or by NODE_EXTRA_CA_CERTS.`,
      }
    : undefined;
}

function html(failure: AwsFailure, { endpoint, permission }: AwsCall): Explanation | undefined {
  return isHtml(failure)
    ? {
        message: `${endpoint ?? 'What answered in place of AWS'} gave a web page instead of an answer to ${permission}: a proxy's or portal's, or it is no AWS endpoint.`,
      }
    : undefined;
}

function isHtml({ name, message, body }: AwsFailure): boolean {
  return /^\s*<(?:!doctype|html)/i.test(body) || (name === 'SyntaxError' && /JSON|token/.test(message));
}

/** Errors of the chain that looks for credentials. */
function isOfChain(name: string): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError' || name === 'ProviderError';
}

function renewal({ profile, profileKind }: AwsCall): string {
  const named = profile === undefined ? '' : ` --profile ${profile}`;
  switch (profileKind) {
    case 'sso':
      return `Run: aws sso login${named}`;
    case 'login':
      return `Run: aws login${named}`;
    case 'role':
      return `Renew the profile that its role is assumed from: aws sso login or aws login with that profile.`;
    case 'process':
      return 'Renew what its credential_process reads.';
    case 'keys':
      return `Put new keys into the profile: aws configure${named}`;
    case 'other':
      return `Run: aws login${named} (or aws sso login${named}), or set new keys.`;
  }
}

function ofProfile({ profile }: AwsCall): string {
  return profile === undefined ? '' : ` for the profile "${profile}"`;
}

function sentenceOf(message: string): string {
  return /[.!?]$/.test(message.trim()) ? message.trim() : `${message.trim()}.`;
}

function failureOf(error: unknown): AwsFailure {
  const of = (error ?? {}) as {
    name?: string;
    message?: string;
    code?: string;
    Code?: string;
    cause?: { code?: string };
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number; body?: unknown };
    $responseBodyText?: string;
  };
  return {
    name: of.name ?? '',
    message: of.message ?? String(error),
    code: of.code ?? of.cause?.code ?? of.Code ?? '',
    httpStatus: of.$metadata?.httpStatusCode ?? of.$response?.statusCode,
    body: of.$responseBodyText ?? (typeof of.$response?.body === 'string' ? of.$response.body : ''),
  };
}

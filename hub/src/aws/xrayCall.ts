import type { PageTokens } from './pageTokens.ts';
import type { Receiver, TelemetryStore } from '../store/telemetryStore.ts';
import type { XRayGroups } from './xrayGroups.ts';
import type { XRayTags } from './xrayTags.ts';
import type { XRayInput } from './xrayParameters.ts';

/** What an operation is given beside its input. */
export interface XRayContext {
  readonly store: TelemetryStore;
  readonly groups: XRayGroups;
  readonly tags: XRayTags;
  readonly tokens: PageTokens;
  /** Whether an ARN is that of a sampling rule that there is. */
  readonly isSamplingRule: (arn: string) => Promise<boolean>;
  /** The region that the client signed for. */
  readonly region: string;
  /** Milliseconds since the epoch, when the call came. */
  readonly now: number;
  /** Which of the hub's ports the call came by. */
  readonly receiver: Receiver;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** The output of an operation where it is text already. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An operation of the X-Ray API: its output as JSON, times in epoch seconds. Throws `XRayRefusal` in AWS's words. */
export type XRayOperation = (input: XRayInput, context: XRayContext) => object | Promise<object>;

/** Operations by the path of AWS's REST protocol, such as `/TraceSummaries`; each is called by POST. */
export type XRayOperations = Readonly<Record<string, XRayOperation>>;

/** The account in every ARN of this hub. */
export const account = '000000000000';

/** The ARN of the group of every trace. */
export function defaultGroupArn(region: string): string {
  return `arn:aws:xray:${region}:${account}:group/Default`;
}

/** The errors of the X-Ray API and their HTTP status (its service model). */
const statuses = {
  AccessDeniedException: 403,
  InvalidPolicyRevisionIdException: 400,
  InvalidRequestException: 400,
  MalformedPolicyDocumentException: 400,
  PolicyCountLimitExceededException: 400,
  PolicySizeLimitExceededException: 400,
  ResourceNotFoundException: 404,
  RuleLimitExceededException: 400,
  SerializationException: 400,
  ThrottledException: 429,
  TooManyTagsException: 400,
} as const;

export type XRayFailureName = keyof typeof statuses;

/** A refusal in the words of AWS X-Ray; the API answers it. */
export class XRayRefusal extends Error {
  override readonly name = 'XRayRefusal';
  readonly failure: XRayFailureName;
  readonly status: number;
  /** The resource that the failure is about, where AWS's error has a member for it. */
  readonly resourceName: string | undefined;

  constructor(failure: XRayFailureName, message: string, resourceName?: string) {
    super(message);
    this.failure = failure;
    this.status = statuses[failure];
    this.resourceName = resourceName;
  }
}

export function invalidRequest(message: string): XRayRefusal {
  return new XRayRefusal('InvalidRequestException', message);
}

export function resourceMissing(message: string, resourceName: string): XRayRefusal {
  return new XRayRefusal('ResourceNotFoundException', message, resourceName);
}

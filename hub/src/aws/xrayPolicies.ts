import type { DocumentStore } from '../store/traceAnalysis.ts';
import { invalidRequest, XRayRefusal, type XRayOperations } from './xrayCall.ts';
import { brokenConstraint, flagIn, isStructure, requiredText, textIn, type XRayInput } from './xrayParameters.ts';

/** A resource policy as AWS spells it. */
interface ResourcePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  readonly PolicyRevisionId: string;
  /** Epoch seconds. */
  readonly LastUpdatedTime: number;
}

const policyKind = 'xrayResourcePolicy';
/** X-Ray API, PutResourcePolicy: "a maximum of 5 resource policies … The maximum size of each resource policy is 5KB". */
const mostPolicies = 5;
const mostBytes = 5 * 2 ** 10;

/** Resource policies are kept and answered; who may call the hub is decided by its own key alone. */
export const policyOperations: XRayOperations = {
  '/PutResourcePolicy': async (input, { store, now }) => {
    const name = policyNameIn(input);
    const document = policyDocumentIn(input);
    flagIn(input, 'BypassPolicyLockoutCheck');
    const policies = await store.documents.all(policyKind);
    const known = policies.get(name) as ResourcePolicy | undefined;
    checkRevision(known, textIn(input, 'PolicyRevisionId'));
    if (known === undefined && policies.size >= mostPolicies) {
      throw new XRayRefusal(
        'PolicyCountLimitExceededException',
        `There are ${mostPolicies} resource policies already, which is the most.`,
      );
    }
    const policy: ResourcePolicy = {
      PolicyName: name,
      PolicyDocument: document,
      PolicyRevisionId: String(Number(known?.PolicyRevisionId ?? 0) + 1),
      LastUpdatedTime: Math.floor(now / 1_000),
    };
    await store.documents.put(policyKind, name, policy);
    return { ResourcePolicy: policy };
  },
  '/ListResourcePolicies': async (input, { store }) => {
    if (textIn(input, 'NextToken', { least: 1, most: 100 }) !== undefined) {
      throw invalidRequest('NextToken is currently not supported');
    }
    return { ResourcePolicies: [...(await store.documents.all(policyKind)).values()] };
  },
  '/DeleteResourcePolicy': async (input, { store }) => {
    const name = policyNameIn(input);
    const revision = textIn(input, 'PolicyRevisionId');
    const known = await loadPolicy(store.documents, name);
    if (known === undefined) {
      throw invalidRequest(`There is no resource policy "${name}".`);
    }
    checkRevision(known, revision);
    await store.documents.put(policyKind, name, undefined);
    return {};
  },
};

async function loadPolicy(documents: DocumentStore, name: string): Promise<ResourcePolicy | undefined> {
  return (await documents.all(policyKind)).get(name) as ResourcePolicy | undefined;
}

function policyNameIn(input: XRayInput): string {
  const name = requiredText(input, 'PolicyName', { least: 1, most: 128 });
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw brokenConstraint(name, 'PolicyName', String.raw`satisfy regular expression pattern: [\w+=,.@-]+`);
  }
  return name;
}

function policyDocumentIn(input: XRayInput): string {
  const document = requiredText(input, 'PolicyDocument');
  if (Buffer.byteLength(document) > mostBytes) {
    throw new XRayRefusal('PolicySizeLimitExceededException', `A resource policy has at most ${mostBytes} bytes.`);
  }
  if (!hasStatements(document)) {
    throw new XRayRefusal('MalformedPolicyDocumentException', 'The policy is not a JSON object with a Statement.');
  }
  return document;
}

function hasStatements(document: string): boolean {
  try {
    const policy: unknown = JSON.parse(document);
    return isStructure(policy) && typeof policy['Statement'] === 'object' && policy['Statement'] !== null;
  } catch {
    return false;
  }
}

/** A revision of 0 says that there is to be no policy of the name yet (X-Ray API, PutResourcePolicy). */
function checkRevision(known: ResourcePolicy | undefined, expected: string | undefined): void {
  if (expected !== undefined && expected !== (known?.PolicyRevisionId ?? '0')) {
    throw new XRayRefusal(
      'InvalidPolicyRevisionIdException',
      'The policy has another revision id than the one that was given.',
    );
  }
}

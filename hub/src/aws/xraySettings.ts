import type { DocumentStore } from '../store/traceAnalysis.ts';
import { account, invalidRequest, resourceMissing, type XRayOperations } from './xrayCall.ts';
import { numberIn, required, requiredText, structureIn, textIn, wordIn } from './xrayParameters.ts';

/** Under which the account's settings are kept in the document store, each under a key of its own. */
const settingKind = 'xraySetting';

const encryptionTypes = ['NONE', 'KMS'] as const;

interface EncryptionConfig {
  readonly Type: (typeof encryptionTypes)[number];
  readonly KeyId?: string;
}

interface IndexingRule {
  readonly modifiedAt: number;
  readonly desired: number;
}

/**
 * What AWS lets an account set about X-Ray. The hub keeps what was set and answers it; how it keeps traces does not change by it: they are
 * not encrypted with a key of KMS, do not go to CloudWatch Logs, and are all indexed.
 */
export const settingOperations: XRayOperations = {
  '/EncryptionConfig': async (_input, { store }) => ({
    EncryptionConfig: {
      ...((await load<EncryptionConfig>(store.documents, 'encryption')) ?? { Type: 'NONE' }),
      Status: 'ACTIVE',
    },
  }),
  '/PutEncryptionConfig': async (input, { store, region }) => {
    const Type = required(wordIn(input, 'Type', encryptionTypes), 'Type');
    const key = textIn(input, 'KeyId', { least: 1, most: 3000 });
    if ((Type === 'KMS') !== (key !== undefined)) {
      throw invalidRequest(
        Type === 'KMS' ? 'KeyId is needed where Type is KMS.' : 'KeyId must be left out where Type is NONE.',
      );
    }
    const config: EncryptionConfig = { Type, ...(key !== undefined && { KeyId: keyArn(key, region) }) };
    await store.documents.put(settingKind, 'encryption', config);
    return { EncryptionConfig: { ...config, Status: 'ACTIVE' } };
  },
  '/GetTraceSegmentDestination': async (_input, { store }) => ({
    Destination: (await load<string>(store.documents, 'destination')) ?? 'XRay',
    Status: 'ACTIVE',
  }),
  '/UpdateTraceSegmentDestination': async (input, { store }) => {
    const Destination = wordIn(input, 'Destination', ['XRay', 'CloudWatchLogs']);
    if (Destination !== undefined) {
      await store.documents.put(settingKind, 'destination', Destination);
    }
    return {
      Destination: Destination ?? (await load<string>(store.documents, 'destination')) ?? 'XRay',
      Status: 'ACTIVE',
    };
  },
  '/GetIndexingRules': async (input, { store }) => {
    if (textIn(input, 'NextToken') !== undefined) {
      // There is one rule, so nobody was ever given a token.
      throw invalidRequest('The specified NextToken is invalid.');
    }
    return { IndexingRules: [toIndexingRule(await load<IndexingRule>(store.documents, 'indexing'))] };
  },
  '/UpdateIndexingRule': async (input, { store, now }) => {
    const name = requiredText(input, 'Name');
    const rule = required(structureIn(input, 'Rule'), 'Rule');
    const update = required(structureIn(rule, 'Probabilistic'), 'Rule.Probabilistic');
    const percentages = { least: 0, most: 100 };
    const desired = required(numberIn(update, 'DesiredSamplingPercentage', percentages), 'DesiredSamplingPercentage');
    if (name !== 'Default') {
      throw resourceMissing(
        'There is no indexing rule with this name; the only one is "Default".',
        name.slice(0, 1011),
      );
    }
    const indexing: IndexingRule = { modifiedAt: Math.floor(now / 1_000), desired };
    await store.documents.put(settingKind, 'indexing', indexing);
    return { IndexingRule: toIndexingRule(indexing) };
  },
};

async function load<T>(documents: DocumentStore, key: string): Promise<T | undefined> {
  return (await documents.all(settingKind)).get(key) as T | undefined;
}

function toIndexingRule(rule: IndexingRule = { modifiedAt: 0, desired: 100 }): object {
  return {
    Name: 'Default',
    ModifiedAt: rule.modifiedAt,
    // Whatever is desired, the hub indexes every span.
    Rule: { Probabilistic: { DesiredSamplingPercentage: rule.desired, ActualSamplingPercentage: 100 } },
  };
}

/** AWS answers with the ARN, in whatever way the key was named. */
function keyArn(key: string, region: string): string {
  const resource = key.startsWith('alias/') ? key : `key/${key}`;
  return key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${account}:${resource}`;
}

import { passesText } from '@sightline/telemetry/language/filterExpressionLogic';
import type { RequestLeaf } from '@sightline/telemetry/language/filterExpressionPlan';
import type { Attributes, Span } from '@sightline/telemetry/model/span';
import { keyNumberMask, valueType, valueTypeShift } from '../memory/segment.ts';
import { otherWord } from '../scan/attributeHash.ts';
import { hiddenKey } from '../scan/hiddenKeys.ts';
import type { AnnotationSources } from './annotationTest.ts';
import { KeyNumbers } from './keyNumbers.ts';
import { ofResources } from './resourceValues.ts';
import type { SegmentView } from '../read/sharedIndex.ts';
import type { RowTest, SegmentTest } from './traceVerdicts.ts';
import { verdict } from './verdict.ts';
import { wordTest } from './wordTest.ts';

export type FieldLeaf = Extract<RequestLeaf, { readonly kind: 'string' }>;

interface Field {
  /** The attributes that it may come from, as telemetry reads them. */
  readonly keys: readonly string[];
  /** The resource may have it too. */
  readonly isOfResource?: true;
}

/**
 * Facts of requests that no column has, but whose words are among the attributes. Which request of a trace they belong to, they do not
 * tell: only that no request can have them.
 */
const fields: Partial<Record<FieldLeaf['of'], Field>> = {
  'http.useragent': { keys: ['user_agent.original', 'http.user_agent', hiddenKey.userAgent] },
  'http.clientip': { keys: ['client.address', 'http.client_ip', hiddenKey.clientIp] },
  user: { keys: ['user', 'enduser.id', 'user.id'], isOfResource: true },
  message: { keys: [hiddenKey.message] },
  availabilityzone: { keys: ['aws.ec2.availability_zone', 'cloud.availability_zone'], isOfResource: true },
  'instance.id': { keys: ['aws.ec2.instance_id', 'host.id'], isOfResource: true },
  'resource.arn': {
    keys: ['resource_arn', 'aws.ecs.container_arn', 'aws.ecs.container.arn', 'cloud.resource_id'],
    isOfResource: true,
  },
};

/** What a span says of a field, for those who look for words that they do not know yet. */
export function fieldTextsOf(of: FieldLeaf['of'], { attributes, http, exceptions, statusMessage }: Span): unknown[] {
  switch (of) {
    case 'http.useragent':
      return [http?.userAgent, ...valuesOf(attributes, of)];
    case 'http.clientip':
      return [http?.clientIp, ...valuesOf(attributes, of)];
    case 'message':
      return [statusMessage, ...exceptions.map(({ message }) => message)];
    default:
      return valuesOf(attributes, of);
  }
}

function valuesOf(attributes: Attributes, of: FieldLeaf['of']): unknown[] {
  return (fields[of]?.keys ?? []).map((key) => (Object.hasOwn(attributes, key) ? attributes[key] : undefined));
}

/** Whether rows may have a field that passes: `no` or `maybe`. `undefined` for fields that have columns, or none at all. */
export function fieldTest({ of, test }: FieldLeaf, { texts, resources }: AnnotationSources): SegmentTest | undefined {
  const field = fields[of];
  if (field === undefined) {
    return undefined;
  }
  const passes = wordTest(test, texts);
  // A word that stands for no text may be anything.
  const mayPass = (type: number, word: number): boolean =>
    (type === valueType.text || type === valueType.none) && (word === otherWord || passes(word) !== verdict.no);
  if (field.isOfResource === undefined) {
    return (view) => attributeTest(view, field.keys, mayPass);
  }
  const resourceTest = ofResources(resources, (attributes) => {
    const candidates = valuesOf(attributes, of).filter((value) => typeof value === 'string');
    return candidates.some((value) => passesText(test, value)) ? verdict.maybe : verdict.no;
  });
  return (view) => {
    const attributes = attributeTest(view, field.keys, mayPass);
    const resource = resourceTest(view);
    return (row) => (attributes(row) === verdict.no ? resource(row) : verdict.maybe);
  };
}

function attributeTest(
  view: SegmentView,
  names: readonly string[],
  mayPass: (type: number, word: number) => boolean,
): RowTest {
  const keys = new KeyNumbers(view, names);
  const { attributeKey, attributeWord, attributeEnd } = view.segment.columns;
  return (row) => {
    if (!keys.refresh()) {
      return verdict.no;
    }
    // No field has more keys than these.
    const [first = 0, second = 0, third = 0, fourth = 0] = keys.numbers;
    const end = attributeEnd[row] as number;
    for (let at = row === 0 ? 0 : (attributeEnd[row - 1] as number); at < end; at += 1) {
      const packed = attributeKey[at] as number;
      const key = packed & keyNumberMask;
      if (key === 0) {
        return verdict.maybe;
      }
      const isWanted = key === first || key === second || key === third || key === fourth;
      if (isWanted && mayPass(packed >>> valueTypeShift, attributeWord[at] as number)) {
        return verdict.maybe;
      }
    }
    return verdict.no;
  };
}

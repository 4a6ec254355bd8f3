import type { DocumentStore } from '../store/traceAnalysis.ts';
import {
  defaultGroupArn,
  invalidRequest,
  resourceMissing,
  XRayRefusal,
  type XRayContext,
  type XRayOperations,
} from './xrayCall.ts';
import {
  brokenConstraint,
  required,
  requiredText,
  structuresIn,
  textIn,
  textsIn,
  type XRayInput,
} from './xrayParameters.ts';

export interface XRayTag {
  readonly Key: string;
  readonly Value: string;
}

/** Under which tags are kept in the document store; the key is the ARN of what they are on. */
export const tagKind = 'xrayTags';
/** X-Ray API, TagResource: "Maximum number of user-applied tags per resource". */
const mostTags = 50;
const keyLengths = { least: 1, most: 128 };
const resourceArn = /^arn:aws[a-z-]*:xray:[a-z0-9-]*:\d*:(?:group|sampling-rule)\/.+$/;

/** The tags on groups and sampling rules, in the order in which they were given. Changes are made one after the other. */
export class XRayTags {
  readonly #documents: DocumentStore;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async of(arn: string): Promise<readonly XRayTag[]> {
    const tags: unknown = (await this.#documents.all(tagKind)).get(arn);
    return Array.isArray(tags) ? (tags as XRayTag[]) : [];
  }

  /** Sets tags beside those that are there. Stored when it resolves. Throws `XRayRefusal` where there would be more than 50. */
  add(arn: string, tags: readonly XRayTag[]): Promise<void> {
    return this.#inTurn(async () => {
      const byKey = new Map((await this.of(arn)).map((tag) => [tag.Key, tag]));
      for (const tag of tags) {
        byKey.set(tag.Key, tag);
      }
      checkCount(byKey.size, arn);
      await this.#put(arn, [...byKey.values()]);
    });
  }

  /** Stored when it resolves. Keys that are not there are passed over. */
  remove(arn: string, keys: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const tags = await this.of(arn);
      await this.#put(
        arn,
        tags.filter(({ Key }) => !keys.includes(Key)),
      );
    });
  }

  async #put(arn: string, tags: readonly XRayTag[]): Promise<void> {
    await this.#documents.put(tagKind, arn, tags.length === 0 ? undefined : tags);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(change, change);
    this.#changing = turn;
    return turn;
  }
}

export const tagOperations: XRayOperations = {
  '/TagResource': async (input, context) => {
    const arn = await resourceIn(input, context);
    await context.tags.add(arn, required(tagsIn(input), 'Tags'));
    return {};
  },
  '/UntagResource': async (input, context) => {
    const arn = await resourceIn(input, context);
    await context.tags.remove(arn, required(textsIn(input, 'TagKeys', { most: 200 }, keyLengths), 'TagKeys'));
    return {};
  },
  '/ListTagsForResource': async (input, context) => {
    const arn = await resourceIn(input, context);
    if (textIn(input, 'NextToken') !== undefined) {
      // All tags of a resource are one page, so nobody was ever given one.
      throw invalidRequest('The specified NextToken is invalid.');
    }
    return { Tags: await context.tags.of(arn) };
  },
};

/** The `Tags` of a call; `undefined` where there are none. Throws `XRayRefusal`. */
export function tagsIn(input: XRayInput): readonly XRayTag[] | undefined {
  const tags = structuresIn(input, 'Tags', { most: 200 })?.map((tag) => ({
    Key: checkText(requiredText(tag, 'Key', keyLengths), 'Key'),
    Value: checkText(requiredText(tag, 'Value', { most: 256 }), 'Value'),
  }));
  if (tags !== undefined && new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidRequest('Two of the tags have the same key.');
  }
  checkCount(tags?.length ?? 0, textIn(input, 'ResourceARN') ?? '');
  return tags;
}

function checkText(text: string, name: string): string {
  if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(text)) {
    throw brokenConstraint(text, name, String.raw`satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`);
  }
  if (name === 'Key' && /^aws:/i.test(text)) {
    throw invalidRequest('A tag key may not begin with "aws:": it is reserved for AWS.');
  }
  return text;
}

function checkCount(count: number, arn: string): void {
  if (count > mostTags) {
    throw new XRayRefusal('TooManyTagsException', `A resource has at most ${mostTags} tags.`, arn);
  }
}

async function resourceIn(input: XRayInput, { groups, isSamplingRule, region }: XRayContext): Promise<string> {
  const arn = requiredText(input, 'ResourceARN', { least: 1, most: 1011 });
  if (!resourceArn.test(arn)) {
    throw invalidRequest('ResourceARN is not the ARN of an X-Ray group or sampling rule.');
  }
  const isThere =
    arn === defaultGroupArn(region) ||
    (await groups.find({ by: 'arn', value: arn })) !== undefined ||
    (await isSamplingRule(arn));
  if (!isThere) {
    throw resourceMissing('There is no group or sampling rule with this ARN.', arn);
  }
  return arn;
}

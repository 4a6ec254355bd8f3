import { inOrderOfPriority, isDefaultRule, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { parseSamplingRule } from '@sightline/telemetry/sampling/samplingRuleProblems';
import type { DocumentStore } from '../store/traceAnalysis.ts';
import { tagKind } from '../aws/xrayTags.ts';
import { builtInRules, isBuiltIn } from './builtInRules.ts';
import { SamplingRefusal } from './samplingRefusal.ts';

/** A rule with its ARN and its times, which are epoch seconds; 0 where a built-in rule is as it came. */
export interface SamplingRuleRecord {
  readonly rule: SamplingRule;
  readonly arn: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** Which rule is meant: X-Ray takes one of both. */
export type SamplingRuleReference = { readonly name: string } | { readonly arn: string };

/** Under which rules are kept in the document store; the key is the rule's name. */
const kind = 'samplingRule';
/** X-Ray endpoints and quotas, "Custom sampling rules per region". The built-in ones do not count. */
export const mostCustomRules = 25;
/** The account in every ARN of this hub. */
const account = '000000000000';

/** What takes the place of a built-in rule that was deleted. */
const deleted = { deleted: true } as const;

/**
 * The sampling rules of this hub: the built-in ones, and what was made of them and beside them. A built-in rule that was changed or
 * deleted stays so; the default rule cannot be deleted. Changes are made one after the other, and only by this object, so that what
 * is in memory is what is stored.
 */
export class SamplingRules {
  readonly #documents: DocumentStore;
  readonly #now: () => number;
  readonly #onChange: () => void;
  #records: Promise<readonly SamplingRuleRecord[]> | undefined;
  #changing: Promise<unknown> = Promise.resolve();
  /** Epoch milliseconds. From the start of the hub on SDKs look again, since another version may have other built-in rules. */
  #lastModified: number;

  /** `now` gives epoch milliseconds; `onChange` is told after each change. */
  constructor(documents: DocumentStore, now: () => number = Date.now, onChange: () => void = () => undefined) {
    this.#documents = documents;
    this.#now = now;
    this.#onChange = onChange;
    this.#lastModified = now();
  }

  /** Epoch seconds, rounded up: an SDK that fetched in the second of a change, before it, compares whole seconds and has to look again. */
  get lastModification(): number {
    return Math.ceil(this.#lastModified / 1_000);
  }

  /** In order of priority. */
  async list(): Promise<readonly SamplingRuleRecord[]> {
    this.#records ??= this.#load().catch((error: unknown) => {
      this.#records = undefined;
      throw error;
    });
    return await this.#records;
  }

  /** Adds a rule; stored when it resolves. Rejects with `SamplingRefusal`. */
  create(value: unknown, region = 'us-east-1'): Promise<SamplingRuleRecord> {
    return this.#inTurn(async () => {
      const rule = checked(value);
      const records = await this.list();
      if (records.some((record) => record.rule.RuleName === rule.RuleName)) {
        throw new SamplingRefusal('taken', `A sampling rule with the name ${rule.RuleName} already exists.`);
      }
      checkRoom(records, [rule]);
      return await this.#put(this.#newRecord(rule, region));
    });
  }

  /** Changes the members that are given, but not the name; stored when it resolves. Rejects with `SamplingRefusal`. */
  update(
    reference: SamplingRuleReference,
    change: Readonly<Partial<Record<keyof SamplingRule, unknown>>>,
  ): Promise<SamplingRuleRecord> {
    return this.#inTurn(async () => {
      const before = found(await this.list(), reference);
      const rule = checked({ ...before.rule, ...change, RuleName: before.rule.RuleName });
      checkDefault(rule, before.rule);
      return await this.#put({ ...before, rule, modifiedAt: this.#now() / 1_000 });
    });
  }

  /** Makes rules what they are in a file, all or none; those of other names stay, and so does a boost that the file does not name. Answers them as they are then. Rejects with `SamplingRefusal`. */
  import(rules: readonly SamplingRule[]): Promise<readonly SamplingRuleRecord[]> {
    return this.#inTurn(async () => {
      const records = await this.list();
      const changed = rules.map((value) => {
        const before = records.find((record) => record.rule.RuleName === value.RuleName);
        const rule = checked({ ...before?.rule, ...value });
        if (before !== undefined) {
          checkDefault(rule, before.rule);
        }
        return before === undefined
          ? this.#newRecord(rule, 'us-east-1')
          : { ...before, rule, modifiedAt: this.#now() / 1_000 };
      });
      checkRoom(records, rules);
      await this.#documents.putAll(changed.map((record) => ({ kind, key: record.rule.RuleName, value: record })));
      this.#hasChanged();
      return changed;
    });
  }

  /** Answers the rule as it was; it is gone from the store when it resolves. Rejects with `SamplingRefusal`. */
  delete(reference: SamplingRuleReference): Promise<SamplingRuleRecord> {
    return this.#inTurn(async () => {
      const record = found(await this.list(), reference);
      const { RuleName } = record.rule;
      if (isDefaultRule(record.rule)) {
        throw new SamplingRefusal('invalid', 'The default sampling rule cannot be deleted.');
      }
      await this.#documents.putAll([
        { kind, key: RuleName, value: isBuiltIn(RuleName) ? deleted : undefined },
        // A new rule of this name has the same ARN, and is not to get the tags of the old one.
        { kind: tagKind, key: record.arn, value: undefined },
      ]);
      this.#hasChanged();
      return record;
    });
  }

  async #load(): Promise<readonly SamplingRuleRecord[]> {
    const documents = await this.#documents.all(kind);
    const records = builtInRules
      .filter(({ RuleName }) => !documents.has(RuleName))
      .map((rule) => ({ rule, arn: arnOf(rule.RuleName, 'us-east-1'), createdAt: 0, modifiedAt: 0 }));
    const all = [...records, ...[...documents.values()].flatMap((document) => recordIn(document) ?? [])];
    const order = new Map(inOrderOfPriority(all.map(({ rule }) => rule)).map((rule, index) => [rule, index]));
    return all.toSorted((one, other) => (order.get(one.rule) ?? 0) - (order.get(other.rule) ?? 0));
  }

  async #put(record: SamplingRuleRecord): Promise<SamplingRuleRecord> {
    await this.#documents.put(kind, record.rule.RuleName, record);
    this.#hasChanged();
    return record;
  }

  #newRecord(rule: SamplingRule, region: string): SamplingRuleRecord {
    const now = this.#now() / 1_000;
    return { rule, arn: arnOf(rule.RuleName, region), createdAt: now, modifiedAt: now };
  }

  #hasChanged(): void {
    this.#records = undefined;
    this.#lastModified = this.#now();
    this.#onChange();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work);
    // The next change does not care how this one ended.
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

function arnOf(name: string, region: string): string {
  return `arn:aws:xray:${region}:${account}:sampling-rule/${name}`;
}

function checked(value: unknown): SamplingRule {
  const parsed = parseSamplingRule(value);
  if (!parsed.ok) {
    throw new SamplingRefusal('invalid', parsed.problems.map(({ message }) => message).join(' '));
  }
  return parsed.rule;
}

function checkRoom(records: readonly SamplingRuleRecord[], added: readonly SamplingRule[]): void {
  const names = new Set([...records.map(({ rule }) => rule.RuleName), ...added.map(({ RuleName }) => RuleName)]);
  if ([...names].filter((name) => !isBuiltIn(name)).length > mostCustomRules) {
    const message = `There can be ${mostCustomRules} sampling rules beside the built-in ones. Delete one first.`;
    throw new SamplingRefusal('full', message);
  }
}

const ofDefaultRule: ReadonlySet<string> = new Set(['FixedRate', 'ReservoirSize']);

/** X-Ray developer guide, "Configuring sampling rules": of the default rule only the rate and the reservoir can be changed. */
function checkDefault(rule: SamplingRule, before: SamplingRule): void {
  if (!isDefaultRule(rule)) {
    return;
  }
  const members = Object.keys(rule) as (keyof SamplingRule)[];
  const wrong = members.find(
    (member) => !ofDefaultRule.has(member) && JSON.stringify(rule[member]) !== JSON.stringify(before[member]),
  );
  if (wrong !== undefined) {
    throw new SamplingRefusal(
      'invalid',
      `${wrong} of the default sampling rule cannot be changed; only FixedRate and ReservoirSize can.`,
    );
  }
}

function found(records: readonly SamplingRuleRecord[], reference: SamplingRuleReference): SamplingRuleRecord {
  const record = records.find(({ rule, arn }) =>
    'name' in reference ? rule.RuleName === reference.name : arn === reference.arn,
  );
  if (record === undefined) {
    const named = 'name' in reference ? `the name ${reference.name}` : `the ARN ${reference.arn}`;
    throw new SamplingRefusal('missing', `A sampling rule with ${named.slice(0, 600)} does not exist.`);
  }
  return record;
}

/** A record out of the store; `undefined` for what takes the place of a deleted rule. */
function recordIn(document: unknown): SamplingRuleRecord | undefined {
  const isRecord = typeof document === 'object' && document !== null && 'rule' in document && 'arn' in document;
  return isRecord ? (document as SamplingRuleRecord) : undefined;
}

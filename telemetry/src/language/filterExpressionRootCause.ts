import type { Json } from './filterExpression.ts';
import { holds, passesNumber, passesText } from './filterExpressionLogic.ts';
import type { ElementLeaf, TraceLeaf } from './filterExpressionPlan.ts';

/** A root cause as GetTraceSummaries gives it (FaultRootCause, ErrorRootCause, ResponseTimeRootCause), in the same words. */
export interface FilterableRootCause {
  readonly clientImpacting?: boolean;
  /** From the entry point of the trace to the service where the cause lies. */
  readonly services: readonly RootCauseService[];
}

export interface RootCauseService {
  readonly name: string;
  readonly names?: readonly string[];
  readonly type?: string;
  readonly accountId?: string;
  readonly inferred?: boolean;
  /** The segment and its subsegments down to the cause or to the call of the next service. */
  readonly entityPath: readonly RootCauseEntity[];
}

export interface RootCauseEntity {
  readonly name: string;
  /** Of a response time: the part of the root's response time, 0 to 1. */
  readonly coverage?: number;
  readonly remote?: boolean;
  /** Of a fault or error. */
  readonly exceptions?: readonly RootCauseException[];
}

export interface RootCauseException {
  readonly name?: string;
  readonly message?: string;
}

/** An element as its keywords see it. */
interface Element {
  readonly index: number;
  readonly count: number;
  readonly names: readonly string[];
  readonly type?: string | undefined;
  readonly messages: readonly string[];
  readonly coverage?: number | undefined;
  readonly isRemote: boolean;
  readonly isInferred: boolean;
  readonly isRoot: boolean;
}

/** The guide does not say whether the lists run through the services: each entity path, and each entity's exceptions, is a list here. */
export function matchesElement(
  { element, filter }: Extract<TraceLeaf, { readonly kind: 'rootCause' }>,
  { services }: FilterableRootCause,
): boolean {
  const entities = services.flatMap(({ entityPath }) =>
    entityPath.map((entity, index) => ({ entity, index, of: entityPath })),
  );
  const elements = {
    service: () => services.map(serviceElement),
    entity: () => entities.map(({ entity, index, of }) => entityElement(entity, index, of)),
    exception: () => entities.flatMap(({ entity: { exceptions = [] } }) => exceptions.map(exceptionElement)),
  }[element]();
  return elements.some((candidate) => filter === undefined || holds(filter, (leaf) => matchesLeaf(leaf, candidate)));
}

const plain = { names: [], messages: [], isRemote: false, isInferred: false, isRoot: false };

function serviceElement(service: RootCauseService, index: number, { length }: readonly unknown[]): Element {
  return {
    ...plain,
    index,
    count: length,
    names: [service.name, ...(service.names ?? [])],
    type: service.type,
    isInferred: service.inferred === true,
    isRoot: index === 0,
  };
}

function entityElement(entity: RootCauseEntity, index: number, { length }: readonly unknown[]): Element {
  return {
    ...plain,
    index,
    count: length,
    names: [entity.name],
    messages: (entity.exceptions ?? []).flatMap(({ message }) => message ?? []),
    coverage: entity.coverage,
    isRemote: entity.remote === true,
  };
}

function exceptionElement(exception: RootCauseException, index: number, { length }: readonly unknown[]): Element {
  const { name, message } = exception;
  return {
    ...plain,
    index,
    count: length,
    names: name === undefined ? [] : [name],
    messages: message === undefined ? [] : [message],
  };
}

function matchesLeaf(leaf: ElementLeaf, element: Element): boolean {
  switch (leaf.kind) {
    case 'flag':
      return hasFlag(leaf.flag, element);
    case 'number':
      return passesNumber(leaf.test, leaf.of === 'index' ? element.index : element.coverage);
    case 'string':
      return textsOf(leaf.of, element).some((text) => passesText(leaf.test, text));
  }
}

function hasFlag(flag: Extract<ElementLeaf, { readonly kind: 'flag' }>['flag'], element: Element): boolean {
  switch (flag) {
    case 'first':
      return element.index === 0;
    case 'last':
      return element.index === element.count - 1;
    case 'remote':
      return element.isRemote;
    case 'inferred':
      return element.isInferred;
    case 'root':
      return element.isRoot;
  }
}

function textsOf(of: Extract<ElementLeaf, { readonly kind: 'string' }>['of'], element: Element): readonly string[] {
  switch (of) {
    case 'name':
      return element.names;
    case 'type':
      return element.type === undefined ? [] : [element.type];
    case 'message':
      return element.messages;
  }
}

/**
 * Says whether a root cause has the shape that `rootcause.json` gives: what the shape names must be equal, what it leaves out may be
 * anything (developer guide, "Retrieving and refining root cause analytics"). Lists are equal element by element.
 */
export function matchesShape(shape: Json, cause: FilterableRootCause): boolean {
  return hasShape(shape, cause);
}

function hasShape(shape: Json, value: unknown): boolean {
  if (Array.isArray(shape)) {
    return (
      Array.isArray(value) &&
      value.length === shape.length &&
      shape.every((part: Json, index) => hasShape(part, value[index]))
    );
  }
  if (typeof shape === 'object' && shape !== null) {
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.entries(shape).every(([key, part]) =>
        hasShape(part, ownMember(value, key.charAt(0).toLowerCase() + key.slice(1))),
      )
    );
  }
  // The guide's own example has AccountId as a number and Type as null, where the API has text and nothing.
  return shape === null
    ? value === undefined
    : shape === value || (typeof value === 'string' && String(shape) === value);
}

function ownMember(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

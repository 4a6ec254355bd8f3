import type { ErrorGroup, ErrorItem, ErrorPerson } from '../model/errorItem.ts';
import { epochNanos, type EpochNanos } from '../model/units.ts';
import { fingerprintOf } from './errorFingerprint.ts';

/** Beyond it further persons are not counted: a group stays small however long it lives. */
const maxPersons = 1000;
const maxEnvironments = 50;
const second = 1_000_000_000n;

/** A group of its first occurrence. `counter` is the small number that people call it by. */
export function startGroup(item: ErrorItem, counter: number): ErrorGroup {
  const person = personName(item.person);
  return {
    fingerprint: fingerprintOf(item),
    counter,
    title: item.title,
    level: item.level,
    status: 'active',
    firstSeen: item.time,
    lastSeen: item.time,
    count: 1,
    persons: person === undefined ? [] : [person],
    environments: [item.environment],
    last: item,
  };
}

/**
 * The group with one more occurrence, whatever its place in time. One that happened after the group was resolved makes it active again,
 * and gives it its title (Rollbar, "Custom fingerprinting": "Upon reactivation, the title of the reactivating occurrence is used").
 * A muted group stays muted.
 */
export function addOccurrence(group: ErrorGroup, item: ErrorItem): ErrorGroup {
  const grown: ErrorGroup = {
    ...group,
    firstSeen: item.time < group.firstSeen ? item.time : group.firstSeen,
    lastSeen: item.time > group.lastSeen ? item.time : group.lastSeen,
    count: group.count + 1,
    persons: withOne(group.persons, personName(item.person), maxPersons),
    environments: withOne(group.environments, item.environment, maxEnvironments),
    last: item.time >= group.last.time ? item : group.last,
  };
  return happenedAfterResolve(group, item)
    ? { ...reopenGroup(grown), title: item.title, reactivatedAt: item.time }
    : grown;
}

/** Takes the group as solved; `inVersion` is the code version that has the solution. */
export function resolveGroup(group: ErrorGroup, at: EpochNanos, inVersion?: string): ErrorGroup {
  return {
    ...withoutResolution(group),
    status: 'resolved',
    resolvedAt: at,
    ...(inVersion === undefined ? {} : { resolvedInVersion: inVersion }),
  };
}

export function reopenGroup(group: ErrorGroup): ErrorGroup {
  return { ...withoutResolution(group), status: 'active' };
}

/** A muted group counts on, but nobody is to be told of it. */
export function muteGroup(group: ErrorGroup): ErrorGroup {
  return { ...withoutResolution(group), status: 'muted' };
}

/** How a person is called, the name that people know first. */
export function personName(person: ErrorPerson | undefined): string | undefined {
  return person?.username ?? person?.email ?? person?.id;
}

function withoutResolution({
  resolvedAt: _at,
  resolvedInVersion: _version,
  reactivatedAt: _again,
  ...group
}: ErrorGroup) {
  return group;
}

function happenedAfterResolve({ status, resolvedAt = epochNanos(0n) }: ErrorGroup, item: ErrorItem): boolean {
  // Rollbar's times are whole seconds, so an error of the very second may have come after the click: told rather than missed.
  return status === 'resolved' && item.time >= resolvedAt - (resolvedAt % second);
}

function withOne(texts: readonly string[], text: string | undefined, max: number): readonly string[] {
  return text === undefined || texts.length >= max || texts.includes(text) ? texts : [...texts, text];
}

/** The place of an event in the order of all: by time, then by group, then as they came. */
export interface EventPosition {
  readonly time: number;
  readonly group: number;
  readonly sequence: number;
}

export interface EventQuery {
  /** Names; all groups where it is absent. */
  readonly groups?: readonly string[];
  /** Names of streams; a name that is none matches nothing. */
  readonly streams?: readonly string[];
  readonly streamPrefixes?: readonly string[];
  /** Milliseconds since the Unix epoch, both included. */
  readonly from?: number;
  readonly to?: number;
  readonly pattern?: string;
  /** 32 hex digits. */
  readonly trace?: string;
  readonly order: 'oldest first' | 'newest first';
  /** Only events that follow this one in the order asked for. */
  readonly after?: EventPosition;
  readonly limit: number;
  /** A page ends early where its messages pass this many bytes; it has at least one event. */
  readonly maxBytes: number;
}

/** Where every so many events of a selection lie, so that a far page can be asked for without those before it. */
export interface EventMarks {
  /** The last event of each run of so many, and of the last, shorter one. */
  readonly marks: readonly EventPosition[];
  readonly events: number;
  /** Whether more follow. */
  readonly hasMore: boolean;
}

export interface StoredEvent {
  readonly group: string;
  readonly stream: string;
  readonly time: number;
  readonly ingested: number;
  readonly message: string;
  readonly position: EventPosition;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Whether more follow. */
  readonly hasMore: boolean;
}

export function comparePositions(left: EventPosition, right: EventPosition): number {
  return left.time - right.time || left.group - right.group || left.sequence - right.sequence;
}

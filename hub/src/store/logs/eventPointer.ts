/** Which event is meant, whatever its time. */
export interface EventPointer {
  readonly group: number;
  readonly sequence: number;
}

/** The pointer as text, for `@ptr` and GetLogRecord. */
export function toEventPointer({ group, sequence }: EventPointer): string {
  return Buffer.from(`event:${group}:${sequence}`).toString('base64');
}

/** Reads what `toEventPointer` made; `undefined` for anything else. */
export function parseEventPointer(text: string): EventPointer | undefined {
  const match = /^event:(\d{1,15}):(\d{1,16})$/.exec(Buffer.from(text, 'base64').toString('latin1'));
  return match === null ? undefined : { group: Number(match[1]), sequence: Number(match[2]) };
}

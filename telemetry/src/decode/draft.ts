/** A record while it is being put together: fields that were not sent stay absent instead of `undefined`. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** Sets a field that a sender named; a plain assignment of `__proto__` would change the object's prototype instead. */
export function setField<T>(fields: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[key] = value;
  }
}

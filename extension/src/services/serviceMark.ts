import { readTextFile } from './textFile.ts';
import type { FolderServiceId } from './serviceState.ts';

const name = 'SIGHTLINE_SERVICE';

/** A variable that what we start carries, by which a later window knows it again. */
export function serviceMark(id: FolderServiceId): Readonly<Record<string, string>> {
  return { [name]: id };
}

/**
 * Whether a process was started by us as this service. Its id alone says nothing: the system gives it to another process after a while. Known on
 * Linux only; elsewhere always false, so that nothing is ended by mistake.
 */
export function hasServiceMark(id: FolderServiceId, pid: number): boolean {
  return readTextFile(`/proc/${pid}/environ`)?.split('\0').includes(`${name}=${id}`) ?? false;
}

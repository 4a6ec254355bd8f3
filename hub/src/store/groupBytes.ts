const pageBytes = 4096;
/** Bytes of an overflow page that hold content (sqlite.org/fileformat.html, section 1.6). */
const pageContent = 4092;
/** What a row and its other columns take. */
const rowBytes = 64;

/** Roughly what a raw group of `size` bytes takes in the file: large bodies fill pages of their own. */
export function bytesOnDisk(size: number): number {
  return size < pageContent - rowBytes ? size + rowBytes : Math.ceil(size / pageContent) * pageBytes;
}

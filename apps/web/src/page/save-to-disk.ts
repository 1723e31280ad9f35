import type { SavedFile } from '../protocol.js';

/** Hands a file to the browser's downloads. */
export function saveToDisk({ name, type, bytes }: SavedFile): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when this task ends; some browsers read the address a little later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file's name without its ending, and without what file systems refuse. */
export function stemOf(name: string): string {
  const bare = name.replace(/\.[a-z0-9]{1,11}$/i, '').replace(/[^\p{L}\p{N} ._-]+/gu, '-');
  return bare.replace(/^[. -]+|[. -]+$/g, '').slice(0, 80) || 'sound';
}

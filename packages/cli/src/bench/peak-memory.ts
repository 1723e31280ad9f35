import { readFileSync } from 'node:fs';

/** The most memory that this process has held, in bytes. */
export function peakMemory(): number {
  // What Linux counts in maxRSS begins with the memory of the process that started this one.
  const own = ownPeak();
  return own ?? process.resourceUsage().maxRSS * 1024;
}

function ownPeak(): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

import { counted } from './counted.js';
import type { DataKind } from './data-options.js';
import type { RunOptions } from './run-options.js';

/** What a run tells of its data at the beginning, where that is not the usual. */
export function describeData(
  { inputMels, cropContext }: DataKind,
  threads: number,
  { config, data }: Pick<RunOptions, 'config' | 'data'>,
): string[] {
  const lines: string[] = [];
  if (inputMels === 'files') lines.push(`fine-tunes on the mels in ${data?.mels || 'files'}`);
  else if (cropContext) lines.push('crops see the audio beside them');
  if (threads > 0) {
    const wanted = data?.threads ?? config.num_workers;
    const fewer =
      threads < wanted ? ` (num_workers ${wanted}, more than the machine has cores to spare)` : '';
    const read = threads === 1 ? 'reads' : 'read';
    lines.push(`${counted(threads, 'thread')} ${read} recordings ahead of the steps${fewer}`);
  }
  return lines;
}

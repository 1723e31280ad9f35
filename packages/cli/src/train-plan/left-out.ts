import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A recording that is not in the data set, and why. */
export interface Refused {
  readonly file: string;
  readonly reason: string;
}

/** What `prepare` left out of a data set, by its report; undefined where there is none that can be read. */
export async function leftOutOf(dataSet: string): Promise<readonly Refused[] | undefined> {
  try {
    const report = JSON.parse(await readFile(join(dataSet, 'report.json'), 'utf8'));
    const lists = [report.refused, report.left_out ?? []];
    return lists.flat().map(({ file, reason }) => ({ file: String(file), reason: String(reason) }));
  } catch {
    // Nothing depends on it, and a data set may be made by hand.
    return undefined;
  }
}

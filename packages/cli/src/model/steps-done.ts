/**
 * Updates of the generator according to the metadata of a file of weights. Our training writes the index of the last
 * step, as the reference counts, and names the file by it; the `steps` of other programs are taken as a count.
 *
 * @param name of the file
 * @returns undefined where it says no number
 */
export function stepsDone(
  metadata: Readonly<Record<string, string>>,
  name: string,
): number | undefined {
  const { steps } = metadata;
  if (steps === undefined || !/^\d+$/.test(steps)) return undefined;
  return isTrained(metadata, name) ? Number(steps) + 1 : Number(steps);
}

/** Whether our training wrote a file: it is marked. Older generators are not, and are known by their names. */
export function isTrained(metadata: Readonly<Record<string, string>>, name: string): boolean {
  const { steps = '' } = metadata;
  if (!/^\d+$/.test(steps)) return false;
  if (['hifigan-training', 'hifigan-generator'].includes(metadata.format)) return true;
  const digits = /^(?:g|do)_(\d+)\.safetensors$/.exec(name)?.[1];
  return digits !== undefined && Number(digits) === Number(steps);
}

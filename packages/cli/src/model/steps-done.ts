/**
 * Updates of the generator by what a file of weights says of itself. Our training writes the index of the last step,
 * as the reference counts, and gives the file that number; of others' `steps` nobody knows more than that they are.
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

/** Whether our training wrote a file: it is marked; of generators that were written before they were, the name tells. */
export function isTrained(metadata: Readonly<Record<string, string>>, name: string): boolean {
  const { steps = '' } = metadata;
  if (!/^\d+$/.test(steps)) return false;
  if (['hifigan-training', 'hifigan-generator'].includes(metadata.format)) return true;
  const digits = /^(?:g|do)_(\d+)\.safetensors$/.exec(name)?.[1];
  return digits !== undefined && Number(digits) === Number(steps);
}

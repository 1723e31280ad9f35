import { type ByteSource, FormatError, openNpzArrays } from '@hifigan/checkpoint';

/** A line of Python that saves one array of an `.npz` by itself, as mels are read. */
export function melOfNpz(shown: string, name = 'NAME'): string {
  return `numpy.save("mel.npy", numpy.load(${JSON.stringify(shown)})[${JSON.stringify(name)}])`;
}

/**
 * What to do with an `.npz` where one array is wanted; of a damaged one what is wrong, since none is to be had of it.
 *
 * @param source all of it, where it can be read
 */
export async function npzAdvice(source: ByteSource | undefined, shown: string): Promise<string> {
  const damage = source && (await damageOfNpz(source, shown));
  return (
    damage ?? `save the mel alone, in Python: ${melOfNpz(shown)} (hifigan info lists the names)`
  );
}

/** What is wrong with an `.npz`, without its name before it; undefined where nothing is. */
async function damageOfNpz(source: ByteSource, shown: string): Promise<string | undefined> {
  try {
    await openNpzArrays(source, shown);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError) return error.message.replace(`${shown}: `, '');
    throw error;
  }
}

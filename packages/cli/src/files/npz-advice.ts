/** A line of Python that saves one array of an `.npz` by itself, as mels are read. */
export function melOfNpz(shown: string, name = 'NAME'): string {
  return `numpy.save("mel.npy", numpy.load(${JSON.stringify(shown)})[${JSON.stringify(name)}])`;
}

/** A line of Python that makes safetensors of all arrays of an `.npz`, as weights are read. */
export function weightsOfNpz(shown: string): string {
  const to = shown.replace(/\.npz$/i, '');
  return `safetensors.numpy.save_file(dict(numpy.load(${JSON.stringify(shown)})), ${JSON.stringify(`${to}.safetensors`)})`;
}

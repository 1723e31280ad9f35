/** What to do with what people have in their hands, by the name of its kind. */
const ADVICE: Readonly<Record<string, string>> = {
  Int16Array: 'divide them: Float32Array.from(samples, (value) => value / 32768)',
  Uint8Array: 'decode them first: decodeAudio of @hifigan/codecs, or readWav',
  ArrayBuffer: 'decode them first: decodeAudio of @hifigan/codecs, or readWav',
  String: 'read and decode the file first: decodeAudio of @hifigan/codecs, or readWav',
  AudioBuffer: 'take a channel of them: buffer.getChannelData(0)',
  Undefined: 'hand in a recording',
};

/**
 * Holds what is said to be a recording against its kind. Types let no others through; who writes JavaScript is told.
 *
 * @param name of the argument
 * @throws TypeError where it is no Float32Array (nor a Float64Array, which holds the same)
 */
export function checkSamples(where: string, name: string, samples: unknown): void {
  // By its name, since one from another realm is no instance of ours.
  const kind = Object.prototype.toString.call(samples).slice('[object '.length, -1);
  if (kind === 'Float32Array' || kind === 'Float64Array') return;
  throw new TypeError(
    `${where}: ${name}=${kind} must be a Float32Array, because samples lie in [−1, 1]; ${ADVICE[kind] ?? 'make one with Float32Array.from'}`,
  );
}

import { checkSamples, type MelOptions } from '@hifigan/audio';

/** A sampling rate in Hz, a whole number. @throws RangeError */
export function checkRate(where: string, samplingRate: number): void {
  if (Number.isSafeInteger(samplingRate) && samplingRate >= 1) return;
  throw new RangeError(
    `${where}: samplingRate=${samplingRate} must be a whole number of at least 1, because it is a rate in Hz; give that of the recordings`,
  );
}

/** A recording that can be measured: not empty, every sample finite. @throws RangeError, TypeError where it is none */
export function checkSignal(where: string, name: string, signal: Float32Array): void {
  checkSamples(where, name, signal);
  if (signal.length === 0) {
    throw new RangeError(
      `${where}: ${name} has no samples and must have some, because nothing can be measured of none; look at the file it came from`,
    );
  }
  const at = signal.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new RangeError(
      `${where}: ${name}[${at}]=${signal[at]} must be finite, because one such sample makes the measure meaningless; find out what made it (a training that diverged, a damaged file)`,
    );
  }
}

/** Two recordings to compare sample by sample. @throws RangeError */
export function checkPair(where: string, reference: Float32Array, generated: Float32Array): void {
  checkSignal(where, 'reference', reference);
  checkSignal(where, 'generated', generated);
  if (reference.length !== generated.length) {
    throw new RangeError(
      `${where}: generated.length=${generated.length} must be reference.length=${reference.length}, because they are compared sample by sample; cut both to the shorter, and see that they begin together`,
    );
  }
}

/** A reference that says something, where the measure divides by its level. @throws RangeError */
export function checkSounds(where: string, reference: ArrayLike<number>): void {
  for (let i = 0; i < reference.length; i++) if (reference[i] !== 0) return;
  throw new RangeError(
    `${where}: reference is silent and must not be, because the measure is relative to its level; leave the pair out`,
  );
}

/** What must be handed in as an object. @param must what it must be, why, and what to do. @throws TypeError */
export function checkObject(where: string, name: string, given: unknown, must: string): void {
  if (typeof given === 'object' && given !== null) return;
  throw new TypeError(`${where}: ${name}=${given} must be ${must}`);
}

/** Options of a mel spectrogram; what they say, `createMelSpectrogram` checks. @throws TypeError */
export function checkMelOptions(where: string, mel: MelOptions): void {
  const must =
    'the options of a mel spectrogram, because recordings are compared by theirs; melOptions(config) of @hifigan/audio makes them of a configuration';
  checkObject(where, 'mel', mel, must);
  if (!('num_mels' in mel)) return;
  throw new TypeError(`${where}: mel is a configuration and must be ${must}`);
}

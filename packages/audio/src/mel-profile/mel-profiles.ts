import type { MelProfile } from './mel-profile.js';

/** A profile that goes by a name. */
export interface NamedMelProfile {
  readonly name: string;
  /** Whose mels these are, in a few words. */
  readonly title: string;
  readonly profile: MelProfile;
  /** The layout of its arrays in files: `[mels, frames]` or `[frames, mels]`. */
  readonly layout: 'mels first' | 'frames first';
  /**
   * Of a library's function or a program's settings rather than of a model: who uses it chooses the bands, so that those
   * to 8 kHz and to half the rate are met alike.
   */
  readonly isFree: boolean;
}

/** 22.05 kHz, 80 bands to 8 kHz: what most of them begin from. */
const HIFIGAN: MelProfile = {
  samplingRate: 22050,
  fftSize: 1024,
  hopSize: 256,
  windowSize: 1024,
  framing: 'hop',
  mels: 80,
  fmin: 0,
  fmax: 8000,
  filterbank: 'slaney',
  bands: 'area',
  magnitude: 'amplitude',
  guard: 1e-9,
  log: 'natural',
  floor: 1e-5,
  floorBy: 'clamp',
};

/** The same, of frames centred on the first sample and without the guard under the root. */
const CENTRED: MelProfile = without(HIFIGAN, { framing: 'centred' });

/** log10 of amplitudes from 80 to 7600 Hz. */
const LOG10: MelProfile = { ...CENTRED, fmin: 80, fmax: 7600, log: 'log10', floor: 1e-10 };

const LOG10_24K: MelProfile = {
  ...LOG10,
  samplingRate: 24000,
  fftSize: 2048,
  hopSize: 300,
  windowSize: 1200,
};

/** log(1 + sum): the floor is 1 and added, so that silence is 0. */
export const LOG1P = { log: 'natural', floor: 1, floorBy: 'add' } as const;

/** Decibels from −80 to 20 onto −4 … 4. */
const FOURS = { kind: 'range', low: -80, high: 20, from: -4, to: 4 } as const;

/**
 * Conventions in use, looked up in the sources named beside each. Two that differ in nothing that matters stand here
 * once. Presets of one project at other rates are not all listed: give a profile of your own for those.
 */
export const melProfiles: readonly NamedMelProfile[] = [
  // jik876/hifi-gan, meldataset.py, mel_spectrogram; config_v1.json. BigVGAN's 22 kHz models to 8 kHz have the same.
  named('hifigan', 'HiFi-GAN, BigVGAN at 22.05 kHz to 8 kHz', HIFIGAN),
  // jik876/hifi-gan: the same function with fmax_for_loss; NVIDIA/BigVGAN, configs/bigvgan_v2_22khz_80band_256x.json.
  named('hifigan-full-band', 'HiFi-GAN to half the rate, BigVGAN v2 at 22.05 kHz', {
    ...HIFIGAN,
    fmax: null,
  }),
  // NVIDIA/tacotron2, layers.py (TacotronSTFT), stft.py, audio_processing.py (clip_val 1e-5), hparams.py. WaveGlow has
  // its TacotronSTFT as a submodule.
  named('tacotron2-nvidia', 'NVIDIA Tacotron 2 and WaveGlow', CENTRED),
  // NVIDIA/NeMo, asr/parts/preprocessing/features.py (FilterbankFeatures); examples/tts/conf/hifigan/hifigan.yaml.
  named('nemo-hifigan', 'NeMo HiFi-GAN', without(HIFIGAN, {})),
  // The same class; examples/tts/conf/fastpitch_align_v1.05.yaml (log_zero_guard_type: add).
  named('nemo-fastpitch', 'NeMo FastPitch', { ...CENTRED, floorBy: 'add' }),
  // keithito/tacotron, util/audio.py (melspectrogram: no reference level is taken off), hparams.py.
  named(
    'tacotron-keithito',
    'Tacotron of Keith Ito',
    {
      ...CENTRED,
      samplingRate: 20000,
      fftSize: 2048,
      hopSize: 250,
      windowSize: 1000,
      preemphasis: 0.97,
      fmax: null,
      log: 'decibel',
      normalisation: { kind: 'range', low: -100, high: 0, from: 0, to: 1 },
    },
    'frames first',
  ),
  // Rayhane-mamah/Tacotron-2, datasets/audio.py, hparams.py (fmin 25, symmetric_mels, max_abs_value 4).
  named(
    'tacotron2-rayhane',
    'Tacotron 2 of Rayhane Mamah',
    { ...CENTRED, fmin: 25, fmax: 7600, log: 'decibel', normalisation: FOURS },
    'frames first',
  ),
  // r9y9/wavenet_vocoder before its log10 features, audio.py (melspectrogram), hparams.py (fmin 125, fmax 7600).
  named(
    'wavenet-r9y9',
    'WaveNet and Deep Voice 3 of r9y9',
    {
      ...CENTRED,
      fmin: 125,
      fmax: 7600,
      log: 'decibel',
      normalisation: { kind: 'range', low: -80, high: 20, from: 0, to: 1 },
    },
    'frames first',
  ),
  // coqui-ai/TTS, TTS/utils/audio/processor.py (normalize), numpy_transforms.py (amp_to_db: 1e-8), mozilla/TTS,
  // config.json.
  named('coqui-normalised', 'Mozilla and Coqui TTS, normalised to −4 … 4', {
    ...CENTRED,
    log: 'decibel',
    floor: 1e-8,
    normalisation: FOURS,
  }),
  // The same with max_norm 1.
  named('coqui-normalised-1', 'Mozilla and Coqui TTS, normalised to −1 … 1', {
    ...CENTRED,
    log: 'decibel',
    floor: 1e-8,
    normalisation: { ...FOURS, from: -1, to: 1 },
  }),
  // The same with symmetric_norm false: 0 to max_norm 4.
  named('coqui-normalised-4', 'Mozilla and Coqui TTS, normalised to 0 … 4', {
    ...CENTRED,
    log: 'decibel',
    floor: 1e-8,
    normalisation: { ...FOURS, from: 0 },
  }),
  // The same with signal_norm false, spec_gain 1, np.log: recipes/ljspeech/tacotron2-DDC/train_tacotron_ddc.py.
  free('coqui', 'Coqui TTS, natural logarithms', { ...CENTRED, floor: 1e-8 }),
  // The same with stats_path: StandardScaler over the bands, in decibels.
  named('coqui-statistics', 'Coqui TTS, normalised by a file of statistics', {
    ...CENTRED,
    log: 'decibel',
    floor: 1e-8,
    normalisation: { kind: 'statistics' },
  }),
  // espnet/espnet, espnet2/tts/feats_extract/log_mel_fbank.py, espnet2/layers/log_mel.py; egs2/ljspeech/tts1/run.sh.
  // The same: kan-bayashi/ParallelWaveGAN, parallel_wavegan/bin/preprocess.py (logmelfilterbank),
  // egs/ljspeech/voc1/conf/hifigan.v1.yaml.
  named('espnet', 'ESPnet and ParallelWaveGAN at 22.05 kHz', LOG10, 'frames first'),
  // The same after bin/normalize.py (StandardScaler) or ESPnet's global_mvn.
  named(
    'espnet-statistics',
    'ESPnet and ParallelWaveGAN at 22.05 kHz, normalised by their statistics',
    { ...LOG10, normalisation: { kind: 'statistics' } },
    'frames first',
  ),
  // egs/jsut/voc1/conf/hifigan.v1.yaml and others at 24 kHz.
  named('espnet-24k', 'ESPnet and ParallelWaveGAN at 24 kHz', LOG10_24K, 'frames first'),
  named(
    'espnet-24k-statistics',
    'ESPnet and ParallelWaveGAN at 24 kHz, normalised by their statistics',
    { ...LOG10_24K, normalisation: { kind: 'statistics' } },
    'frames first',
  ),
  // huggingface/transformers, models/speecht5/feature_extraction_speecht5.py: hop 16 ms, window 64 ms, mel_floor 1e-10.
  named(
    'speecht5',
    'SpeechT5 of transformers, ESPnet at 16 kHz',
    { ...LOG10, samplingRate: 16000 },
    'frames first',
  ),
  // librosa, feature/spectral.py (melspectrogram: power 2, n_fft 2048, hop 512, 128 bands).
  free('librosa-power', 'librosa.feature.melspectrogram', librosa(2048, 512, 128)),
  // With core/spectrum.py, power_to_db(ref=np.max): amin 1e-10, top_db 80.
  free('librosa-decibel', 'librosa.power_to_db of it, against the loudest', {
    ...librosa(2048, 512, 128),
    ...againstLoudest(),
  }),
  // With ref=1.0, its default.
  free('librosa-decibel-ref1', 'librosa.power_to_db of it, against 1', {
    ...librosa(2048, 512, 128),
    ...againstOne(),
  }),
  free(
    'librosa-80-power',
    'librosa.feature.melspectrogram(n_fft=1024, hop_length=256, n_mels=80)',
    {
      ...librosa(1024, 256, 80),
    },
  ),
  free('librosa-80-decibel', 'librosa.power_to_db of it, against the loudest', {
    ...librosa(1024, 256, 80),
    ...againstLoudest(),
  }),
  free('librosa-80-decibel-ref1', 'librosa.power_to_db of it, against 1', {
    ...librosa(1024, 256, 80),
    ...againstOne(),
  }),
  // The same with fmax=8000, as scripts have it that were begun from HiFi-GAN's config.json.
  free('librosa-80-8k-power', 'librosa.feature.melspectrogram(…, n_mels=80, fmax=8000)', {
    ...librosa(1024, 256, 80),
    fmax: 8000,
  }),
  free('librosa-80-8k-decibel', 'librosa.power_to_db of it, against the loudest', {
    ...librosa(1024, 256, 80),
    ...againstLoudest(),
    fmax: 8000,
  }),
  free('librosa-80-8k-decibel-ref1', 'librosa.power_to_db of it, against 1', {
    ...librosa(1024, 256, 80),
    ...againstOne(),
    fmax: 8000,
  }),
  // No project's own: numpy's logarithms of librosa's powers, to half the rate. Those to 8 kHz are natural-power.
  free('librosa-80-natural', 'np.log of librosa.feature.melspectrogram(…, n_mels=80)', {
    ...librosa(1024, 256, 80),
    log: 'natural',
    floor: 1e-10,
  }),
  free('librosa-80-log10', 'np.log10 of librosa.feature.melspectrogram(…, n_mels=80)', {
    ...librosa(1024, 256, 80),
    log: 'log10',
    floor: 1e-10,
  }),
  free('librosa-80-log1p', 'np.log1p of librosa.feature.melspectrogram(…, n_mels=80)', {
    ...librosa(1024, 256, 80),
    ...LOG1P,
  }),
  // torchaudio, transforms/_transforms.py (MelSpectrogram: power 2, mel_scale htk, norm None), defaults of 16 kHz.
  free('torchaudio', 'torchaudio.transforms.MelSpectrogram', torchaudio(16000, 400, 200, 128)),
  // With the same file's AmplitudeToDB: amin 1e-10, against 1, nothing cut off below the loudest.
  free('torchaudio-decibel', 'torchaudio.transforms.AmplitudeToDB of it', {
    ...torchaudio(16000, 400, 200, 128),
    ...againstOne(),
  }),
  free(
    'torchaudio-80',
    'torchaudio.transforms.MelSpectrogram(22050, n_fft=1024, hop_length=256, n_mels=80)',
    torchaudio(22050, 1024, 256, 80),
  ),
  free('torchaudio-80-decibel', 'torchaudio.transforms.AmplitudeToDB of it', {
    ...torchaudio(22050, 1024, 256, 80),
    ...againstOne(),
  }),
  // torchaudio's tutorials and pipelines (Conformer RNN-T, wav2letter) have torch.log(mel + 1e-6).
  free('torchaudio-80-natural', 'torch.log(mel + 1e-6) of it', {
    ...torchaudio(22050, 1024, 256, 80),
    log: 'natural',
    floor: 1e-6,
    floorBy: 'add',
  }),
  // gemelo-ai/vocos, vocos/feature_extractors.py (power 1, otherwise torchaudio's defaults), modules.py (safe_log:
  // 1e-7).
  named('vocos', 'Vocos at 24 kHz', {
    ...torchaudio(24000, 1024, 256, 100),
    magnitude: 'amplitude',
    log: 'natural',
    floor: 1e-7,
  }),
  // No project's own: HiFi-GAN's bands with another logarithm, as scripts of one's own often have them.
  free('log10', "HiFi-GAN's bands, logarithms of base 10", without(HIFIGAN, { log: 'log10' })),
  free('decibel', "HiFi-GAN's bands in decibels", without(HIFIGAN, { log: 'decibel' })),
  free(
    'natural-power',
    "HiFi-GAN's bands, natural logarithms of powers",
    without(HIFIGAN, { magnitude: 'power', floor: 1e-10 }),
  ),
  named('amplitude', "HiFi-GAN's bands without a logarithm", {
    ...without(HIFIGAN, { log: 'none', floor: 0 }),
  }),
  // No project's own: HiFi-GAN's function with the number of bands that others have at 44.1 kHz.
  named('hifigan-128', 'HiFi-GAN at 22.05 kHz with 128 bands', {
    ...HIFIGAN,
    mels: 128,
    fmax: null,
  }),
  // NVIDIA/BigVGAN, meldataset.py, configs/bigvgan_24khz_100band.json, bigvgan_v2_44khz_128band_512x.json.
  named('bigvgan-24k', 'BigVGAN at 24 kHz', {
    ...HIFIGAN,
    samplingRate: 24000,
    mels: 100,
    fmax: null,
  }),
  named('bigvgan-44k', 'BigVGAN at 44.1 kHz', {
    ...HIFIGAN,
    samplingRate: 44100,
    fftSize: 2048,
    hopSize: 512,
    windowSize: 2048,
    mels: 128,
    fmax: null,
  }),
  // configs/bigvgan_v2_44khz_128band_256x.json.
  named('bigvgan-44k-256', 'BigVGAN at 44.1 kHz with a hop of 256', {
    ...HIFIGAN,
    samplingRate: 44100,
    mels: 128,
    fmax: null,
  }),
];

/** The profile of a name, or nothing. */
export function melProfile(name: string): MelProfile | undefined {
  return melProfiles.find((one) => one.name === name)?.profile;
}

function named(
  name: string,
  title: string,
  profile: MelProfile,
  layout: NamedMelProfile['layout'] = 'mels first',
): NamedMelProfile {
  return { name, title, profile, layout, isFree: false };
}

/** Whose bands are anyone's choice, see {@link NamedMelProfile.isFree}. */
function free(name: string, title: string, profile: MelProfile): NamedMelProfile {
  return { ...named(name, title, profile), isFree: true };
}

function without({ guard, ...profile }: MelProfile, changes: Partial<MelProfile>): MelProfile {
  return { ...profile, ...changes };
}

function librosa(fftSize: number, hopSize: number, mels: number): MelProfile {
  return {
    ...CENTRED,
    fftSize,
    hopSize,
    windowSize: fftSize,
    mels,
    fmax: null,
    magnitude: 'power',
    log: 'none',
    floor: 0,
  };
}

function againstLoudest(): Partial<MelProfile> {
  return { log: 'decibel', floor: 1e-10, normalisation: { kind: 'peak', range: 80 } };
}

/** top_db, where it is given, cuts off below the loudest what no conversion needs. */
function againstOne(): Partial<MelProfile> {
  return { log: 'decibel', floor: 1e-10 };
}

function torchaudio(
  samplingRate: number,
  fftSize: number,
  hopSize: number,
  mels: number,
): MelProfile {
  return {
    ...librosa(fftSize, hopSize, mels),
    samplingRate,
    filterbank: 'htk',
    bands: 'peak',
  };
}

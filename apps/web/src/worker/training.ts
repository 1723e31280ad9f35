import {
  createMelSpectrogram,
  type MelProfile,
  melOptions,
  profileOfConfig,
  resample,
} from '@hifigan/audio';
import { FINE_TUNING, FineTuning, NonFiniteLossError, type Recording } from '@hifigan/train';
import { type Bundle, breather, profileOf } from '@hifigan/vocoder';
import type {
  SavedFile,
  TrainedVoice,
  TrainingEnd,
  TrainingPicture,
  TrainingPictureRequest,
  TrainingProgress,
  TrainingStart,
} from '../protocol.js';
import { activateEngine } from './engines.js';
import { openSound } from './open-sound.js';
import { openVoiceSource } from './open-voice-source.js';
import { type PackedVoice, packVoice, zipVoice } from './pack-voice.js';
import type { CallTools } from './serve.js';
import { trainedCard } from './trained-card.js';
import { TrainingHistory } from './training-history.js';
import { drawTraining } from './training-picture.js';

/** Milliseconds between two reports of steps. */
const TOLD_EVERY = 200;
/** Seconds of recordings at most: they are held in memory. */
const MOST_SECONDS = 1800;
/** Seconds of a recording that a bundle's golden mel is looked for in. */
const SPEECH_SECONDS = 20;

/** What learns, and from what. */
interface Course {
  readonly bundle: Bundle;
  readonly title: string;
  readonly recordings: readonly Recording[];
  readonly tuning: FineTuning;
  readonly engineDetail: string;
}

/**
 * A training in a Worker of its own: it has tfjs's one backend to itself, so that the studio's voice speaks on meanwhile,
 * on another engine if it is to be, and the end of the Worker is the end of all its memory.
 */
export class Training {
  readonly #history = new TrainingHistory();
  #course: Course | undefined;
  /** Opened where the training is to go on. */
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  /** @throws what opening the voice and the recordings throws; Error where this voice cannot be trained here */
  async run(
    start: TrainingStart,
    { signal, progress }: CallTools<TrainingProgress>,
  ): Promise<TrainingEnd> {
    const course = await begin(start, signal);
    this.#course = course;
    const history = this.#history;
    const { tuning } = course;
    let since = performance.now();
    let told = 0;
    const tell = (state: TrainingProgress['state']) => {
      told = performance.now();
      progress(this.#progress(state));
    };
    const open = () => this.hold(false);
    signal.addEventListener('abort', open, { once: true });
    tell('training');
    try {
      await tuning.run({
        signal,
        onStep: (_, loss) => {
          history.addStep(loss, (performance.now() - since) / 1000);
          since = performance.now();
          if (since - told > TOLD_EVERY) tell('training');
        },
        onValidation: (found) => {
          history.validations.push(found);
          since = performance.now();
          tell('training');
        },
        hold: async () => {
          if (!this.#gate || signal.aborted) return;
          tell('paused');
          // Closed after the end it would be opened by nobody.
          while (this.#gate && !signal.aborted) await this.#gate.opened;
          tell('training');
          since = performance.now();
        },
      });
      tell('training');
      return { steps: tuning.steps };
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      const { steps } = await tuning.learned();
      return {
        steps,
        spoilt: `step ${tuning.steps} ended in what is no number (NaN); what was learned in ${steps} steps is kept. Listen to it and begin again from it, or take other recordings: one of them may be damaged`,
      };
    } finally {
      signal.removeEventListener('abort', open);
    }
  }

  /** Has the training wait after its present step, or go on. */
  hold(on: boolean): undefined {
    if (!on) {
      this.#gate?.open();
      this.#gate = undefined;
    } else if (!this.#gate) {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      this.#gate = { opened, open };
    }
  }

  picture(request: TrainingPictureRequest): TrainingPicture {
    return drawTraining(this.#history, request);
  }

  /** What was learned so far, as the files of a bundle. */
  async trained(): Promise<TrainedVoice> {
    const { files } = await this.#pack();
    return { files: [...files].map(([name, bytes]) => ({ name, bytes: bytes.slice() })) };
  }

  /** The same as one file. */
  async save(): Promise<SavedFile> {
    return zipVoice(await this.#pack());
  }

  async #pack(): Promise<PackedVoice> {
    if (!this.#course) {
      throw new Error('training: there is nothing learned yet; begin a training');
    }
    const { bundle, title, recordings, tuning, engineDetail } = this.#course;
    const { weights, steps, validation } = await tuning.learned();
    const { config, profile, manifest, golden } = bundle;
    const [first] = this.#history.validations;
    const card = trainedCard({
      ...{ title, recordings: recordings.length, seconds: tuning.seconds, steps },
      ...(bundle.card && { card: bundle.card }),
      ...{ segmentSize: tuning.segmentSize, batchSize: FINE_TUNING.batchSize },
      learningRate: FINE_TUNING.learningRate,
      ...{ computed: this.#history.seconds, engine: engineDetail },
      ...(validation && {
        heldOut: { before: first.mel, after: validation.mel, afterSteps: validation.steps },
      }),
    });
    const mel = createMelSpectrogram(melOptions(config));
    const { audio } = recordings.reduce((a, b) => (b.audio.length > a.audio.length ? b : a));
    const trained: Bundle = {
      ...{ config, weights, notices: [] },
      ...(profile && { profile }),
      ...(manifest && { manifest }),
      ...(golden && { golden }),
    };
    return packVoice(trained, card, () =>
      mel.analyze(audio.subarray(0, SPEECH_SECONDS * config.sampling_rate)),
    );
  }

  #progress(state: TrainingProgress['state']): TrainingProgress {
    const { losses, validations, loss, stepsPerSecond, seconds } = this.#history;
    const [first, last] = [validations[0], validations.at(-1)];
    return {
      ...{ state, steps: losses.length, seconds },
      ...(loss !== undefined && { loss }),
      ...(stepsPerSecond !== undefined && { stepsPerSecond }),
      ...(first && last && { heldOut: { before: first.mel, now: last.mel, steps: last.steps } }),
    };
  }
}

async function begin(
  { source, engine, files }: TrainingStart,
  signal: AbortSignal,
): Promise<Course> {
  if (engine === 'cpu') {
    throw new Error(
      'training: plain JavaScript would take minutes for a step; take another engine, and begin again',
    );
  }
  const { bundle, title } = await openVoiceSource(source, signal);
  requireTrainable(bundle, title);
  const { config, weights } = bundle;
  const recordings = await openRecordings(files, config.sampling_rate, signal);
  const engineDetail = await activateEngine(engine, () => undefined);
  const tuning = new FineTuning({
    ...{ config, weights, where: title, recordings },
    pause: breather(),
  });
  return { bundle, title, recordings, tuning, engineDetail };
}

/** @throws what `openSound` throws; Error where they are too long together, or mels */
export async function openRecordings(
  files: readonly File[],
  rate: number,
  signal: AbortSignal,
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  let seconds = 0;
  for (const file of files) {
    const opened = await openSound({ file }, signal);
    signal.throwIfAborted();
    if (opened.kind === 'mel') {
      throw new Error(
        `${file.name}: is a mel and must be a recording, because a voice learns from the sound itself; leave it out`,
      );
    }
    const audio = resample(opened.mono, opened.samplingRate, rate);
    recordings.push({ id: file.name, audio });
    seconds += audio.length / rate;
    if (seconds > MOST_SECONDS) {
      throw new Error(
        `${file.name}: with it the recordings have ${seconds.toFixed(0)} s and must have ${MOST_SECONDS} at most, because a page holds them in memory; leave some out, or take the command line: hifigan train`,
      );
    }
  }
  return recordings;
}

/** @throws Error where training would give the voice other mels than it knows */
export function requireTrainable(bundle: Bundle, title: string): void {
  const own = profileOf(bundle);
  const ours = profileOfConfig(bundle.config);
  const half = bundle.config.sampling_rate / 2;
  const facts = (profile: MelProfile) =>
    JSON.stringify(Object.entries({ ...profile, fmax: profile.fmax ?? half }).sort());
  if (bundle.statistics || facts(own) !== facts(ours)) {
    throw new Error(
      `${title}: speaks ${bundle.statistics ? 'normalised mels' : 'mels of another convention'} and must speak HiFi-GAN’s to be trained here, because the mels that it learns from are made so; take another voice`,
    );
  }
}

import { type Mel, melOptions, resample } from '@hifigan/audio';
import { receptiveField } from '@hifigan/models';
import { type Bundle, Vocoder } from '@hifigan/vocoder';
import { editMel, isEdited, NO_EDITS } from '../mel/edit-mel.js';
import { fitMel } from '../mel/fit-mel.js';
import { ticksOf } from '../mel/ticks.js';
import type {
  EngineName,
  InputFacts,
  InputSource,
  LiveEnd,
  LiveProgress,
  LiveStart,
  Measurable,
  MelEdits,
  Picture,
  PictureRequest,
  SavedFile,
  Saving,
  Speech,
  SpeechProgress,
  VoiceFacts,
  VoiceSource,
} from '../protocol.js';
import { EngineClock } from './engine-clock.js';
import { activateEngine } from './engines.js';
import { runLive } from './live.js';
import { type OpenedSound, openSound } from './open-sound.js';
import { openVoiceSource } from './open-voice-source.js';
import { drawPicture } from './pictures.js';
import { ofRate } from './recording-notices.js';
import { saveFile } from './save-file.js';
import type { CallTools } from './serve.js';

/** A model, and what runs it. */
interface Voice {
  readonly title: string;
  readonly bundle: Bundle;
  readonly vocoder: Vocoder;
  readonly engine: EngineName;
  readonly engineDetail: string;
  /** Of the engine. */
  readonly notices: readonly string[];
}

/** What is to be spoken, as the voice takes it. */
interface Input {
  readonly opened: OpenedSound;
  /** Whose mel it is. */
  readonly voice: Bundle;
  readonly mel: Mel;
  /** Of a recording: mono, at the voice's rate. */
  readonly audio?: Float32Array;
  readonly notices: readonly string[];
}

/** What was spoken. */
interface Spoken {
  readonly edits: MelEdits;
  /** What the voice was given. */
  readonly mel: Mel;
  readonly audio: Float32Array;
  /** Made of the audio again; none of so few samples that they have no spectrum. */
  readonly generatedMel?: Mel;
}

/** Frames between two looks at what else the page wants: some tenths of a second of computing. */
const CHUNK_FRAMES: Readonly<Record<EngineName, number>> = {
  webgpu: 1024,
  'wasm-threads': 256,
  wasm: 256,
  cpu: 16,
};

/** All that the page computes: a voice, a sound, and what the one made of the other. */
export class Studio {
  /** How long the voice has computed. */
  readonly clock = new EngineClock();
  #voice: Voice | undefined;
  #opened: OpenedSound | undefined;
  #input: Input | undefined;
  #spoken: Spoken | undefined;
  #changes: Promise<unknown> = Promise.resolve();

  async openVoice(
    { source, engine }: { readonly source: VoiceSource; readonly engine: EngineName },
    { signal }: Pick<CallTools<never>, 'signal'>,
  ): Promise<VoiceFacts> {
    const { bundle, title } = await openVoiceSource(source, signal);
    return this.#inTurn(() => {
      signal.throwIfAborted();
      return this.#setVoice(bundle, title, engine);
    });
  }

  useEngine(engine: EngineName, { signal }: Pick<CallTools<never>, 'signal'>): Promise<VoiceFacts> {
    return this.#inTurn(() => {
      signal.throwIfAborted();
      const { bundle, title } = this.#needVoice();
      return this.#setVoice(bundle, title, engine);
    });
  }

  async openInput(
    source: InputSource,
    { signal }: Pick<CallTools<never>, 'signal'>,
  ): Promise<InputFacts> {
    const opened = await openSound(source, signal);
    // While it was decoded nothing was heard of an end.
    await new Promise((done) => setTimeout(done));
    await this.#changes;
    signal.throwIfAborted();
    const input = fitInput(opened, this.#needVoice());
    this.#opened = opened;
    return this.#setInput(input);
  }

  async renewInput(): Promise<InputFacts> {
    await this.#changes;
    if (!this.#opened) throw new Error('renewInput: a sound must be open, because it is made anew');
    // Of what the new voice cannot take nothing may stay.
    this.closeInput(true);
    return this.#setInput(fitInput(this.#opened, this.#needVoice()));
  }

  /** @param keep what was opened, for another voice */
  closeInput(keep = false): undefined {
    this.#input = undefined;
    this.#spoken = undefined;
    if (!keep) this.#opened = undefined;
  }

  async speak(
    edits: MelEdits | undefined,
    { signal, progress }: CallTools<SpeechProgress>,
  ): Promise<Speech> {
    await this.#changes;
    signal.throwIfAborted();
    const { vocoder, engine } = this.#needVoice();
    const input = this.#needInput();
    const mel = editMel(input.mel, edits ?? NO_EDITS, vocoder.profile);
    const { sampling_rate: rate, hop_size: hop } = vocoder.config;
    const start = performance.now();
    const took = () => (performance.now() - start) / 1000;
    const audio = await vocoder.synthesize(mel, {
      chunkFrames: CHUNK_FRAMES[engine],
      signal,
      async onProgress(frames) {
        progress({ frames, of: mel.frames, speed: (frames * hop) / rate / took() });
        // Messages of the page come in between two tasks: pictures, and that it is enough.
        await new Promise((resolve) => setTimeout(resolve));
      },
    });
    const seconds = took();
    signal.throwIfAborted();
    this.#spoken = {
      ...{ edits: edits ?? NO_EDITS, mel, audio },
      ...(audio.length >= leastSamples(vocoder) && { generatedMel: vocoder.analyze(audio) }),
    };
    return { audio: audio.slice(), seconds: audio.length / rate, took: seconds };
  }

  async measurable(): Promise<Measurable> {
    await this.#changes;
    const { config } = this.#needVoice().vocoder;
    const { audio: original } = this.#needInput();
    const { audio, edits } = this.#needSpoken();
    if (!original || isEdited(edits)) {
      throw new Error(
        'measurable: an unchanged recording must have been spoken, because its sound is compared with what was made of it',
      );
    }
    const length = Math.min(original.length, audio.length);
    return {
      ...{ original: original.slice(0, length), generated: audio.slice(0, length) },
      ...{ samplingRate: config.sampling_rate, mel: melOptions(config) },
    };
  }

  async picture(request: PictureRequest): Promise<Picture> {
    await this.#changes;
    const { config } = this.#needVoice().vocoder;
    const input = this.#needInput();
    const spoken = this.#spoken;
    return drawPicture(
      {
        samplingRate: config.sampling_rate,
        hopSize: config.hop_size,
        fftSize: config.n_fft,
        originalMel: input.mel,
        ...(input.audio && { original: input.audio }),
        ...(spoken && { generated: spoken.audio }),
        ...(spoken?.generatedMel && { generatedMel: spoken.generatedMel }),
        stretch: spoken?.edits.stretch ?? 1,
      },
      request,
    );
  }

  async save(saving: Saving): Promise<SavedFile> {
    await this.#changes;
    const { bundle, vocoder, title } = this.#needVoice();
    const input = this.#input;
    const spoken = this.#spoken;
    return saveFile(saving, {
      ...{ bundle, title, samplingRate: vocoder.config.sampling_rate },
      ...(input && { name: input.opened.name, mel: input.mel }),
      ...(input?.audio && { original: input.audio }),
      ...(spoken && { generated: spoken.audio, givenMel: spoken.mel }),
    });
  }

  async live(start: LiveStart, tools: CallTools<LiveProgress>): Promise<LiveEnd> {
    await this.#changes;
    return runLive(this, start, tools);
  }

  /** For live sound. */
  get vocoder(): Vocoder {
    return this.#needVoice().vocoder;
  }

  /** There is one backend, and one voice on it: they change one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#changes.then(work);
    this.#changes = turn.catch(() => undefined);
    return turn;
  }

  async #setVoice(bundle: Bundle, title: string, engine: EngineName): Promise<VoiceFacts> {
    const former = this.#voice;
    this.#voice = undefined;
    await former?.vocoder.dispose();
    const notices: string[] = [];
    try {
      const engineDetail = await activateEngine(engine, (notice) => notices.push(notice));
      const vocoder = await Vocoder.load(bundle, { where: title, engine: this.clock.engine });
      this.#voice = { title, bundle, vocoder, engine, engineDetail, notices };
      if (former?.bundle !== bundle || former.engine !== engine) this.#spoken = undefined;
    } catch (error) {
      // What was there before speaks on.
      if (former && (former.bundle !== bundle || former.engine !== engine)) {
        const spoken = this.#spoken;
        await this.#setVoice(former.bundle, former.title, former.engine);
        this.#spoken = spoken;
      }
      throw error;
    }
    return factsOf(this.#voice);
  }

  #setInput(input: Input): InputFacts {
    this.#input = input;
    this.#spoken = undefined;
    const { opened, mel, audio, notices } = input;
    const { sampling_rate: rate, hop_size: hop } = this.#needVoice().vocoder.config;
    return {
      ...{ name: opened.name, kind: opened.kind, frames: mel.frames, notices },
      seconds: (mel.frames * hop) / rate,
      ...(audio && { audio: audio.slice() }),
    };
  }

  #needVoice(): Voice {
    if (!this.#voice)
      throw new Error('a voice must be open, because nothing speaks without; choose one');
    return this.#voice;
  }

  #needInput(): Input {
    if (!this.#input)
      throw new Error('a sound must be open, because there is nothing to say; choose one');
    const voice = this.#needVoice();
    // Where the page did not have it renewed, as something else was begun while the voice changed.
    if (this.#input.voice !== voice.bundle) this.#setInput(fitInput(this.#input.opened, voice));
    return this.#input;
  }

  #needSpoken(): Spoken {
    if (!this.#spoken)
      throw new Error('the voice must have spoken, because there is no sound yet; press Speak');
    return this.#spoken;
  }
}

function factsOf({ bundle, vocoder, ...voice }: Voice): VoiceFacts {
  const { sampling_rate: samplingRate, hop_size: hopSize, num_mels: mels } = vocoder.config;
  return {
    ...{ title: voice.title, engine: voice.engine, engineDetail: voice.engineDetail },
    ...{ samplingRate, hopSize, mels, lookAhead: receptiveField(vocoder.config).after },
    ...(bundle.card && { card: bundle.card }),
    notices: [...voice.notices, ...bundle.notices],
    ticks: ticksOf(vocoder.profile),
  };
}

function fitInput(
  opened: OpenedSound,
  { vocoder, bundle: voice }: Pick<Voice, 'vocoder' | 'bundle'>,
): Input {
  const { profile } = vocoder;
  if (opened.kind === 'mel')
    return { opened, voice, ...fitMel(opened.array, profile, opened.name) };
  const { mono, name } = opened;
  const { samplingRate, fftSize } = profile;
  const audio = resample(mono, opened.samplingRate, samplingRate);
  const least = leastSamples(vocoder);
  if (audio.length < least) {
    throw new Error(
      `${name}: ${audio.length} samples at ${samplingRate} Hz are too few for a spectrum of ${fftSize}: ${least} are the least; take a longer recording`,
    );
  }
  const notices = [...opened.notices, ...ofRate(opened.samplingRate, samplingRate)];
  return { opened, voice, audio, mel: vocoder.analyze(audio), notices };
}

/** As many samples have a spectrum: at the ends it is made of what is mirrored there. */
function leastSamples({ profile }: Pick<Vocoder, 'profile'>): number {
  const { fftSize, hopSize, framing } = profile;
  return Math.max((framing === 'centred' ? fftSize >> 1 : (fftSize - hopSize) / 2) + 1, hopSize);
}

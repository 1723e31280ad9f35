import { batch, computed, signal } from '@preact/signals';
import { type Client, type WorkerLike, wasAborted } from '../client.js';
import { isEdited, NO_EDITS } from '../mel/edit-mel.js';
import type {
  EngineName,
  EngineReport,
  InputFacts,
  InputSource,
  MelEdits,
  PictureView,
  Saving,
  Speech,
  SpeechProgress,
  VoiceFacts,
  VoiceSource,
} from '../protocol.js';
import type { Side } from '../sound/player.js';
import { Listening } from './listening.js';
import { Measuring } from './measuring.js';
import { Messages, textOf } from './messages.js';
import { Openings } from './openings.js';
import { Recording } from './recording.js';
import { saveToDisk } from './save-to-disk.js';
import { sortFiles } from './sort-files.js';
import { Work } from './work.js';

/**
 * What the page is at: what is begun next ends it, but openings of a voice, an engine and a sound wait for each other.
 */
export type Busy = 'starting' | 'voice' | 'engine' | 'input' | 'speaking' | 'saving';

/** What is shown of what was spoken. */
export type SpokenFacts = Pick<Speech, 'seconds' | 'took'> & { readonly edits: MelEdits };

/** Where the packaged voice lies, beside the page. */
const VOICE = new URL('voice/', document.baseURI).href;
const REMOVED = 'The sound was removed.';
/** Seconds up to which a sound is measured unasked: it takes up to a third of them. */
const MEASURED_UNASKED = 30;

/** All that the visitor has before them, and what they can do with it. */
export class Session {
  readonly engines = signal<readonly EngineReport[]>([]);
  readonly voice = signal<VoiceFacts | undefined>(undefined);
  /** Where the present voice came from; none until the first is there. */
  readonly voiceSource = signal<VoiceSource | undefined>(undefined);
  /** That was chosen, and is not there yet. */
  readonly nextEngine = signal<EngineName | undefined>(undefined);
  readonly isPackagedVoice = computed(() => !('files' in (this.voiceSource.value ?? {})));
  readonly #openings = new Openings<'start' | 'voice' | 'engine' | 'sound'>('sound');
  /** What waits until something else is open. */
  readonly waiting = this.#openings.waiting;
  readonly input = signal<Omit<InputFacts, 'audio'> | undefined>(undefined);
  readonly spoken = signal<SpokenFacts | undefined>(undefined);
  readonly progress = signal<SpeechProgress | undefined>(undefined);
  readonly messages = new Messages();
  /** For those who do not see the page. */
  readonly status = signal('');
  /** Told before anything else is begun. */
  beforeWork: () => void = () => undefined;
  readonly #work = new Work<Busy>({
    start: 'starting',
    onBegin: () => this.beforeWork(),
    onFail: (error) => this.messages.tellError(error),
    onCancelled: (words) => {
      this.status.value = words;
    },
  });
  readonly busy = this.#work.busy;
  readonly edits = signal<MelEdits>(NO_EDITS);
  /** A recording of the microphone that is nowhere else. */
  readonly unsaved = signal(false);
  /** Whether the visitor has begun anything: a page that is loaded anew would not know of it. */
  readonly touched = signal(false);
  /** Whether a training would be lost. */
  readonly holdsTraining = signal(false);

  /** Loads a newer version of the page, where one has come. */
  readonly update = signal<(() => void) | undefined>(undefined);

  readonly listening = new Listening();
  readonly measuring: Measuring;
  readonly recording = new Recording({
    messages: this.messages,
    onStart: () => {
      this.status.value = 'Recording…';
    },
    onEnd: (recorded) => this.openInput({ ...recorded, name: 'recording' }),
  });
  readonly view = signal<PictureView>('mel');
  /** Counts what makes pictures old. */
  readonly picturesOf = signal(0);

  /** Whether leaving would lose what cannot be had again by a click. */
  readonly wouldLose = computed(
    () =>
      this.unsaved.value ||
      this.#arriving.value > 0 ||
      this.holdsTraining.value ||
      this.recording.seconds.value !== undefined ||
      this.busy.value === 'speaking',
  );
  readonly canMeasure = computed(() => {
    const spoken = this.spoken.value;
    return this.input.value?.kind === 'recording' && !!spoken && !isEdited(spoken.edits);
  });

  readonly #client: Client;
  /** Recordings of the microphone that are not shown yet. */
  readonly #arriving = signal(0);
  /** Whether the sound is to be spoken once nothing more is opened. */
  #isDue = false;
  /** Times that the visitor ended what was under way: what was begun before is not to be spoken. */
  #cancellations = 0;
  /** Whether the sound is there as another voice had it: to be made anew once nothing more is opened. */
  #isStale = false;
  /** The newest choice of an engine. */
  #choice: object | undefined;
  #best: EngineName = 'cpu';
  /** Times that a sound was taken away: what was asked of it before is of no use. */
  #removals = 0;

  /** @param startMeasuring starts a Worker that measures, and nothing else */
  constructor(client: Client, startMeasuring: () => WorkerLike) {
    this.#client = client;
    this.measuring = new Measuring({
      pair: (signal) => client.call('measurable', undefined, { signal }),
      start: startMeasuring,
      messages: this.messages,
    });
  }

  get client(): Client {
    return this.#client;
  }

  /** Finds out what works here and opens the packaged voice. */
  start(): Promise<unknown> {
    return this.#openings.open('start', () =>
      this.#work.do('starting', async (signal) => {
        this.engines.value = await this.#client.call('engines', undefined, { signal });
        const usable = this.engines.value.filter(({ missing }) => missing === undefined);
        this.#best = usable[0].name;
        const { title } = await this.#openOnFirst(usable, { url: VOICE }, signal);
        this.status.value = `Ready: ${title}`;
      }),
    );
  }

  /**
   * Opens a voice on the first engine that can: one that is there may fail when it is used.
   *
   * @throws what the first one throws, where all fail: then it is the voice
   */
  async #openOnFirst(
    engines: readonly EngineReport[],
    source: VoiceSource,
    signal: AbortSignal,
  ): Promise<EngineReport> {
    const failures: { readonly title: string; readonly error: unknown }[] = [];
    for (const engine of engines) {
      const { name, title } = engine;
      try {
        await this.#changeVoice({ source, engine: name }, signal);
      } catch (error) {
        if (wasAborted(error)) throw error;
        failures.push({ title, error });
        continue;
      }
      this.#best = name;
      for (const { title: failed, error } of failures) {
        this.messages.tell('notice', `${failed} failed, ${title} took its place: ${textOf(error)}`);
      }
      return engine;
    }
    throw failures[0].error;
  }

  async openFiles(files: readonly File[]): Promise<void> {
    const { sound, model, leftOut } = sortFiles(files);
    if (leftOut.length > 0) {
      this.messages.tell(
        'notice',
        `One sound at a time: ${leftOut.map(({ name }) => name).join(', ')} left out.`,
      );
    }
    // The sound is opened as soon as the voice is there, and not after that has spoken the one before.
    const voice = model.length > 0 && this.openVoice({ files: model });
    if (sound) await this.openInput({ file: sound });
    await voice;
    if (files.length === 0) this.messages.tell('error', 'There was no file in what was dropped.');
  }

  /** @returns whether it was opened */
  async openVoice(source: VoiceSource): Promise<boolean> {
    this.touched.value = true;
    const opened = await this.#open('voice', () =>
      this.#work.do('voice', async (signal) => {
        const engine = this.voice.value?.engine ?? this.#best;
        await this.#changeVoice({ source, engine }, signal);
        await this.#renewInput(signal);
      }),
    );
    await this.#speakIfDue();
    return opened;
  }

  packagedVoice(): Promise<boolean> {
    return this.openVoice({ url: VOICE });
  }

  async useEngine(name: EngineName): Promise<void> {
    this.touched.value = true;
    this.nextEngine.value = name;
    const choice = {};
    this.#choice = choice;
    await this.#open('engine', () =>
      this.#work.do('engine', async (signal) => {
        if (!this.voice.value) {
          this.#best = name;
          await this.#changeVoice({ source: { url: VOICE }, engine: name }, signal);
          return;
        }
        const options = { signal, endsWithResult: true };
        this.#showVoice(await this.#client.call('useEngine', name, options));
        await this.#renewInput(signal);
      }),
    );
    if (this.#choice === choice) this.nextEngine.value = undefined;
    await this.#speakIfDue();
  }

  async openInput(source: InputSource): Promise<void> {
    this.touched.value = true;
    const isRecording = 'samples' in source;
    if (isRecording) this.#arriving.value++;
    // Nobody wants it any more, though this one may have to wait.
    if (this.busy.value === 'input') this.#work.cancel();
    await this.#open('sound', () =>
      this.#work.do('input', async (signal) => {
        const transfer = isRecording ? [source.samples.buffer] : [];
        const removals = this.#removals;
        // Once the Worker has it, it is shown, though it was cancelled: else the page would speak of another.
        const options = { signal, transfer, endsWithResult: true };
        const facts = await this.#client.call('openInput', source, options);
        if (this.#removals === removals) {
          this.unsaved.value = isRecording;
          this.edits.value = NO_EDITS;
          this.#showInput(facts);
        }
        signal.throwIfAborted();
      }),
    );
    if (isRecording) this.#arriving.value--;
    await this.#speakIfDue();
  }

  async remove(): Promise<void> {
    this.cancel(REMOVED);
    this.#removals++;
    batch(() => {
      this.listening.close();
      this.input.value = undefined;
      this.#forgetSpeech();
      this.unsaved.value = false;
      this.edits.value = NO_EDITS;
    });
    await this.#client.call('closeInput', undefined).catch(() => undefined);
    this.status.value = REMOVED;
  }

  async speak(): Promise<void> {
    this.#isDue = false;
    const edits = this.edits.value;
    const done = await this.#work.do('speaking', async (signal) => {
      this.#forgetSpeech();
      this.listening.forget();
      this.status.value = 'The voice speaks…';
      const speech = await this.#client.call('speak', edits, {
        signal,
        onProgress: (progress) => {
          this.progress.value = progress;
        },
      });
      batch(() => {
        this.spoken.value = { seconds: speech.seconds, took: speech.took, edits };
        this.listening.hear(speech.audio, this.voice.value!.samplingRate, edits.stretch);
        this.picturesOf.value++;
      });
      this.status.value = `Done: ${speech.seconds.toFixed(1)} seconds, ${(speech.seconds / speech.took).toFixed(1)} times as fast as they last.`;
    });
    this.progress.value = undefined;
    if (done && this.canMeasure.value && this.spoken.value!.seconds <= MEASURED_UNASKED)
      await this.measuring.measure();
  }

  /** Ends what the page is at, but for its start. @param words that are told then; else "Cancelled." */
  cancel(words?: string): void {
    this.#cancellations++;
    this.measuring.stop();
    this.#openings.cancel();
    this.#isDue = false;
    this.#work.cancel(words);
  }

  async save(saving: Saving): Promise<void> {
    await this.#work.do('saving', async (signal) => {
      const file = await this.#client.call('save', saving, { signal });
      saveToDisk(file);
      if (saving === 'original-wav') this.unsaved.value = false;
      this.status.value = `${file.name} was saved.`;
    });
  }

  async record(): Promise<void> {
    this.touched.value = true;
    await this.recording.start();
  }

  /** The other sound, at the same place. */
  switchSide(to?: Side): void {
    if (!this.listening.switchSide(to)) return;
    this.status.value = this.listening.side.value === 'original' ? 'Original' : 'Generated';
  }

  /** Once the Worker has begun to change the voice it goes through with it: then that voice is shown, though it was cancelled. */
  async #changeVoice(
    change: { readonly source: VoiceSource; readonly engine: EngineName },
    signal: AbortSignal,
  ): Promise<void> {
    const options = { signal, endsWithResult: true };
    this.#showVoice(await this.#client.call('openVoice', change, options));
    this.voiceSource.value = change.source;
  }

  #showVoice(facts: VoiceFacts): void {
    this.voice.value = facts;
    this.#isStale = true;
    this.status.value = [facts.title, ...facts.notices].join('. ');
  }

  /** What was open, for the voice that is there now: also where its change was cancelled, but not where something else was begun. */
  async #renewInput(signal: AbortSignal): Promise<void> {
    if (!this.#work.isPresent(signal)) signal.throwIfAborted();
    if (this.input.value) {
      batch(() => {
        this.listening.close();
        this.input.value = undefined;
        this.#forgetSpeech();
      });
      const [removals, cancellations] = [this.#removals, this.#cancellations];
      const facts = await this.#client.call('renewInput', undefined);
      // Whatever was begun meanwhile is answered later, and finds the sound there.
      if (this.#removals === removals) this.#showInput(facts);
      // What took its place may fail; the voice is another all the same.
      if (!this.#work.isPresent(signal) && this.#cancellations === cancellations)
        this.#isDue = true;
    }
    signal.throwIfAborted();
  }

  #showInput({ audio, ...facts }: InputFacts): void {
    this.#isStale = false;
    batch(() => {
      this.#forgetSpeech();
      this.input.value = facts;
      this.listening.open(audio, this.voice.value!.samplingRate, facts.seconds);
      this.picturesOf.value++;
    });
    this.status.value = [facts.name, ...facts.notices].join('. ');
  }

  #forgetSpeech(): void {
    this.measuring.forget();
    this.spoken.value = undefined;
    this.progress.value = undefined;
    this.picturesOf.value++;
  }

  async #open(kind: 'voice' | 'engine' | 'sound', begin: () => Promise<boolean>): Promise<boolean> {
    const cancellations = this.#cancellations;
    const opened = await this.#openings.open(kind, () => {
      // What this ends unspoken is spoken after it, also where it fails.
      if (this.busy.value === 'speaking') this.#isDue = true;
      return begin();
    });
    if (opened) this.#isDue = true;
    if (await this.#renewIfStale()) this.#isDue = this.#cancellations === cancellations;
    return opened;
  }

  /** A voice may have come though another was begun, and that one then failed. */
  async #renewIfStale(): Promise<boolean> {
    if (!this.#isStale || !this.input.value || this.#openings.isOpening) return false;
    return this.#openings.open('sound', () =>
      this.#work.do('input', (signal) => this.#renewInput(signal)),
    );
  }

  /** Where more is being opened, that speaks. */
  async #speakIfDue(): Promise<void> {
    if (this.#isDue && this.input.value && !this.#openings.isOpening) await this.speak();
  }
}

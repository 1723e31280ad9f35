import { audioExtensions } from '@hifigan/codecs';
import { computed, effect, signal } from '@preact/signals';
import { Client, type WorkerLike, wasAborted } from '../client.js';
import type {
  TrainingEnd,
  TrainingPicture,
  TrainingPictureRequest,
  TrainingProgress,
  VoiceSource,
} from '../protocol.js';
import { saveToDisk } from './save-to-disk.js';
import type { Session } from './session.js';

/** What a failure of its Worker is told by. */
const WORDS = { name: 'the Worker that trains', cure: 'start the training anew' };

export type TrainingState = 'off' | 'starting' | 'training' | 'pausing' | 'paused' | 'ended';

/** A voice that learns from the visitor's recordings, beside all else that the page does. */
export class TrainingSession {
  /** What is to be learned from. */
  readonly files = signal<readonly File[]>([]);
  readonly state = signal<TrainingState>('off');
  readonly facts = signal<TrainingProgress | undefined>(undefined);
  /** What happened last, in words. */
  readonly outcome = signal('');
  /** Whether a bundle is being made. */
  readonly packing = signal(false);
  /** The voice that spoke before what was learned was listened to. */
  readonly former = signal<VoiceSource | undefined>(undefined);
  readonly isOn = computed(() => !['off', 'ended'].includes(this.state.value));
  readonly hasLearned = computed(() => (this.facts.value?.steps ?? 0) > 0);
  /** Whether the studio's voice is what was learned here. */
  readonly isHeard = computed(
    () => this.#heard.value !== undefined && this.#heard.value === this.#session.voiceSource.value,
  );

  readonly #session: Session;
  readonly #startWorker: () => WorkerLike;
  readonly #heard = signal<VoiceSource | undefined>(undefined);
  readonly #saved = signal(0);
  #client: Client | undefined;
  #stop: AbortController | undefined;

  constructor(session: Session, startWorker: () => WorkerLike) {
    this.#session = session;
    this.#startWorker = startWorker;
    effect(() => {
      const steps = this.facts.value?.steps ?? 0;
      session.holdsTraining.value = this.isOn.value || steps > this.#saved.value;
    });
  }

  /** More recordings to learn from. */
  add(files: readonly File[]): void {
    this.#session.touched.value = true;
    const isAudio = ({ name }: File) =>
      audioExtensions.includes(/\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '');
    const others = files.filter((file) => !isAudio(file));
    if (others.length > 0) {
      const names = others.map(({ name }) => name).join(', ');
      this.#session.messages.tell('notice', `No recordings to learn from: ${names} left out.`);
    }
    if (this.isOn.value) {
      this.#session.messages.tell('notice', 'Stop the training to give it other recordings.');
      return;
    }
    this.files.value = [...this.files.value, ...files.filter(isAudio)];
  }

  clear(): void {
    this.files.value = [];
  }

  /** Begins as the present voice; what was learned before ends with its Worker. */
  async start(): Promise<void> {
    const source = this.#session.voiceSource.value;
    const voice = this.#session.voice.value;
    // What is being packed would never come.
    if (this.isOn.value || this.packing.value || !source || !voice) return;
    this.#client?.end();
    const client = new Client(this.#startWorker(), WORDS);
    this.#client = client;
    const stop = new AbortController();
    this.#stop = stop;
    this.facts.value = undefined;
    this.#saved.value = 0;
    this.state.value = 'starting';
    this.outcome.value = 'Reading the recordings…';
    try {
      const args = { source, engine: voice.engine, files: this.files.value };
      const end = await client.call('train', args, {
        signal: stop.signal,
        endsWithResult: true,
        onProgress: (progress) => this.#hear(progress),
      });
      this.#ended(end);
    } catch (error) {
      if (!wasAborted(error)) this.#session.messages.tellError(error);
      this.outcome.value = 'The training has ended.';
    } finally {
      this.#stop = undefined;
      this.state.value = this.facts.value ? 'ended' : 'off';
    }
  }

  pause(): void {
    if (this.state.value !== 'training') return;
    this.state.value = 'pausing';
    this.outcome.value = 'Pauses after this step…';
    void this.#client?.call('holdTraining', true).catch(() => undefined);
  }

  resume(): void {
    if (this.state.value !== 'paused') return;
    void this.#client?.call('holdTraining', false).catch(() => undefined);
  }

  stop(): void {
    this.#stop?.abort();
  }

  picture(request: TrainingPictureRequest): Promise<TrainingPicture> {
    if (!this.#client) return Promise.resolve(request);
    return this.#client.call('trainingPicture', request);
  }

  /** Makes what was learned so far the studio's voice. */
  listen(): Promise<void> {
    return this.#packing(async (client) => {
      const { files } = await client.call('trainedVoice', undefined);
      const source = { files: files.map(({ name, bytes }) => new File([bytes], name)) };
      const former = this.isHeard.value ? this.former.value : this.#session.voiceSource.value;
      await this.#session.openVoice(source);
      // It may have been ended after the voice had changed, while what is heard of it was made.
      if (this.#session.voiceSource.value !== source) return;
      this.former.value = former;
      this.#heard.value = source;
    });
  }

  /** Makes the voice that spoke before the studio's again. */
  async takeBack(): Promise<void> {
    const { value } = this.former;
    if (value && (await this.#session.openVoice(value))) this.former.value = undefined;
  }

  save(): Promise<void> {
    return this.#packing(async (client) => {
      const steps = this.facts.value?.steps ?? 0;
      const file = await client.call('saveTrained', undefined);
      saveToDisk(file);
      this.#saved.value = steps;
      this.outcome.value = `${file.name} was saved.`;
    });
  }

  async #packing(work: (client: Client) => Promise<void>): Promise<void> {
    if (!this.#client || this.packing.value) return;
    this.packing.value = true;
    try {
      await work(this.#client);
    } catch (error) {
      if (!wasAborted(error)) this.#session.messages.tellError(error);
    } finally {
      this.packing.value = false;
    }
  }

  #hear(progress: TrainingProgress): void {
    this.facts.value = progress;
    const { value: state } = this.state;
    if (state === 'pausing' && progress.state === 'training') return;
    if (state === progress.state) return;
    this.state.value = progress.state;
    this.outcome.value =
      progress.state === 'paused' ? `Paused after ${progress.steps} steps.` : 'Training…';
  }

  #ended({ steps, spoilt }: TrainingEnd): void {
    this.outcome.value = `Stopped after ${steps} steps.`;
    if (spoilt !== undefined) this.#session.messages.tell('error', `training: ${spoilt}`);
  }
}

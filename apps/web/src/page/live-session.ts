import { computed, signal } from '@preact/signals';
import { wasAborted } from '../client.js';
import type { LiveProgress } from '../protocol.js';
import { type Microphone, openMicrophone } from '../sound/microphone.js';
import type { Session } from './session.js';

/** What live sound is like right now. */
export interface LiveFacts extends LiveProgress {
  /** Seconds that the sound card adds, as far as the browser tells. */
  readonly soundCard: number;
}

/** The microphone, spoken by the voice while it is heard. */
export class LiveSession {
  readonly state = signal<'off' | 'starting' | 'on'>('off');
  readonly facts = signal<LiveFacts | undefined>(undefined);
  /** How the last ended, in words. */
  readonly outcome = signal('');
  readonly isOn = computed(() => this.state.value !== 'off');

  readonly #session: Session;
  #stop: AbortController | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async start(): Promise<void> {
    if (this.state.value !== 'off') return;
    this.state.value = 'starting';
    this.outcome.value = '';
    this.facts.value = undefined;
    const stop = new AbortController();
    this.#stop = stop;
    let microphone: Microphone | undefined;
    try {
      microphone = await openMicrophone();
      const { context, capture } = microphone;
      const speaker = new AudioWorkletNode(context, 'speaker', {
        numberOfInputs: 0,
        outputChannelCount: [1],
      });
      speaker.connect(context.destination);
      const [heard, said] = [new MessageChannel(), new MessageChannel()];
      capture.port.postMessage(heard.port1, [heard.port1]);
      speaker.port.postMessage(said.port1, [said.port1]);
      const start = {
        microphone: heard.port2,
        speaker: said.port2,
        contextRate: context.sampleRate,
      };
      const { reason, seconds } = await this.#session.client.call('live', start, {
        signal: stop.signal,
        endsWithResult: true,
        transfer: [heard.port2, said.port2],
        onProgress: (progress) => {
          this.state.value = 'on';
          this.facts.value = {
            ...progress,
            soundCard: (context.baseLatency || 0) + (context.outputLatency || 0),
          };
        },
      });
      this.outcome.value =
        reason === 'too slow'
          ? 'Stopped: this machine does not keep up with live sound on this engine. Choose a faster engine, or a smaller model.'
          : `Stopped after ${seconds.toFixed(0)} seconds.`;
    } catch (error) {
      if (!wasAborted(error)) this.#session.messages.tell('error', (error as Error).message);
      this.outcome.value = 'Stopped.';
    } finally {
      await microphone?.close();
      this.state.value = 'off';
      this.#stop = undefined;
    }
  }

  stop(): void {
    this.#stop?.abort();
  }
}

import { computed, signal } from '@preact/signals';
import { wasAborted } from '../client.js';
import type { LiveEnd, LiveProgress } from '../protocol.js';
import { type Microphone, openMicrophone } from '../sound/microphone.js';
import type { Session } from './session.js';

/** What live sound is like right now. */
export interface LiveFacts extends LiveProgress {
  /** Seconds that the sound card adds, in and out, as far as the browser tells. */
  readonly soundCard: number;
}

/** Frames ahead that can be chosen, where a voice has more: even, as they come in pairs. */
const LOOK_AHEADS = [0, 2, 4, 8];
/** With so many of the packaged voice's nothing is heard of it. */
const USUAL = 4;

/** The microphone, spoken by the voice while it is heard. */
export class LiveSession {
  readonly state = signal<'off' | 'starting' | 'on'>('off');
  readonly facts = signal<LiveFacts | undefined>(undefined);
  /** How the last ended, in words. */
  readonly outcome = signal('');
  readonly isOn = computed(() => this.state.value !== 'off');
  /** How many frames may be waited for: those of the voice are the last. */
  readonly lookAheads = computed(() => {
    const most = this.#session.voice.value?.lookAhead ?? USUAL;
    return [...LOOK_AHEADS.filter((frames) => frames < most), most];
  });
  readonly lookAhead = computed(() => Math.min(this.#chosen.value, this.lookAheads.value.at(-1)!));

  readonly #chosen = signal(USUAL);
  readonly #session: Session;
  #stop: AbortController | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** From the next start on. */
  lookAt(frames: number): void {
    // All of a voice are all of another one, too.
    this.#chosen.value =
      frames === this.lookAheads.value.at(-1) ? Number.POSITIVE_INFINITY : frames;
  }

  async start(): Promise<void> {
    if (this.state.value !== 'off') return;
    this.#session.touched.value = true;
    this.state.value = 'starting';
    this.outcome.value = '';
    this.facts.value = undefined;
    const stop = new AbortController();
    this.#stop = stop;
    let microphone: Microphone | undefined;
    try {
      let lost = false;
      microphone = await openMicrophone(() => {
        lost = true;
        stop.abort();
      });
      const { context, capture, latency: inputLatency } = microphone;
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
        lookAhead: this.lookAhead.value,
      };
      const { reason, seconds } = await this.#session.client.call('live', start, {
        signal: stop.signal,
        endsWithResult: true,
        transfer: [heard.port2, said.port2],
        onProgress: (progress) => {
          this.state.value = 'on';
          this.facts.value = {
            ...progress,
            soundCard: inputLatency + (context.baseLatency || 0) + (context.outputLatency || 0),
          };
        },
      });
      this.outcome.value = outcomeOf(reason, seconds, lost);
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

function outcomeOf(reason: LiveEnd['reason'], seconds: number, lost: boolean): string {
  if (reason === 'too slow') {
    return 'Stopped: this machine does not keep up with live sound on this engine. Choose a faster engine, a smaller model, or to wait for all frames ahead, which takes the least computing.';
  }
  const after = `Stopped after ${seconds.toFixed(0)} seconds`;
  return lost ? `${after}: the microphone is gone. Connect it again, and start anew.` : `${after}.`;
}

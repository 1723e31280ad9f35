import { type Microphone, openMicrophone } from './microphone.js';

/** What was recorded, mono. */
export interface Recorded {
  readonly samples: Float32Array<ArrayBuffer>;
  /** Hz. */
  readonly samplingRate: number;
}

/** Keeps what the microphone hears. */
export class Recorder {
  readonly #microphone: Microphone;
  readonly #parts: Float32Array[] = [];
  #samples = 0;

  private constructor(microphone: Microphone, onGrow: (seconds: number) => void) {
    this.#microphone = microphone;
    const { sampleRate } = microphone.context;
    microphone.capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      this.#parts.push(data);
      this.#samples += data.length;
      onGrow(this.#samples / sampleRate);
    };
  }

  /**
   * @param onGrow told how many seconds there are
   * @param onLost told where the microphone is gone; what it heard is there
   * @throws what `openMicrophone` throws
   */
  static async start(onGrow: (seconds: number) => void, onLost: () => void): Promise<Recorder> {
    return new Recorder(await openMicrophone(onLost), onGrow);
  }

  async stop(): Promise<Recorded> {
    const { context, capture } = this.#microphone;
    capture.port.onmessage = null;
    const samplingRate = context.sampleRate;
    await this.#microphone.close();
    const samples = new Float32Array(this.#samples);
    let at = 0;
    for (const part of this.#parts) {
      samples.set(part, at);
      at += part.length;
    }
    return { samples, samplingRate };
  }
}

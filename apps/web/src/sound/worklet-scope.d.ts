/** What an AudioWorklet's scope has; TypeScript's libraries lack it. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  /** @param inputs and outputs: channels of each, 128 samples a channel. @returns whether it goes on */
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Hz. */
declare const sampleRate: number;

/** Samples since the context began, at the block that is processed. */
declare const currentFrame: number;

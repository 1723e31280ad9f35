import type { EngineReport, VoiceFacts } from '../protocol.js';

/** What may be there, the best first. */
export const engines: readonly EngineReport[] = [
  { name: 'webgpu', title: 'WebGPU' },
  { name: 'wasm-threads', title: 'Threads', missing: 'not isolated' },
  { name: 'wasm', title: 'WebAssembly' },
  { name: 'cpu', title: 'plain' },
];

/** A voice as the Worker tells of it. */
export function voiceOn(engine: VoiceFacts['engine']): VoiceFacts {
  return {
    ...{ title: 'voice', engine, engineDetail: '', notices: [] },
    ...{ samplingRate: 22050, hopSize: 256, mels: 80, lookAhead: 13 },
    ticks: { mel: [], spectrum: [] },
  };
}

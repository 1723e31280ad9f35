import type { HifiGanConfig } from '@hifigan/config';
import { generatorWork } from '@hifigan/models';

/**
 * Values that a run holds for each of its widest layer: 7.2 to 7.6 on WebAssembly with V1 to V3, of 3,000 frames and
 * more.
 */
const HELD = 8;
/** Of the 4 GiB of WebAssembly, without what weights take. */
const BYTES = 3.5e9;

/** Bytes that a run of the generator holds for each frame, an estimate. */
export function bytesAFrame(config: HifiGanConfig): number {
  const { layers } = generatorWork(config, 1);
  return 4 * HELD * Math.max(...layers.map(({ outTime, outChannels }) => outTime * outChannels));
}

/** Frames that fit into memory at once. */
export function mostFrames(config: HifiGanConfig): number {
  return Math.floor(BYTES / bytesAFrame(config));
}

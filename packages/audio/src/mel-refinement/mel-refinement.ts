import { framePlan } from '../frames.js';
import { checkMel } from '../mel-array.js';
import { checkFrameOptions, type MelOptions } from '../mel-options.js';
import type { Mel } from '../mel-spectrogram.js';
import { Overlap } from './overlap.js';
import { PhaseIntegration } from './phase-integration.js';
import { projectionByFourier } from './projection-by-fourier.js';
import { projectionByKernel } from './projection-by-kernel.js';
import { ACCELERATION, Round } from './round.js';
import { SampleQueue } from './sample-queue.js';

/** How audio is refined; the mel's own options come with it. */
export interface MelRefinementOptions extends MelOptions {
  /** How often the whole is brought nearer: a whole number of at least 1. */
  readonly rounds: number;
  /**
   * Hz above which there is to be silence; where left out, what lies above the highest band stays. A vocoder makes
   * anything there if its recordings had nothing and its loss did not look. What was there is 12 dB quieter after each
   * round, so that few rounds leave some of it; with integrated phases it is silent from the first on.
   */
  readonly bandwidth?: number;
  /**
   * Which phases the first round begins with: `kept`, the usual, those of the audio; `integrated`, such as go with the
   * mel, in place of those in its bands. A vocoder whose harmonics are smeared or buzz gains most by them, and needs
   * far fewer rounds; of one whose phases are right they would be lost. It needs a frame more of the mel, and comes
   * the length of a frame later. Made for speech: phases above 3 kHz stray by the share of a frame's power that lies
   * there, as of noise they would make pulses.
   */
  readonly phases?: MelPhases;
}

/** Of {@link MelRefinementOptions}. */
export type MelPhases = (typeof melPhases)[number];

/** What {@link MelRefinementOptions.phases} may be. */
export const melPhases = ['kept', 'integrated'] as const;

/**
 * @param what said before the name of the value
 * @throws RangeError where phases are none of {@link melPhases}
 */
export function checkPhases(what: string, phases: MelPhases): void {
  if (melPhases.includes(phases)) return;
  throw new RangeError(
    `${what}phases=${JSON.stringify(phases)} must be ${melPhases.map((each) => `"${each}"`).join(' or ')}, because with one of these refinement begins; leave it out for the usual`,
  );
}

/** Brings audio that comes in parts nearer to the mel that it shall have. */
export interface MelRefinement {
  /** The next frames of the mel, natural logarithms of magnitudes; they may come long before their samples. */
  addMel(mel: Mel): void;
  /** @returns the samples that are now certain: all but some nFft a round, and nFft for phases that are integrated */
  push(audio: Float32Array): Float32Array;
  /**
   * Ends the audio.
   *
   * @returns the samples that are left: as many come out as went in
   * @throws RangeError where the mel has not as many frames as the audio
   */
  end(): Float32Array;
}

/** Frames of a mel that are taken over at a time. */
const SLICE = 1024;
/** Hops that go through all rounds at a time. */
const BLOCK = 16;

/** Of the squares of windows, over any sample. */
const LEAST_OVERLAP = 0.1;

/** What bands sum up to by their logarithm; no sound is louder. */
const sumOf = (logarithm: number) => Math.exp(Math.min(logarithm, 20));

/**
 * Plans the refinement of audio by its mel: alternating projections (Griffin and Lim 1984), but onto all audio of that
 * mel, where Griffin-Lim knows of one spectrum only that has it. In each round every bin of every frame is multiplied
 * by what its bands are short of, and keeps its phase and its share; then the frames are added up again. So it needs
 * audio to begin with, of a vocoder, whose harmonics it keeps: what the mel says becomes true, what it leaves open stays.
 *
 * Projections end at what is nearest, and a smeared or buzzing sound is near to much that is neither speech nor the
 * mel's: with `phases: 'integrated'` they begin where the mel's own slopes lead (Průša and Søndergaard 2016).
 *
 * Audio of at most (nFft − hopSize)/2 samples has no mel, and stays as it is.
 *
 * @throws RangeError where the options are impossible
 */
export function createMelRefinement({
  rounds,
  bandwidth = Number.POSITIVE_INFINITY,
  phases = 'kept',
  ...options
}: MelRefinementOptions): MelRefinement {
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(
      `createMelRefinement: rounds=${rounds} must be a whole number of at least 1, because so often the audio is brought nearer; 32 is usual`,
    );
  }
  if (!(bandwidth > 0)) {
    throw new RangeError(
      `createMelRefinement: bandwidth=${bandwidth} must be above 0 Hz, because above it is silence; leave it out for all of the band`,
    );
  }
  checkPhases('createMelRefinement: ', phases);
  const { numMels, hopSize } = options;
  checkFrameOptions('createMelRefinement', options);
  const plan = framePlan(options);
  const overlap = new Overlap(plan);
  if (overlap.least < LEAST_OVERLAP) {
    throw new RangeError(
      `createMelRefinement: winSize=${options.winSize} must be well above hopSize=${hopSize}, because frames that hardly overlap cannot be added up again; a quarter of the window is a usual hop`,
    );
  }
  const projection =
    projectionByKernel(options, plan, bandwidth) ??
    projectionByFourier(options, plan, { bandwidth });
  const shared = { plan, overlap, bands: numMels };
  const targets = new SampleQueue();
  const stages = Array.from({ length: rounds }, () => ({ ...ACCELERATION, projection }));
  if (phases === 'integrated') {
    const integration = new PhaseIntegration(options, plan);
    const beginning = projectionByFourier(options, plan, { bandwidth, integration });
    stages.unshift({ projection: beginning, lookAhead: 1, relaxation: 0, momentum: 0 });
  }
  const all = stages.map((stage) => new Round(stage, shared, targets));
  const [first] = all;
  const last = all[all.length - 1];
  const made = new SampleQueue();
  let received = 0;

  const advance = (total?: number): void => {
    for (const [index, round] of all.entries())
      round.run(all[index + 1] ?? { estimate: made }, total);
    targets.dropBefore(last.frame * numMels);
  };
  const take = (): Float32Array => {
    const taken = Float32Array.from(made.read(made.start, made.end));
    made.dropBefore(made.end);
    return taken;
  };

  return {
    addMel(mel) {
      checkMel(mel, numMels, 'MelRefinement.addMel: mel');
      const values = SLICE * numMels;
      for (let at = 0; at < mel.data.length; at += values) {
        targets.append(Float64Array.from(mel.data.subarray(at, at + values), sumOf));
      }
    },
    push(audio) {
      received += audio.length;
      // A little at a time through all rounds, so that none of them ever holds much.
      for (let at = 0; at < audio.length; at += BLOCK * hopSize) {
        const samples = Float64Array.from(audio.subarray(at, at + BLOCK * hopSize));
        first.point.append(samples);
        first.estimate.append(samples);
        advance();
      }
      return take();
    },
    end() {
      const frames = targets.end / numMels;
      if (received !== frames * hopSize) {
        throw new RangeError(
          `MelRefinement.end: ${received} samples must be ${frames * hopSize}, because the mel has ${frames} frames of hopSize=${hopSize}; give all of both, and no more`,
        );
      }
      if (received <= plan.padding) {
        return Float32Array.from(first.point.read(0, received));
      }
      advance(received);
      return take();
    },
  };
}

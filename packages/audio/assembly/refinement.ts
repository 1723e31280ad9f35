import { RefinementPlan } from './refinement-plan';
import { transformComplex } from './transform';

// Four frames at a time: frames 0 and 1 are real and imaginary part of one complex transform, in the first lane of all
// vectors, 2 and 3 of another, in the second.

/** See `src/mel-refinement/projection.ts`: how often, what stands for silence, and what a band is divided by at least. */
const SHARINGS: i32 = 3;
const FLOOR: f64 = 1e-5 * (1 + 1e-6);
const NOTHING: f64 = 1e-12;

/** Brings four frames in `plan.audio` to their targets, and adds up the first `count` of them there. */
export function refine(plan: RefinementPlan, count: i32): void {
  loadFrames(plan);
  transformComplex(plan.triples, plan.work, plan.nFft);
  share(plan, 0);
  share(plan, 1);
  transformComplex(plan.triples, plan.result, plan.nFft);
  addUp(plan, count);
}

/** Windows the frames. */
function loadFrames(plan: RefinementPlan): void {
  const hop = <usize>plan.hopSize << 3;
  const imaginary = <usize>plan.nFft << 4;
  let window = plan.window;
  let audio = plan.audio;
  let to = plan.work;
  for (const end = to + imaginary; to < end; to += 16) {
    const weight = v128.load64_splat(window);
    const real = v128.load_lane<f64>(audio + 2 * hop, v128.load64_zero(audio), 1);
    const other = v128.load_lane<f64>(audio + 3 * hop, v128.load64_zero(audio + hop), 1);
    v128.store(to, f64x2.mul(real, weight));
    v128.store(to + imaginary, f64x2.mul(other, weight));
    window += 8;
    audio += 8;
  }
}

/**
 * Finds what the bins of two frames are multiplied by, and adds what they become to `plan.result`, at the bins' own
 * places, real and imaginary parts swapped: so the transform there is the inverse.
 *
 * @param part 0: the real parts of the transforms, frames 0 and 2; 1: the imaginary ones, 1 and 3
 */
function share(plan: RefinementPlan, part: i32): void {
  const n = plan.nFft;
  const imaginary = <usize>n << 4;
  const work = plan.work;
  const half = f64x2.splat(0.5);
  const last = n >> 1;
  for (let bin = 0; bin <= last; bin++) {
    const at = work + placeOf(plan, bin);
    const mirror = work + placeOf(plan, bin == 0 ? 0 : n - bin);
    // Real and imaginary part of a real signal's bin, twice: of the sum of both, or of their difference.
    const a = v128.load(at + (part ? imaginary : 0));
    const b = v128.load(mirror + (part ? imaginary : 0));
    const c = v128.load(part ? mirror : at + imaginary);
    const d = v128.load(part ? at : mirror + imaginary);
    const re = f64x2.add(a, b);
    const im = f64x2.sub(c, d);
    const power = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
    v128.store(plan.magnitudes + (<usize>bin << 4), f64x2.mul(half, f64x2.sqrt(power)));
    v128.store(plan.gains + (<usize>bin << 4), v128.load64_splat(plan.open + (<usize>bin << 3)));
  }
  for (let sharing = 0; sharing < SHARINGS; sharing++) {
    sumBands(plan);
    fulfil(plan, plan.targets + (part ? <usize>plan.numMels << 4 : 0));
  }
  const result = plan.result;
  for (let bin = 0; bin <= last; bin++) {
    const to = result + (<usize>bin << 4);
    const back = result + (<usize>(bin == 0 ? 0 : n - bin) << 4);
    const at = work + placeOf(plan, bin);
    const mirror = work + placeOf(plan, bin == 0 ? 0 : n - bin);
    const gain = f64x2.mul(half, v128.load(plan.gains + (<usize>bin << 4)));
    const a = v128.load(at + (part ? imaginary : 0));
    const b = v128.load(mirror + (part ? imaginary : 0));
    const c = v128.load(part ? mirror : at + imaginary);
    const d = v128.load(part ? at : mirror + imaginary);
    const re = f64x2.mul(gain, f64x2.add(a, b));
    const im = f64x2.mul(gain, f64x2.sub(c, d));
    if (part) {
      // i times the bin, added.
      v128.store(back, f64x2.add(v128.load(back), re));
      v128.store(back + imaginary, f64x2.add(v128.load(back + imaginary), im));
      if (to == back) continue;
      v128.store(to, f64x2.add(v128.load(to), re));
      v128.store(to + imaginary, f64x2.sub(v128.load(to + imaginary), im));
    } else {
      v128.store(back, f64x2.neg(im));
      v128.store(back + imaginary, re);
      v128.store(to, im);
      v128.store(to + imaginary, re);
    }
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function placeOf(plan: RefinementPlan, bin: i32): usize {
  return <usize>load<u32>(plan.places + (<usize>bin << 2));
}

/** What the bands of two frames sum up to, slot 0 of `plan.sums` being a dummy. */
function sumBands(plan: RefinementPlan): void {
  const sums = plan.sums;
  const end = sums + (<usize>plan.numMels << 4);
  let at = <usize>plan.firstBin << 4;
  let bin = plan.bins;
  let counts = plan.counts;
  let before = f64x2.splat(0);
  for (let sum = sums; sum < end; sum += 16) {
    let falling = before;
    let rising = f64x2.splat(0);
    for (const last = bin + <usize>load<i32>(counts) * 24; bin < last; bin += 24) {
      const value = f64x2.mul(v128.load(plan.magnitudes + at), v128.load(plan.gains + at));
      rising = f64x2.add(rising, f64x2.mul(value, v128.load64_splat(bin)));
      falling = f64x2.add(falling, f64x2.mul(value, v128.load64_splat(bin, 8)));
      at += 16;
    }
    counts += 4;
    v128.store(sum, falling);
    before = rising;
  }
  v128.store(end, before);
}

/** Multiplies the gains by what the bands are short of. */
function fulfil(plan: RefinementPlan, targets: usize): void {
  const sums = plan.sums;
  const end = sums + (<usize>plan.numMels << 4);
  const one = f64x2.splat(1);
  let target = targets;
  for (let sum = sums + 16; sum <= end; sum += 16) {
    const wanted = v128.load(target);
    const gain = f64x2.div(wanted, f64x2.add(v128.load(sum), f64x2.splat(NOTHING)));
    const silent = v128.and(f64x2.le(wanted, f64x2.splat(FLOOR)), f64x2.gt(gain, one));
    const nothing = f64x2.eq(v128.load(sum), f64x2.splat(0));
    v128.store(sum, v128.bitselect(one, gain, v128.or(silent, nothing)));
    target += 16;
  }
  let at = <usize>plan.firstBin << 4;
  let bin = plan.bins;
  let counts = plan.counts;
  // The first band has no other below it; all of its bins are its own.
  let before = v128.load(sums + 16);
  for (let sum = sums + 16; sum <= end; sum += 16) {
    const gain = v128.load(sum);
    const more = f64x2.sub(gain, before);
    for (const last = bin + <usize>load<i32>(counts) * 24; bin < last; bin += 24) {
      const factor = f64x2.add(before, f64x2.mul(more, v128.load64_splat(bin, 16)));
      v128.store(plan.gains + at, f64x2.mul(v128.load(plan.gains + at), factor));
      at += 16;
    }
    counts += 4;
    before = gain;
  }
}

/** Windows what came back, and adds it up where the samples lay. */
function addUp(plan: RefinementPlan, count: i32): void {
  const n = plan.nFft;
  const imaginary = <usize>n << 4;
  const hop = <usize>plan.hopSize << 3;
  const audio = plan.audio;
  memory.fill(audio, 0, 3 * hop + (<usize>n << 3));
  const scale = 1.0 / <f64>n;
  for (let frame = 0; frame < count; frame++) {
    // Swapped back: the real part lies behind.
    const from = plan.result + (frame & 1 ? 0 : imaginary) + (frame & 2 ? 8 : 0);
    let to = audio + <usize>frame * hop;
    let window = plan.window;
    for (let i = 0; i < n; i++) {
      const value = load<f64>(from + placeOf(plan, i)) * load<f64>(window) * scale;
      store<f64>(to, load<f64>(to) + value);
      to += 8;
      window += 8;
    }
  }
}

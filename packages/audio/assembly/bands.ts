import { logarithm } from './logarithm';
import { MelPlan } from './mel-plan';

/** Magnitudes of the bins, added to the two bands that each lies in; then a row of logarithms for either frame. */
export function writeBands(plan: MelPlan, even: usize, odd: usize): void {
  const sums = plan.sums;
  const end = sums + (<usize>plan.numMels << 4);
  const tiny = f64x2.splat(1e-9);
  let bin = plan.bins;
  let counts = plan.counts;
  let before = f64x2.splat(0);
  for (let sum = sums; sum < end; sum += 16) {
    let falling = before;
    let rising = f64x2.splat(0);
    for (const last = bin + <usize>load<i32>(counts) * 24; bin < last; bin += 24) {
      const re = v128.load(load<u32>(bin));
      const im = v128.load(load<u32>(bin, 4));
      const power = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
      const magnitude = f64x2.sqrt(f64x2.add(power, tiny));
      rising = f64x2.add(rising, f64x2.mul(magnitude, v128.load64_splat(bin, 8)));
      falling = f64x2.add(falling, f64x2.mul(magnitude, v128.load64_splat(bin, 16)));
    }
    counts += 4;
    // This completes the previous band; slot 0 is a dummy.
    v128.store(sum, falling);
    before = rising;
  }
  v128.store(end, before);

  // A loop of its own: between sums the logarithm would wait for each.
  const floor = f64x2.splat(1e-5);
  for (let sum = sums + 16; sum <= end; sum += 16) {
    const row = f32x4.demote_f64x2_zero(logarithm(f64x2.pmax(floor, v128.load(sum))));
    v128.store_lane<f32>(even, row, 0);
    v128.store_lane<f32>(odd, row, 1);
    even += 4;
    odd += 4;
  }
}

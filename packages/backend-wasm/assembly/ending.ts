import { Activation } from './convolution-job';
import { leaky, loadPart, storePart } from './lanes';

/** What follows a sum: residual, activation, and the result in its place, of one to four channels. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function put(
  value: v128,
  y: usize,
  residual: usize,
  channels: i32,
  activation: i32,
  slope: v128,
): void {
  // Whole vectors are the rule, and a call costs more than they do.
  const whole = channels >= 4;
  if (residual) value = f32x4.add(value, whole ? v128.load(residual) : loadPart(residual, channels));
  if (activation == Activation.LeakyRelu) value = leaky(value, slope);
  else if (activation == Activation.Tanh) value = hyperbolicTangent(value);
  if (whole) v128.store(y, value);
  else storePart(y, value, channels);
}

/** tanh by float64, to the last bit or so of float32. */
export function hyperbolicTangent(x: v128): v128 {
  let y = f32x4.splat(tanh32(f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, tanh32(f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, tanh32(f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, tanh32(f32x4.extract_lane(x, 3)));
}

function tanh32(x: f32): f32 {
  return <f32>NativeMath.tanh(<f64>x);
}

import { type Golden, hashedState } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { arraysOf, type GeneratorConfig, importState, type Network, toUpstream } from '../index.js';

/** Loads the weights that a golden was made with: they follow from the names. */
export function loadHashedState(network: Network, { metadata }: Golden): void {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, spec] of arraysOf(network)) {
    const empty = new Float32Array(spec.shape.reduce((product, n) => product * n, 1));
    shapes.set(name, toUpstream(spec, empty).shape);
  }
  const prefix = JSON.parse(metadata.prefix);
  const state = hashedState(shapes, { prefix, gain: Number(metadata.gain) });
  importState(
    network,
    new Map([...state].map(([name, data]) => [name, { shape: shapes.get(name)!, data }])),
  );
}

/** The config of a golden; what only training reads is not consistent in all of them. */
export function configOf({ metadata }: Golden): GeneratorConfig {
  return JSON.parse(metadata.config);
}

/** An array `[batch, channels, time]` of a golden as our tensor `[batch, time, channels]`. */
export function signal(golden: Golden, name: string): tf.Tensor3D {
  const { shape, data } = golden.array(name);
  return tf.tidy(() => {
    const theirs = tf.tensor(Float32Array.from(data), [...shape], 'float32');
    return tf.transpose(theirs, [0, 2, 1]) as tf.Tensor3D;
  });
}

/** The other way, as flat values. */
export async function values(ours: tf.Tensor): Promise<Float32Array> {
  const theirs = tf.tidy(() => tf.transpose(ours, [0, 2, 1]));
  const read = (await theirs.data()) as Float32Array;
  theirs.dispose();
  return read;
}

/** Gradients of a network's parameters by upstream's names, in PyTorch's layout. */
export async function upstreamGradients(
  network: Network & { readonly parameters: ReadonlyMap<string, tf.Variable> },
  gradients: tf.NamedTensorMap,
): Promise<Map<string, Float32Array>> {
  const specs = arraysOf(network);
  const found = new Map<string, Float32Array>();
  for (const [name, variable] of network.parameters) {
    const read = (await gradients[variable.name].data()) as Float32Array;
    found.set(name, toUpstream(specs.get(name)!, read).data);
  }
  return found;
}

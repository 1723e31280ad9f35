/** One convolution of a network: what its parameters are called and shaped, without any tensor. */
export interface LayerSpec {
  /** Upstream's module path, `resblocks.0.convs1.0`. */
  readonly name: string;
  readonly norm: 'weight' | 'spectral' | 'none';
  readonly transposed: boolean;
  /** In our layout: `[kernel, in / groups, out]`, of a transposed convolution `[kernel, out, in]`. */
  readonly filterShape: readonly [kernel: number, a: number, b: number];
  readonly outChannels: number;
  /** Axes of PyTorch's weight: 4 where upstream folds a signal into an image. */
  readonly upstreamRank: 3 | 4;
}

/** A parameter or buffer of a layer. */
export interface ArraySpec {
  /** `resblocks.0.convs1.0.weight_v` */
  readonly name: string;
  readonly layer: LayerSpec;
  readonly role: 'bias' | 'filter' | 'magnitude' | 'left vector' | 'right vector';
  /** In our layout. */
  readonly shape: readonly number[];
}

export interface ConvolutionOptions {
  readonly kernelSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups?: number;
  readonly transposed?: boolean;
  readonly norm?: LayerSpec['norm'];
  readonly upstreamRank?: 3 | 4;
}

export function layerSpec(name: string, options: ConvolutionOptions): LayerSpec {
  const { kernelSize, inChannels, outChannels, groups = 1, transposed = false } = options;
  return {
    name,
    norm: options.norm ?? 'weight',
    transposed,
    filterShape: transposed
      ? [kernelSize, outChannels / groups, inChannels]
      : [kernelSize, inChannels / groups, outChannels],
    outChannels,
    upstreamRank: options.upstreamRank ?? 3,
  };
}

/** Trained arrays of a layer, in upstream's order (which is that of its optimizer's state). */
export function parametersOf(layer: LayerSpec): ArraySpec[] {
  const bias = arraySpec(layer, 'bias', 'bias', [layer.outChannels]);
  switch (layer.norm) {
    case 'weight':
      return [
        bias,
        // The last axis of our filter is the first of PyTorch's, in both kinds of convolution.
        arraySpec(layer, 'weight_g', 'magnitude', [layer.filterShape[2]]),
        arraySpec(layer, 'weight_v', 'filter', layer.filterShape),
      ];
    case 'spectral':
      return [bias, arraySpec(layer, 'weight_orig', 'filter', layer.filterShape)];
    case 'none':
      return [arraySpec(layer, 'weight', 'filter', layer.filterShape), bias];
  }
}

/** Arrays of a layer that are kept but not trained. */
export function buffersOf(layer: LayerSpec): ArraySpec[] {
  if (layer.norm !== 'spectral') return [];
  const [kernelSize, inGroup, outChannels] = layer.filterShape;
  return [
    arraySpec(layer, 'weight_u', 'left vector', [outChannels]),
    arraySpec(layer, 'weight_v', 'right vector', [kernelSize * inGroup]),
  ];
}

/** PyTorch's default bound for weights and biases: `1 / sqrt(fan in)`, of a transposed one `out * kernel`. */
export function initialBound({ filterShape: [kernelSize, a] }: LayerSpec): number {
  return 1 / Math.sqrt(kernelSize * a);
}

function arraySpec(
  layer: LayerSpec,
  suffix: string,
  role: ArraySpec['role'],
  shape: readonly number[],
): ArraySpec {
  return { name: `${layer.name}.${suffix}`, layer, role, shape };
}
